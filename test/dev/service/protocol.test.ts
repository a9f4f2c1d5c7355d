import { startService, type LocalService } from '../../../dev/service/server';
import { now } from '../../../dev/service/types';
import { ask, DIGITS_MP3, lastEnded, silentWav, wavOf, type Asking } from '../../support/service';

let service: LocalService;
beforeEach(async () => {
	service = await startService({ apiKey: 'secret' });
});
afterEach(() => service.close());

test('a recording is answered with its text, and no segments by the newer model', async () => {
	const response = await ask(service, { fields: { request_id: 'mine-1' } });
	expect(response.status).toBe(200);
	expect(await response.json()).toEqual({
		id: expect.stringMatching(/^\d{14}[0-9a-f]{16}$/) as unknown,
		created: expect.any(Number) as unknown,
		request_id: 'mine-1',
		model: 'glm-asr-2512',
		text: 'one two three',
	});
});

test('the older model adds segments, one per stretch without a pause', async () => {
	const response = await ask(service, {
		fields: { model: 'glm-asr' },
		bytes: DIGITS_MP3,
		fileName: 'digits.mp3',
	});
	const answer = (await response.json()) as Record<string, unknown>;
	expect(answer).toMatchObject({
		text: 'zero one two three four five six seven eight nine',
		segments: [
			{ id: 0, start: 0.2, end: 1.12, text: 'zero one two three four' },
			{ id: 1, start: 1.82, end: 2.74, text: 'five six seven eight nine' },
		],
	});
	expect(answer.request_id).toBe(answer.id);
});

test('audio without digits has no text', async () => {
	const response = await ask(service, { fields: { model: 'glm-asr' }, bytes: silentWav(1) });
	expect(await response.json()).toMatchObject({ text: '', segments: [] });
});

test('fields that the service does not know are ignored', async () => {
	const response = await ask(service, {
		fields: { response_format: 'verbose_json', colour: 'red' },
	});
	expect(response.status).toBe(200);
});

test.each([
	['glm-asr-2512', 30],
	['glm-asr', 60],
])('%s takes %i seconds', async (model, seconds) => {
	const response = await ask(service, { fields: { model }, bytes: silentWav(seconds + 0.04) });
	expect(response.status).toBe(200);
});

const MANY = Array.from({ length: 101 }, (_, index) => `word ${index}`);
const oggNamedWav = new TextEncoder().encode(`OggS${'x'.repeat(500)}`);

test.each<[string, Asking, number, string, string]>([
	['no key', { key: null }, 401, '1001', 'Header'],
	['a wrong key', { key: 'wrong' }, 401, '1000', 'Authentication'],
	['no model', { fields: { model: undefined } }, 400, '1213', 'model'],
	['a model that does not exist', { fields: { model: 'whisper-1' } }, 400, '1211', 'whisper-1'],
	['a model that does not hear', { fields: { model: 'glm-4.6' } }, 400, '1211', 'glm-4.6'],
	['no file', { bytes: null }, 400, '1213', 'file'],
	['a file that is no wav or mp3 by name', { fileName: 'a.oga' }, 400, '1214', 'file'],
	['a file without extension', { fileName: 'wav' }, 400, '1214', 'file'],
	['another format named .wav', { bytes: oggNamedWav }, 400, '1214', 'file'],
	['samples without a header named .wav', { bytes: wavOf('1').slice(44) }, 400, '1214', 'file'],
	['wav named .mp3', { fileName: 'a.mp3' }, 400, '1214', 'file'],
	['mp3 named .wav', { bytes: DIGITS_MP3 }, 400, '1214', 'file'],
	['an empty file', { bytes: new Uint8Array() }, 400, '1214', 'file'],
	['a file over 25 MB', { bytes: new Uint8Array(25 * 2 ** 20 + 1) }, 435, '1214', 'file'],
	['more than 30 seconds', { bytes: silentWav(30.06) }, 400, '1214', '30 seconds'],
	[
		'more than 60 seconds for the older model',
		{ fields: { model: 'glm-asr' }, bytes: silentWav(60.06) },
		400,
		'1214',
		'60 seconds',
	],
	['temperature over 1', { fields: { temperature: '1.1' } }, 400, '1214', 'temperature'],
	['temperature below 0', { fields: { temperature: '-0.1' } }, 400, '1214', 'temperature'],
	['temperature in words', { fields: { temperature: 'hot' } }, 400, '1214', 'temperature'],
	['an empty temperature', { fields: { temperature: '' } }, 400, '1214', 'temperature'],
	['two temperatures', { fields: { temperature: ['0', '1'] } }, 400, '1214', 'temperature'],
	['a short user_id', { fields: { user_id: 'abcde' } }, 400, '1214', 'user_id'],
	['a long user_id', { fields: { user_id: 'x'.repeat(129) } }, 400, '1214', 'user_id'],
	['a long prompt', { fields: { prompt: 'x'.repeat(8000) } }, 400, '1261', 'prompt'],
	['too many hotwords', { fields: { hotwords: MANY } }, 400, '1214', 'hotwords'],
	[
		'too many hotwords in JSON',
		{ fields: { hotwords: JSON.stringify(MANY) } },
		400,
		'1214',
		'hotwords',
	],
	['JSON that holds no words', { fields: { hotwords: '[1]' } }, 400, '1214', 'hotwords'],
	['half a JSON array', { fields: { hotwords: '["a",' } }, 400, '1214', 'hotwords'],
	['stream neither true nor false', { fields: { stream: '1' } }, 400, '1214', 'stream'],
])('%s is refused', async (_name, asking, status, code, message) => {
	const response = await ask(service, asking);
	expect(response.status).toBe(status);
	expect(response.headers.get('content-type')).toContain('application/json');
	expect(await response.json()).toEqual({
		error: { code, message: expect.stringContaining(message) as unknown },
	});
	expect(await lastEnded(service)).toMatchObject({ status, code, outcome: 'refused', deltas: [] });
});

test.each<[string, Asking]>([
	['temperature at its ends', { fields: { temperature: '0' } }],
	['the longest prompt', { fields: { prompt: 'x'.repeat(7999) } }],
	['100 hotwords', { fields: { hotwords: MANY.slice(1) } }],
	['100 hotwords in JSON', { fields: { hotwords: JSON.stringify(MANY.slice(1)) } }],
	['the shortest user_id', { fields: { user_id: 'abcdef' } }],
	['an upper-case extension', { fileName: 'A.WAV' }],
])('%s is accepted', async (_name, asking) => {
	expect((await ask(service, asking)).status).toBe(200);
});

test.each<[string, RequestInit]>([
	['JSON', { body: '{"model":"glm-asr"}', headers: { 'content-type': 'application/json' } }],
	['nothing', {}],
	[
		'a form that breaks off',
		{ headers: { 'content-type': 'multipart/form-data; boundary=x' }, body: '--x\r\n' },
	],
	['a form without boundary', { headers: { 'content-type': 'multipart/form-data' }, body: 'x' }],
])('%s in place of a form is refused', async (_name, init) => {
	const response = await fetch(`${service.url}/audio/transcriptions`, {
		method: 'POST',
		...init,
		headers: { ...init.headers, authorization: 'Bearer secret' },
	});
	expect(response.status).toBe(400);
	expect(await response.json()).toMatchObject({ error: { code: '1210' } });
});

test('a request_id serves one request only, whatever became of it', async () => {
	service.inject({ status: 500 });
	const statuses = [];
	for (const request_id of ['a', 'a', 'b']) {
		const response = await ask(service, { fields: { request_id } });
		statuses.push([response.status, await response.text()]);
	}
	expect(statuses).toEqual([
		[500, ''],
		[400, expect.stringContaining('"1231"') as unknown],
		[200, expect.any(String) as unknown],
	]);
});

test('without a key of its own the service accepts any', async () => {
	const open = await startService();
	expect((await ask(open, { key: 'anything' })).status).toBe(200);
	expect((await ask(open, { key: ' ' })).status).toBe(401);
	await open.close();
});

test('requests over the limit of those in flight are refused until one ends', async () => {
	service.configure({ maxInFlight: 2, delayMs: 500 });
	const responses = await Promise.all([ask(service), ask(service), ask(service)]);
	expect(responses.map(({ status }) => status).sort()).toEqual([200, 200, 429]);
	const refused = responses.find(({ status }) => status === 429);
	expect(await refused!.json()).toMatchObject({ error: { code: '1302' } });
	expect((await ask(service)).status).toBe(200);
});

test('the models are listed for those who have a key', async () => {
	const models = (key: string) =>
		fetch(`${service.url}/models`, { headers: { authorization: `Bearer ${key}` } });
	const list = (await (await models('secret')).json()) as {
		object: string;
		data: { id: string }[];
	};
	expect(list.object).toBe('list');
	expect(list.data.map(({ id }) => id)).toEqual(
		expect.arrayContaining(['glm-asr-2512', 'glm-asr', 'glm-4.6']),
	);
	const refused = await models('wrong');
	expect(refused.status).toBe(401);
	expect(await refused.json()).toMatchObject({ error: { code: '1000' } });
});

test('the same routes are served under /v1', async () => {
	const url = `http://127.0.0.1:${service.port}/v1`;
	expect((await ask({ ...service, url })).status).toBe(200);
	expect(service.log[0]?.path).toBe('/v1/audio/transcriptions');
});

test('any other path is answered in the same shape', async () => {
	const response = await fetch(`${service.url}/chat/completions`);
	expect(response.status).toBe(404);
	expect(await response.json()).toMatchObject({ error: { code: '1222' } });
});

test('the log tells what was sent, but not the key', async () => {
	const before = now();
	await ask(service, { fields: { hotwords: ['Ada', 'Grace'], prompt: 'names' } });
	const record = await lastEnded(service);
	expect(record).toEqual({
		id: 1,
		at: expect.any(Number) as unknown,
		path: '/api/paas/v4/audio/transcriptions',
		headers: expect.objectContaining({ authorization: 'Bearer ***' }) as unknown,
		authorized: true,
		fields: { model: 'glm-asr-2512', hotwords: ['Ada', 'Grace'], prompt: 'names' },
		file: {
			name: 'a.wav',
			mimeType: 'application/octet-stream',
			size: wavOf('123').length,
			duration: 0.92,
			format: 'wav',
		},
		status: 200,
		requestId: expect.any(String) as unknown,
		deltas: [],
		outcome: 'finished',
		endedAt: expect.any(Number) as unknown,
	});
	expect(record.at).toBeGreaterThan(before);
	expect(record.endedAt).toBeGreaterThan(record.at);
});

test('another process controls the service over HTTP', async () => {
	const control = (method: string, path: string, body?: object) =>
		fetch(`http://127.0.0.1:${service.port}/control/${path}`, {
			method,
			body: body && JSON.stringify(body),
			headers: body && { 'content-type': 'application/json' },
		});
	await control('POST', 'faults', [{ status: 418 }, { status: 503, times: 9 }]);
	expect((await ask(service)).status).toBe(418);
	expect((await ask(service)).status).toBe(503);
	await control('DELETE', 'faults');
	expect((await ask(service)).status).toBe(200);

	await control('POST', 'options', { apiKey: 'other' });
	expect((await ask(service)).status).toBe(401);
	await control('POST', 'options', { apiKey: null });
	expect((await ask(service)).status).toBe(200);

	expect(await (await control('GET', 'log')).json()).toHaveLength(5);
	await control('DELETE', 'log');
	expect(service.log).toEqual([]);
});
