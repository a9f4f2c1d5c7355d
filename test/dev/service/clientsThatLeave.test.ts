import { connect } from 'node:net';
import { startService, type LocalService } from '../../../dev/service/server';
import { now } from '../../../dev/service/types';
import { ask, lastEnded, until, wavOf } from '../../support/service';

let service: LocalService;
beforeEach(async () => {
	service = await startService();
});
afterEach(() => service.close());

const NOTICED_MS = 3000;

test('a client that leaves while it uploads is noticed', async () => {
	const socket = connect(service.port, '127.0.0.1');
	socket.write(
		[
			'POST /v1/audio/transcriptions HTTP/1.1',
			'Host: localhost',
			'Authorization: Bearer secret',
			'Content-Type: multipart/form-data; boundary=x',
			'Content-Length: 100000',
			'',
			'--x',
			'Content-Disposition: form-data; name="file"; filename="a.wav"',
			'',
			'RIFF',
		].join('\r\n'),
	);
	await until(() => service.log.length === 1);
	await new Promise((resolve) => setTimeout(resolve, 20));
	expect(service.log[0]?.outcome).toBeUndefined();
	const left = now();
	socket.destroy();
	const record = await lastEnded(service);
	expect(record).toMatchObject({ outcome: 'aborted', authorized: true });
	expect(record.status).toBeUndefined();
	expect(record.code).toBeUndefined();
	expect(record.endedAt! - left).toBeLessThan(NOTICED_MS);
});

test('a client that leaves while it waits for the answer is noticed', async () => {
	service.configure({ delayMs: 60_000 });
	const leaving = new AbortController();
	const answer = ask(service, { signal: leaving.signal }).catch(() => undefined);
	await until(() => service.log[0]?.file !== undefined);
	await new Promise((resolve) => setTimeout(resolve, 20));
	const left = now();
	leaving.abort();
	await answer;
	const record = await lastEnded(service);
	expect(record.outcome).toBe('aborted');
	expect(record.endedAt! - left).toBeLessThan(NOTICED_MS);
});

test('a client that leaves in the middle of a stream is noticed, and no more words are spoken', async () => {
	service.configure({ pace: 2 });
	const leaving = new AbortController();
	const response = await ask(service, {
		fields: { stream: 'true' },
		bytes: wavOf('12 345678'),
		signal: leaving.signal,
	});
	expect(response.status).toBe(200);
	await until(() => service.log[0]!.deltas.length === 2);
	const left = now();
	leaving.abort();
	const record = await lastEnded(service);
	expect(record.outcome).toBe('aborted');
	expect(record.endedAt! - left).toBeLessThan(NOTICED_MS);
	await new Promise((resolve) => setTimeout(resolve, 600));
	expect(record.deltas.map(({ delta }) => delta)).toEqual(['one', 'two']);
});

test('a request that was left no longer counts as in flight', async () => {
	service.configure({ delayMs: 60_000, maxInFlight: 1 });
	const leaving = new AbortController();
	const answer = ask(service, { signal: leaving.signal }).catch(() => undefined);
	await until(() => service.log[0]?.file !== undefined);
	leaving.abort();
	await answer;
	await lastEnded(service);
	service.configure({ delayMs: null });
	expect((await ask(service)).status).toBe(200);
});

test('a refusal reaches a client that is still sending', async () => {
	const bytes = new Uint8Array(40 * 2 ** 20);
	const response = await ask(service, { bytes, key: null });
	expect(response.status).toBe(401);
	expect(await response.json()).toMatchObject({ error: { code: '1001' } });
});

test('closing the service ends what is going on at once', async () => {
	service.inject({ hang: true });
	const answer = ask(service).catch((error: Error) => error.message);
	await until(() => service.log[0]?.file !== undefined);
	const began = performance.now();
	await service.close();
	expect(performance.now() - began).toBeLessThan(1000);
	expect(await answer).toBe('fetch failed');
});
