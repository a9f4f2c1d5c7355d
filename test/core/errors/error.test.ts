import { inspect } from 'node:util';

import type { GlmAsrError } from '../../../core/errors/error';
import {
	ask,
	data,
	delta,
	EVENT_STREAM,
	JSON_BODY,
	refusalOf,
	ScriptedService,
	SUBJECT,
	type Script,
	HALF_CHARACTER,
} from '../../support/core';

/** An answer that refuses, with this JSON. */
const refusing = (status: number, body: unknown, headers: Script['headers'] = {}): Script => ({
	status,
	headers: { ...JSON_BODY, ...headers },
	body: [JSON.stringify(body)],
});

const zhipu = (status: number, code: unknown, message = 'said'): Script =>
	refusing(status, { error: { code, message } });

/** What every error must be for a reader: sentences that name the file. */
function expectSentences(error: GlmAsrError): void {
	for (const sentence of [error.problem, error.cure]) expect(sentence).toMatch(/^["A-Z].*\.$/);
	expect(error.detail).toMatch(/^$|^[A-Z].*\.$/);
	expect(error.message).toBe(`${error.problem} ${error.cure}`);
	expect(error.message).toContain(`"${SUBJECT}"`);
	expect(error.message).not.toMatch(/undefined|null|NaN|\[object|\n/);
	expect(error.detail).not.toMatch(/undefined|NaN|\[object|\n/);
	expect(error.requestId).toBe('try-1');
	expect(error.partialText).toBe('');
}

const NEVER_AGAIN = [
	...['1000', '1001', '1002', '1003', '1004', '1110', '1111', '1112', '1113', '1121'],
	...['1210', '1211', '1212', '1213', '1214', '1215', '1220', '1221', '1222', '1231', '1261'],
	...['1300', '1301', '1304', '1308', '1309', '1310', '1311', '1313'],
];
const AGAIN = ['500', '1120', '1200', '1230', '1234', '1302', '1303', '1305', '1312'];
const CODES: [string, boolean][] = [
	...NEVER_AGAIN.map((code): [string, boolean] => [code, false]),
	...AGAIN.map((code): [string, boolean] => [code, true]),
];

describe('A code of the service decides whether to try again, whatever the HTTP status', () => {
	test.each(CODES)('%s: %s', async (code, retryable) => {
		for (const status of [400, 401, 429, 500]) {
			const error = await refusalOf(zhipu(status, code));

			expect(error).toMatchObject({ code, retryable, statusCode: status });
			expect(error.detail).toBe(`The service answered HTTP ${status}, code ${code}: "said".`);
			expectSentences(error);
		}
	});

	test.each(CODES)('%s: %s, also with status 200 and inside a stream', async (code, retryable) => {
		const body = { error: { code, message: 'said' } };
		for (const script of [refusing(200, body), { headers: EVENT_STREAM, body: [data(body)] }]) {
			const error = await refusalOf(script);

			expect(error).toMatchObject({ code, retryable });
			expect(error.detail).toContain('"said"');
			expectSentences(error);
		}
	});

	test('no balance is told as such though it comes as 429', async () => {
		expect((await refusalOf(zhipu(429, '1113'))).message).toContain('balance');
	});
});

describe('Without a known code the HTTP status decides', () => {
	test.each([
		[400, false],
		[401, false],
		[402, false],
		[403, false],
		[404, false],
		[405, false],
		[408, true],
		[413, false],
		[415, false],
		[422, false],
		[429, true],
		[434, false],
		[435, false],
		[500, true],
		[502, true],
		[503, true],
		[504, true],
		[529, true],
		[301, false],
		[302, false],
		[307, false],
		[308, false],
	])('%i: try again %s', async (status, retryable) => {
		const bodies: [unknown, string][] = [
			[{ error: { message: 'said' } }, String(status)],
			[{ error: { code: '9999', message: 'said' } }, '9999'],
			[{ error: { code: 'model_not_found', message: 'said' } }, 'model_not_found'],
			[{ error: { code: null, message: 'said' } }, String(status)],
		];
		for (const [body, code] of bodies) {
			const error = await refusalOf(refusing(status, body));

			expect(error).toMatchObject({ statusCode: status, retryable, code });
			expectSentences(error);
		}
	});

	test.each(['constructor', '__proto__', 'toString', 'hasOwnProperty'])(
		'a code such as "%s" is just unknown',
		async (code) => {
			const error = await refusalOf(zhipu(400, code));

			expect(error).toMatchObject({ code, retryable: false, statusCode: 400 });
			expectSentences(error);
		},
	);

	test.each([
		['empty', ''],
		['blank', ' '],
		['an object', { a: 1 }],
		['true', true],
	])('a code that is %s is none', async (_, code) => {
		const error = await refusalOf(zhipu(503, code));

		expect(error).toMatchObject({ code: '503', retryable: true });
		expect(error.detail).toBe('The service answered HTTP 503: "said".');
	});

	test('a code without end is cut', async () => {
		const error = await refusalOf(zhipu(400, 'x'.repeat(60_000)));

		expect(error.code.length).toBeLessThan(200);
		expect(error.detail.length).toBeLessThan(1000);
	});

	test.each([
		['bigmodel or zai with a key that is wrong', 401, 'API key'],
		['an address where nothing answers', 404, 'base URL'],
		['a file that is too large', 435, 'shorter pieces'],
		['a redirect', 302, 'redirect'],
	])('%s is told as such', async (_, status, words) => {
		expect((await refusalOf({ status })).message).toContain(words);
	});
});

describe('What the service said is quoted', () => {
	test.each<[string, unknown, string | undefined]>([
		['{error: {code, message}}', { error: { code: '1214', message: 'said' } }, '1214'],
		['{error: {code: number, message}}', { error: { code: 1214, message: 'said' } }, '1214'],
		['{error: {code, msg}}', { error: { code: '1214', msg: 'said' } }, '1214'],
		['{code, message}', { code: 1214, message: 'said' }, '1214'],
		['{code, msg, success}', { code: 1214, msg: 'said', success: false }, '1214'],
		['{error: {message}, code}', { error: { message: 'said' }, code: '1214' }, '1214'],
		[
			'{type: error, error: {message}}',
			{ type: 'error', error: { type: 'x', message: 'said' } },
			undefined,
		],
		[
			'{object: error, message, code} of older vLLM',
			{ object: 'error', message: 'said', type: 'BadRequestError', param: null, code: 400 },
			'400',
		],
		['{error: text}', { error: 'said' }, undefined],
		['{detail: text}', { detail: 'said' }, undefined],
	])('%s', async (_, body, code) => {
		const error = await refusalOf(refusing(400, body));

		expect(error).toMatchObject({ code: code ?? '400', statusCode: 400, retryable: false });
		expect(error.detail).toMatch(/: "said"\.$/);
		expectSentences(error);
	});

	test('{detail: [...]} of FastAPI', async () => {
		const detail = [{ loc: ['body', 'file'], msg: 'field required', type: 'missing' }];
		const error = await refusalOf(refusing(422, { detail }));

		expect(error.detail).toContain('field required');
		expectSentences(error);
	});

	test.each<[string, string, string | undefined]>([
		['plain text', 'upstream connect error', 'upstream connect error'],
		[
			'the title of an HTML page',
			'<!DOCTYPE html><html><head><title>502 Bad\n Gateway</title></head><body>nginx</body></html>',
			'502 Bad Gateway',
		],
		['nothing of HTML without title', '<html><body>nginx</body></html>', undefined],
		['nothing of HTML cut short', '<html><head><title>502', undefined],
		['nothing of an empty body', '', undefined],
		['nothing of white space', ' \r\n', undefined],
		['JSON that has no message', '{"status":"down"}', '{"status":"down"}'],
		['JSON that is cut short', '{"error":{"code":"12', '{"error":{"code":"12'],
		['a JSON number', '5', '5'],
		['a message over several lines in one', 'a\r\n\tb', 'a b'],
		['nothing that steers a terminal', 'a\u001b[2Jb', 'a [2Jb'],
		['nothing of bytes that are no text', '\ufffd\u0008\0K', undefined],
	])('%s', async (_, body, quoted) => {
		const error = await refusalOf({ status: 502, body: [body] });

		expect(error).toMatchObject({ code: '502', statusCode: 502, retryable: true });
		expect(error.detail).toBe(
			quoted === undefined
				? 'The service answered HTTP 502.'
				: `The service answered HTTP 502: "${quoted}".`,
		);
		expectSentences(error);
	});

	test('in a length that can be read, without half characters', async () => {
		for (const odd of ['', 'a']) {
			const error = await refusalOf(zhipu(400, '1214', odd + '🙂'.repeat(5000)));

			expect(error.detail.length).toBeLessThan(500);
			expect(error.detail).not.toMatch(HALF_CHARACTER);
			expect(error.detail).toMatch(/…"\.$/);
		}
	});

	test('as far as it came when the connection dies in it: the status still decides', async () => {
		const broken = Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });

		expect(await refusalOf({ status: 401, body: ['Unauth', broken] })).toMatchObject({
			statusCode: 401,
			code: '401',
			retryable: false,
		});
	});

	test('also where a redirect leads', async () => {
		const error = await refusalOf({
			status: 307,
			headers: { location: 'https://elsewhere.test/v1/audio/transcriptions' },
		});

		expect(`${error.message} ${error.detail}`).toContain('https://elsewhere.test/v1');
	});
});

describe('Retry-After', () => {
	test.each<[string | undefined, number | undefined]>([
		['30', 30],
		[' 30 ', 30],
		['0', 0],
		[undefined, undefined],
		['', undefined],
		['soon', undefined],
		['-5', undefined],
		['1.5', undefined],
		['Wed, 21 Oct 2015 07:28:00 GMT', 0],
	])('of %j is %j seconds', async (header, seconds) => {
		const script = refusing(429, {}, { 'retry-after': header });

		expect((await refusalOf(script)).retryAfter).toBe(seconds);
	});

	test('may be a date', async () => {
		const date = new Date(Date.now() + 60_000).toUTCString();
		const error = await refusalOf(refusing(503, {}, { 'retry-after': date }));

		expect(error.retryAfter).toBeGreaterThan(50);
		expect(error.retryAfter).toBeLessThanOrEqual(60);
	});
});

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

describe('The API key is in no error', () => {
	const secret = '1f0c9b7e.Zx/9+q==&Y%k';
	const encoded = encodeURIComponent(secret);
	const lower = encoded.replace(/%../g, (code) => code.toLowerCase());

	function expectNoKey(error: GlmAsrError): void {
		const shown = [
			error.message,
			error.problem,
			error.cure,
			error.detail,
			error.code,
			String(error),
			error.stack,
			JSON.stringify(error),
			inspect(error, { depth: Infinity, showHidden: true }),
		].join('\n');
		for (const form of [secret, encoded, lower]) expect(shown).not.toContain(form);
		expect(error.cause).toBeUndefined();
	}

	const dump = { headers: { authorization: `Bearer ${secret}` }, url: `http://x/?key=${encoded}` };
	test.each<[string, string]>([
		['as it is', `Incorrect API key: ${secret}`],
		['twice', `${secret} is not ${secret}`],
		['in a header dump', `POST /v1\r\nAuthorization: Bearer ${secret}\r\n\r\n`],
		['in JSON', JSON.stringify(dump)],
		['URL-encoded', `http://x/?key=${encoded}`],
		['URL-encoded in small letters', `http://x/?key=${lower}`],
		['at the very place where a quote is cut', 'x'.repeat(290) + secret],
		['in a title', `<html><title>no ${secret}</title>`],
	])('when the service repeats it %s', async (_, said) => {
		const scripts: Script[] = [
			zhipu(401, '1000', said),
			refusing(401, { error: said }),
			refusing(401, { detail: [{ msg: said }] }),
			refusing(401, { code: 1000, msg: said }),
			{ status: 401, body: [said] },
			{ status: 302, headers: { location: said } },
			{ status: 429, headers: { 'retry-after': said } },
			{ body: [said] },
			{ headers: JSON_BODY, body: [JSON.stringify(said)] },
			{ headers: JSON_BODY, body: [JSON.stringify({ error: { message: said } })] },
			{ headers: EVENT_STREAM, body: [delta('a'), data({ error: { message: said } })] },
			{ headers: EVENT_STREAM, body: [delta('a'), `event: error\n${data(said)}`] },
			{ headers: EVENT_STREAM, body: [delta('a'), data(said)] },
		];
		for (const script of scripts) expectNoKey(await refusalOf(script, { secret }));
	});

	test('when the service gives it as a code', async () => {
		const error = { code: secret, message: 'said' };
		for (const script of [
			refusing(401, { error }),
			refusing(200, { error }),
			refusing(401, error),
			{ headers: EVENT_STREAM, body: [data({ error })] },
		]) {
			expectNoKey(await refusalOf(script, { secret }));
		}
	});

	test.each([
		['in its message', new Error(`bad header ${secret}`)],
		['in its code', Object.assign(new Error('bad'), { code: secret })],
		[
			'in its request',
			Object.assign(new Error('bad'), { config: dump, request: dump, response: { config: dump } }),
		],
		[
			'in its cause',
			new Error('bad', { cause: Object.assign(new Error(secret), { code: secret, dump }) }),
		],
	])('when the network error holds it %s', async (_, error) => {
		expectNoKey(await refusalOf(error, { secret }));
		expectNoKey(await refusalOf({ headers: EVENT_STREAM, body: [delta('a'), error] }, { secret }));
	});

	test('also when it was pasted with spaces around it', async () => {
		const error = await refusalOf(zhipu(401, '1000', `key ${secret}!`), { secret: ` ${secret}\n` });

		expectNoKey(error);
	});

	test('and an absent key strikes out nothing', async () => {
		for (const absent of ['', undefined, ' ']) {
			const error = await refusalOf(zhipu(401, '1001', 'no key'), { secret: absent });
			expect(error.detail).toContain('"no key"');
		}
	});
});
