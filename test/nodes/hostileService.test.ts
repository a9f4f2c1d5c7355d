import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { brotliCompressSync, gzipSync } from 'node:zlib';

import { delta, DONE } from '../support/core';
import { longestHold } from '../support/holds';
import { run, startEngine, stopEngine, type Outcome } from '../support/n8n/engine';
import { API_KEY, credentialFor, dialled, parameters } from '../support/n8n/fixtures';
import { drip, startRawService, type RawService } from '../support/rawService';

let raw: RawService | undefined;

beforeAll(() => startEngine('default'));
afterEach(async () => {
	await raw?.close();
	raw = undefined;
});
afterAll(stopEngine);

const EVENTS = { 'content-type': 'text/event-stream' };
const JSON_BODY = { 'content-type': 'application/json' };

function transcribe(url: string, options: object = {}, stream = false): Promise<Outcome> {
	return run({
		items: [{ binary: { data: dialled('1') } }],
		parameters: parameters({ stream, options: { maxRetries: 0, ...options } }),
		credential: credentialFor(url),
		onError: 'continueErrorOutput',
	});
}

async function serve(answer: (response: ServerResponse) => void): Promise<string> {
	raw = await startRawService(answer);
	return raw.url;
}

test('100,000 deltas at once hold nothing up', async () => {
	const words = delta('a ').repeat(100_000) + DONE;
	const url = await serve((response) => response.writeHead(200, EVENTS).end(words));
	let outcome: Outcome | undefined;
	const hold = await longestHold(async () => (outcome = await transcribe(url, {}, true)));
	expect(outcome!.items).toHaveLength(20_002);
	expect(hold).toBeLessThan(4000);
}, 30_000);

test.each([
	['signs of life', ': ping\n\n'],
	['white space', ' '],
	['empty deltas', delta('')],
])('a service that sends %s without end is given up after the time-out', async (_, text) => {
	const url = await serve((response) => {
		response.writeHead(200, EVENTS);
		drip(response, text, 20);
	});
	const { failed } = await transcribe(url, { timeout: 0.3 }, true);
	expect(failed[0]!.json.details).toMatchObject({ code: 'ERR_BODY_TIMEOUT', retryable: true });
	while (raw!.closed === 0) await new Promise((resolve) => setTimeout(resolve, 5));
});

test('a service that switches protocols is given up after the time-out', async () => {
	const sockets: Socket[] = [];
	const server = createServer((socket) => {
		sockets.push(socket);
		socket.on('error', () => undefined);
		socket.once('data', () =>
			socket.write(
				'HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n',
			),
		);
	}).listen(0, '127.0.0.1');
	await once(server, 'listening');
	const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
	const { failed } = await transcribe(url, { timeout: 0.5 });
	expect(failed[0]!.json).toMatchObject({
		error: expect.stringContaining('did not begin to answer within the time-out'),
		details: { retryable: true },
	});
	for (const socket of sockets) socket.destroy();
	server.close();
});

test('what unfolds to a flood is not read to its end', async () => {
	const spaces = Buffer.alloc(256 * 1024 * 1024, ' ');
	for (const [encoding, body] of [
		['gzip', gzipSync(spaces, { level: 1 })],
		['br', brotliCompressSync(spaces, { params: { 1: 1 } })],
	] as const) {
		for (const length of [{ 'content-length': body.length }, {}]) {
			const url = await serve((response) =>
				response
					.writeHead(200, { ...JSON_BODY, 'content-encoding': encoding, ...length })
					.end(body),
			);
			const before = process.cpuUsage();
			const { failed } = await transcribe(url);
			expect(failed[0]!.json.details).toMatchObject({ code: 'bad_answer' });
			expect(process.cpuUsage(before).user / 1e6).toBeLessThan(1.5);
			expect(raw!.requests[0]!['accept-encoding']).toBe('identity');
			await raw!.close();
		}
	}
}, 30_000);

test.each([101, 5000])('JSON %i levels deep is a bad answer', async (levels) => {
	const deep = `{"text":"one","x":${'['.repeat(levels)}${']'.repeat(levels)}}`;
	const url = await serve((response) => response.writeHead(200, JSON_BODY).end(deep));
	const { failed, status } = await transcribe(url);
	expect(failed[0]!.json.details).toMatchObject({ code: 'bad_answer' });
	expect(status).toBe('success');
});

test('the key is struck out of what the service sends back', async () => {
	const body = { text: `one ${API_KEY}`, echo: { authorization: `Bearer ${API_KEY}` } };
	const url = await serve((response) =>
		response.writeHead(200, JSON_BODY).end(JSON.stringify(body)),
	);
	const { items } = await transcribe(url);
	expect(items[0]!.json.echo).toEqual({ authorization: 'Bearer ***' });
	expect(JSON.stringify(items)).not.toContain(API_KEY);
});
