import {
	modelsUrl,
	resolveBaseUrl,
	transcriptionsUrl,
	type Platform,
	type ServiceAddress,
} from '../../../core/api/platforms';
import { failureOf } from '../../support/core';

describe('The base URL', () => {
	test.each<[Platform, string]>([
		['bigmodel', 'https://open.bigmodel.cn/api/paas/v4'],
		['zai', 'https://api.z.ai/api/paas/v4'],
	])('of %s is fixed, whatever a custom one says', (platform, url) => {
		for (const baseUrl of [undefined, '', 'http://elsewhere.test']) {
			expect(resolveBaseUrl({ platform, baseUrl })).toBe(url);
		}
	});

	test.each<[string, string, string]>([
		['as it is', 'http://127.0.0.1:8000/v1', 'http://127.0.0.1:8000/v1'],
		['with https', 'https://asr.example.com', 'https://asr.example.com'],
		['with a slash', 'http://host:1/v1/', 'http://host:1/v1'],
		['with slashes', 'http://host:1/v1///', 'http://host:1/v1'],
		['with spaces around', ' http://host:1/v1\n', 'http://host:1/v1'],
		['with the whole path', 'http://host:1/v1/audio/transcriptions', 'http://host:1/v1'],
		[
			'with the whole path and a slash',
			'http://host:1/v1/audio/transcriptions/',
			'http://host:1/v1',
		],
		[
			'with the whole path after two slashes',
			'http://host:1/v1//audio/transcriptions',
			'http://host:1/v1',
		],
		['without path', 'http://host:1', 'http://host:1'],
		['with an IPv6 address', 'http://[::1]:8000/v1', 'http://[::1]:8000/v1'],
	])('of a server of one’s own may be given %s', (_, baseUrl, url) => {
		const base = resolveBaseUrl({ platform: 'custom', baseUrl });

		expect(base).toBe(url);
		expect(transcriptionsUrl(base)).toBe(`${url}/audio/transcriptions`);
		expect(modelsUrl(base)).toBe(`${url}/models`);
	});

	test.each([
		[undefined],
		[''],
		[' '],
		['127.0.0.1:8000/v1'],
		['host/v1'],
		['localhost:8000'],
		['ftp://host/v1'],
		['file:///etc/passwd'],
		['javascript:alert(1)'],
		['http://'],
		['http://user:pass@host/v1'],
		['http://user@host/v1'],
		['http://host/v1?key=1'],
		['http://host/v1?'],
		['http://host/v1#top'],
		['http://host/v1#'],
		['http://ho st/v1'],
		['http://host/\nv1'],
	])('of a server of one’s own must not be %j', async (baseUrl) => {
		const error = await failureOf(() => resolveBaseUrl({ platform: 'custom', baseUrl }));

		expect(error).toMatchObject({ code: 'invalid_parameter', retryable: false });
		expect(error.problem).toMatch(/^The base URL is .*\.$/);
		expect(error.cure).toMatch(/^[A-Z].*http:\/\/127\.0\.0\.1:8000\/v1\.$/);
	});

	test('that is refused does not show a password', async () => {
		const baseUrl = 'http://user:hunter2@host/v1';
		const error = await failureOf(() => resolveBaseUrl({ platform: 'custom', baseUrl }));

		expect(error.message).not.toContain('hunter2');
	});

	test.each(['', 'openai', 'constructor', '__proto__', 'toString'])(
		'of the unknown platform %j is none',
		async (platform) => {
			const error = await failureOf(() => resolveBaseUrl({ platform } as ServiceAddress));

			expect(error.code).toBe('invalid_parameter');
			expect(error.message).toContain(JSON.stringify(platform));
		},
	);
});
