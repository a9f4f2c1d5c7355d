import { GlmAsrError, inputError, partialFailure } from '../../../core/errors/error';

const parts = { problem: 'It broke.', cure: 'Mend it.', code: '1305' };

test('an error says what happened and what to do', () => {
	expect(new GlmAsrError(parts)).toMatchObject({
		name: 'GlmAsrError',
		message: 'It broke. Mend it.',
		...parts,
	});
});

test('an error has all its fields, also those of which nothing is known', () => {
	expect({ ...new GlmAsrError(parts) }).toEqual({
		name: 'GlmAsrError',
		...parts,
		detail: '',
		reason: 'It broke.',
		statusCode: undefined,
		requestId: undefined,
		retryable: false,
		retryAfter: undefined,
		pressure: undefined,
		isInputError: false,
		isAboutPiece: false,
		partialText: '',
		missing: [],
	});
});

test('an error takes over all that is known', () => {
	const known = {
		...parts,
		detail: 'It said so.',
		statusCode: 429,
		retryable: true,
		retryAfter: 2,
	};

	expect(new GlmAsrError(known)).toMatchObject(known);
});

test('two errors share no gaps', () => {
	expect(new GlmAsrError(parts).missing).not.toBe(new GlmAsrError(parts).missing);
});

test('what the user gave wrong is never tried again', () => {
	expect(inputError('no_audio', 'Nothing came.', 'Send something.')).toMatchObject({
		code: 'no_audio',
		message: 'Nothing came. Send something.',
		isInputError: true,
		retryable: false,
	});
});

test('a recording that failed in part says where, and has the code and the cure of the first piece', () => {
	const error = new GlmAsrError({
		...parts,
		problem: '"call.mp3" was not transcribed: the service is overloaded.',
		reason: 'the service is overloaded.',
		detail: 'The service answered HTTP 429.',
		statusCode: 429,
		requestId: 'try-1',
		retryable: true,
		retryAfter: 2,
	});
	const missing = [
		{ start: 29.1, end: 58.4, reason: 'the service is overloaded.' },
		{ start: 3600, end: 3661, reason: 'the connection to the service broke.' },
	];
	const partial = partialFailure('call.mp3', error, missing, 'one two');

	expect(partial).toBeInstanceOf(GlmAsrError);
	expect({ ...partial }).toEqual({
		...error,
		problem:
			'"call.mp3" was transcribed only in part, without 0:29–0:58, 60:00–61:01: the service is overloaded.',
		partialText: 'one two',
		missing,
	});
	expect(partial.message).toBe(`${partial.problem} Mend it.`);
});
