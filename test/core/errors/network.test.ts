import { ask, refusalOf, ScriptedService } from '../../support/core';
import { expectSentences } from '../../support/errors';

describe('A request that gets no answer', () => {
	const failed = (code: string, message = `failed ${code}`): Error =>
		Object.assign(new Error(message), { code });

	test.each([
		['ECONNREFUSED', true],
		['ECONNRESET', true],
		['ENOTFOUND', true],
		['EAI_AGAIN', true],
		['EHOSTUNREACH', true],
		['ENETUNREACH', true],
		['EPIPE', true],
		['ETIMEDOUT', true],
		['ECONNABORTED', true],
		['UND_ERR_CONNECT_TIMEOUT', true],
		['UND_ERR_HEADERS_TIMEOUT', true],
		['UND_ERR_BODY_TIMEOUT', true],
		['UND_ERR_SOCKET', true],
		['EPROTO', false],
		['ERR_SSL_WRONG_VERSION_NUMBER', false],
		['ERR_SSL_PACKET_LENGTH_TOO_LONG', false],
		['HPE_INVALID_CONSTANT', false],
		['CERT_HAS_EXPIRED', false],
		['DEPTH_ZERO_SELF_SIGNED_CERT', false],
		['SELF_SIGNED_CERT_IN_CHAIN', false],
		['ERR_TLS_CERT_ALTNAME_INVALID', false],
		['UNABLE_TO_VERIFY_LEAF_SIGNATURE', false],
		['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', false],
	])('%s: try again %s', async (code, retryable) => {
		const thrown = [
			failed(code),
			new TypeError('fetch failed', { cause: failed(code) }),
			Object.assign(new Error('outer', { cause: failed(code) }), { code: 'ERR_BAD_REQUEST' }),
			Object.assign(new AggregateError([failed(code)], ''), { code }),
		];
		for (const error of thrown) {
			const refusal = await refusalOf(error);

			expect(refusal).toMatchObject({ code, retryable, statusCode: undefined });
			expectSentences(refusal);
		}
	});

	test.each<[string, Error]>([
		['no code', new Error('socket hang up')],
		['no message', new Error('')],
		['a number as code', Object.assign(new Error('x'), { code: 23 })],
		['itself as cause', failed('EWHATEVER')],
		['a hostile code', failed('constructor')],
		['a hostile code', failed('__proto__')],
	])('and an error with %s may be tried again', async (_, error) => {
		error.cause = error;
		const refusal = await refusalOf(error);

		expect(refusal.retryable).toBe(true);
		expectSentences(refusal);
	});

	test.each([
		['a text'],
		[undefined],
		[null],
		[{ message: 'boom' }],
		[Symbol('s')],
		[Object.create(null)],
	])('and throws no Error but %p', async (thrown) => {
		const service = new ScriptedService({});
		const transport = { transport: () => Promise.reject(thrown as Error) };
		const { error } = await ask(Object.assign(service, transport));

		expect(error).toMatchObject({ retryable: true, code: 'network_error' });
	});

	test('in time is told differently from one that is refused', async () => {
		const messages = [
			'UND_ERR_BODY_TIMEOUT',
			'UND_ERR_CONNECT_TIMEOUT',
			'ECONNREFUSED',
			'ENOTFOUND',
		].map(async (code) => (await refusalOf(failed(code))).message);

		expect(new Set(await Promise.all(messages)).size).toBe(4);
	});
});
