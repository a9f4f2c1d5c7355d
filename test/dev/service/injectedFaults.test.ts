import { startService, type LocalService } from '../../../dev/service/server';
import { ask, eventsIn, lastEnded, until } from '../../support/service';

let service: LocalService;
beforeEach(async () => {
	service = await startService();
});
afterEach(() => service.close());

const stream = { fields: { stream: 'true' } };

/** Reads until the body ends or breaks. */
async function readAll(response: Response): Promise<{ text: string; broken: boolean }> {
	let text = '';
	try {
		for await (const chunk of response.body!) text += Buffer.from(chunk).toString();
		return { text, broken: false };
	} catch {
		return { text, broken: true };
	}
}

test('an error answer with its headers befalls the next request only', async () => {
	service.inject({
		status: 429,
		headers: { 'retry-after': '2' },
		body: { error: { code: '1302', message: 'busy' } },
	});
	const response = await ask(service);
	expect(response.status).toBe(429);
	expect(response.headers.get('retry-after')).toBe('2');
	expect(await response.json()).toEqual({ error: { code: '1302', message: 'busy' } });
	expect(await lastEnded(service)).toMatchObject({ status: 429, code: '1302', outcome: 'fault' });
	expect((await ask(service)).status).toBe(200);
});

test('a body can be any text under any type', async () => {
	service.inject({ status: 502, body: '<h1>Bad gateway</h1>', contentType: 'text/html' });
	const response = await ask(service);
	expect(response.headers.get('content-type')).toBe('text/html');
	expect(await response.text()).toBe('<h1>Bad gateway</h1>');
});

test('a fault lasts as many times as it says', async () => {
	service.inject({ status: 500, times: 2 });
	const statuses = [];
	for (let count = 0; count < 3; count++) statuses.push((await ask(service)).status);
	expect(statuses).toEqual([500, 500, 200]);
});

test('faults are used up in order, and can be withdrawn', async () => {
	service.inject([{ status: 500 }, { status: 503 }, { status: 504 }]);
	expect((await ask(service)).status).toBe(500);
	expect((await ask(service)).status).toBe(503);
	service.clearFaults();
	expect((await ask(service)).status).toBe(200);
});

test('a fault waits for the request that it is meant for', async () => {
	service.inject([
		{ status: 501, match: { stream: true } },
		{ status: 502, match: { model: 'glm-asr' } },
		{ status: 503, match: { fileName: 'part-2' } },
	]);
	const statuses = await Promise.all([
		ask(service),
		ask(service, stream),
		ask(service, { fields: { model: 'glm-asr' } }),
		ask(service, { fileName: 'memo-part-2.wav' }),
	]);
	expect(statuses.map(({ status }) => status)).toEqual([200, 501, 502, 503]);
});

test('a request without an accepted key uses up no fault', async () => {
	service.inject({ status: 500 });
	expect((await ask(service, { key: null })).status).toBe(401);
	expect((await ask(service)).status).toBe(500);
});

test('an answer can be late', async () => {
	service.inject({ delayMs: 80 });
	const began = performance.now();
	expect(await (await ask(service)).json()).toMatchObject({ text: 'one two three' });
	expect(performance.now() - began).toBeGreaterThan(75);
});

test('a stream stops after some deltas and says nothing more', async () => {
	service.inject({ stallAfter: 2 });
	const leaving = new AbortController();
	const response = await ask(service, { ...stream, signal: leaving.signal });
	setTimeout(() => leaving.abort(), 60);
	const { text, broken } = await readAll(response);
	expect(broken).toBe(true);
	expect(eventsIn(text)).toMatchObject([{ delta: 'one' }, { delta: 'two' }]);
	expect(await lastEnded(service)).toMatchObject({
		outcome: 'aborted',
		deltas: [{ delta: 'one' }, { delta: 'two' }],
	});
});

test.each([1, 2, 3])('a connection is reset after %i deltas', async (resetAfter) => {
	service.inject({ resetAfter });
	const { text, broken } = await readAll(await ask(service, stream));
	expect(broken).toBe(true);
	expect(eventsIn(text)).toHaveLength(resetAfter);
	const record = await lastEnded(service);
	expect(record.outcome).toBe('fault');
	expect(record.deltas).toHaveLength(resetAfter);
});

test('a connection is reset before any byte', async () => {
	service.inject({ resetAfter: 0 });
	await expect(ask(service)).rejects.toThrow('fetch failed');
	const record = await lastEnded(service);
	expect(record.outcome).toBe('fault');
	expect(record.status).toBeUndefined();
});

test('a JSON answer breaks off in the middle', async () => {
	service.inject({ resetAfter: 1 });
	const { text, broken } = await readAll(await ask(service));
	expect(broken).toBe(true);
	expect(text).toMatch(/^\{"id":"/);
	expect(text).not.toContain('}');
});

test('events are written verbatim, each on its own', async () => {
	const events = ['data: {"del', 'ta":"你', '好"}\r\n\r\n: comment\n\n', 'data: [DONE]\n\n'];
	service.inject({ events, gapMs: 25 });
	const response = await ask(service, stream);
	expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/);
	const chunks: string[] = [];
	for await (const chunk of response.body!) chunks.push(Buffer.from(chunk).toString());
	expect(chunks).toEqual(events);
	expect(await lastEnded(service)).toMatchObject({ status: 200, outcome: 'fault' });
});

test('events can be bytes that cut a character in two, and break off', async () => {
	const bytes = Buffer.from('data: 你');
	service.inject({ events: [bytes.subarray(0, 7), bytes.subarray(7)], gapMs: 20, resetAfter: 2 });
	const response = await ask(service, stream);
	const chunks: number[] = [];
	const reading = async () => {
		for await (const chunk of response.body!) chunks.push(chunk.length);
	};
	await expect(reading()).rejects.toThrow('terminated');
	expect(chunks).toEqual([7, 2]);
});

test('a fault without bytes is an empty answer', async () => {
	service.inject({ events: [] });
	expect(await (await ask(service, stream)).text()).toBe('');
});

test('a request can remain without answer', async () => {
	service.inject({ hang: true });
	const leaving = new AbortController();
	const answer = ask(service, { signal: leaving.signal });
	await until(() => service.log[0]?.file !== undefined);
	setTimeout(() => leaving.abort(), 50);
	await expect(answer).rejects.toThrow('aborted');
	const record = await lastEnded(service);
	expect(record.outcome).toBe('aborted');
	expect(record.status).toBeUndefined();
});
