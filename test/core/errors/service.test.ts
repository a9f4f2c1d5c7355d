import { data, EVENT_STREAM, refusalOf } from '../../support/core';
import { expectSentences, refusing, zhipu } from '../../support/errors';

const NEVER_AGAIN = [
	...[
		'1000',
		'1001',
		'1002',
		'1003',
		'1004',
		'1005',
		'1100',
		'1110',
		'1111',
		'1112',
		'1113',
		'1121',
	],
	...['1210', '1211', '1212', '1213', '1214', '1215', '1220', '1221', '1222', '1231', '1261'],
	...['1300', '1301', '1304', '1308', '1309', '1310', '1311', '1313', '1314', '1315'],
	...['1316', '1317', '1318', '1319', '1320', '1321'],
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

	test.each(NEVER_AGAIN)('%s as 429 is no sign that too many requests run', async (code) => {
		for (const body of [
			{ error: { code, message: 'said' } },
			{ code: Number(code), msg: 'said' },
		]) {
			const error = await refusalOf(refusing(429, body));

			expect(error).toMatchObject({ code, retryable: false });
			expect(error.pressure).toBeUndefined();
		}
	});

	test.each(['1304', '1308', '1310', '1316', '1317', '1318', '1319', '1320', '1321'])(
		'%s tells when the quota is renewed',
		async (code) => {
			for (const message of [
				'已达到 5 小时的使用上限。您的限额将在 2026-01-02 03:04:05 重置。',
				`Usage limit reached for 5 hour. ${'x'.repeat(300)} Your limit will reset at 2026-01-02 03:04:05`,
			]) {
				const error = await refusalOf(zhipu(429, code, message));

				expect(error.cure).toMatch(/^It is renewed at 2026-01-02 03:04:05 \(Beijing time\)\. Wait/);
				expectSentences(error);
			}
			expect((await refusalOf(zhipu(429, code, 'soon'))).cure).toMatch(/^Wait/);
		},
	);

	test('a key for the Coding Plan is told its address', async () => {
		const { cure } = await refusalOf(zhipu(429, '1315'));

		expect(cure).toContain('https://api.z.ai/api/coding/paas/v4');
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
		['a file that is too large', 435, 'shorter chunks'],
		['a redirect', 302, 'redirect'],
	])('%s is told as such', async (_, status, words) => {
		expect((await refusalOf({ status })).message).toContain(words);
	});
});
