import { GlmAsrError } from '../../../core/errors/error';
import { ownError, traceOf } from '../../../core/errors/unexpected';
import { refusalOf } from '../../support/core';

test('an error of ours is passed on as it is', () => {
	const error = new GlmAsrError({ problem: 'It broke.', cure: 'Mend it.', code: '1' });

	expect(ownError(error, 'Item 0')).toBe(error);
});

test.each<[string, unknown, RegExp]>([
	['an Error', new TypeError('type.startsWith is not a function'), /^TypeError: type\.startsWith/],
	['a text', 'ts', /^ts$/],
	['nothing', undefined, /^undefined$/],
	['an object', { a: 1 }, /^an object$/],
	['an object without a prototype', Object.create(null), /^an object$/],
	['an Error that is none', { name: 1, message: { toString: () => 'evil' } }, /^an object$/],
])('%s that was thrown becomes a sentence, and is left to the cause', (_, thrown, cause) => {
	const error = ownError(thrown, '"memo.wav"');

	expect(error).toMatchObject({
		code: 'unexpected',
		problem: '"memo.wav" could not be handled because of an unforeseen fault.',
		retryable: false,
		detail: '',
	});
	expect(error.cause).toMatch(cause);
});

test('the cause has a bounded length, and neither the key nor what steers a terminal', () => {
	const thrown = new Error(`${'<b>'.repeat(9999)}`);
	thrown.stack = `Error\n    at key-1 (/a\u001b[2J.js:1)\n${'    at x (y.js:1)\n'.repeat(99_999)}`;
	const trace = traceOf(Object.assign(thrown, { config: { authorization: 'key-1' } }), 'key-1');

	expect(trace.length).toBeLessThanOrEqual(1000);
	expect(trace).toContain('at *** (/a.js:1)');
	expect(trace).not.toMatch(/key-1|<|\p{Cc}(?! )/u);
});

test('a fault of a program is not told as the network’s words', async () => {
	const error = await refusalOf(new TypeError('Cannot read properties of key-1'), {
		secret: 'key-1',
	});

	expect(error.detail).toBe('');
	expect(error.cause).toMatch(/^TypeError: Cannot read properties of \*\*\*/);
	const told = await refusalOf(Object.assign(new TypeError('bad'), { code: 'ERR_INVALID_URL' }));
	expect(told.detail).toBe('The network reported "bad".');
});
