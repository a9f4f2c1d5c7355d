import { inspect } from 'node:util';

import type { GlmAsrError } from '../../../core/errors/error';
import {
	data,
	delta,
	EVENT_STREAM,
	HALF_CHARACTER,
	JSON_BODY,
	refusalOf,
	type Script,
} from '../../support/core';
import { expectSentences, refusing, zhipu } from '../../support/errors';

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
		['nothing that steers a terminal', 'a\u001b[2Jb', 'ab'],
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
