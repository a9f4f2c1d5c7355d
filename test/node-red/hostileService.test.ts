import { createServer } from 'node:net';
import { brotliCompressSync, gzipSync } from 'node:zlib';

import { delta, DONE } from '../support/core';
import { longestHold } from '../support/holds';
import { API_KEY, Flow, listen, recording, stopFlow, useService } from '../support/nodeRed';
import { drip, startRawService, type RawService } from '../support/rawService';
import type { ServerResponse } from 'node:http';

const service = useService();
let raw: RawService | undefined;

afterEach(async () => {
	await stopFlow();
	await raw?.close();
	raw = undefined;
});

const EVENTS = { 'content-type': 'text/event-stream' };

async function flowTo(
	answer: (response: ServerResponse) => void,
	node: Record<string, unknown> = {},
	nodes: Parameters<typeof Flow.start>[1] = {},
): Promise<Flow> {
	raw = await startRawService(answer);
	return await Flow.start(service(), { node, service: { baseUrl: raw.url }, ...nodes });
}

it('holds nothing up while 100,000 deltas come at once', async () => {
	const words = delta('a ').repeat(100_000) + DONE;
	const flow = await flowTo((response) => response.writeHead(200, EVENTS).end(words), {
		stream: true,
	});
	const hold = await longestHold(async () => {
		flow.receive({ payload: recording('1') });
		while (!flow.sent.at(-1)?.complete) await new Promise((resolve) => setTimeout(resolve, 5));
	});
	expect(flow.sent).toHaveLength(20_002);
	expect(flow.sent.at(-1)!.transcription.text).toBe('a '.repeat(100_000).trim());
	// It was 18 s.
	expect(hold).toBeLessThan(3000);
}, 60_000);

it.each([
	['signs of life', ': ping\n\n'],
	['white space', ' '],
	['empty deltas', delta('')],
])('gives a service up that sends %s without end', async (_, text) => {
	const flow = await flowTo(
		(response) => {
			response.writeHead(200, EVENTS);
			drip(response, text, 20);
		},
		{ timeout: '0.3', stream: true },
	);
	const { error } = await flow.failWith({ payload: recording('1') });
	expect(error).toMatchObject({ code: 'ERR_BODY_TIMEOUT', cause: { retryable: true } });
	while (raw!.closed === 0) await new Promise((resolve) => setTimeout(resolve, 5));
});

it('tells at once of a service that switches protocols', async () => {
	const server = createServer((socket) => {
		socket.on('error', () => undefined);
		socket.once('data', () =>
			socket.write(
				'HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n',
			),
		);
	});
	const listening = await listen(server);
	const flow = await Flow.start(service(), {
		service: { baseUrl: `http://127.0.0.1:${listening.port}/v1` },
	});
	const started = performance.now();
	await flow.failWith({ payload: recording('1') });
	expect(performance.now() - started).toBeLessThan(2000);
	await listening.close();
});

it('refuses what is compressed though it asks for none', async () => {
	const spaces = Buffer.alloc(64 * 1024 * 1024, ' ');
	for (const [encoding, body] of [
		['gzip', gzipSync(spaces)],
		['br', brotliCompressSync(spaces, { params: { 1: 1 } })],
	] as const) {
		const flow = await flowTo((response) =>
			response.writeHead(200, { 'content-encoding': encoding }).end(body),
		);
		const before = process.cpuUsage();
		const { error } = await flow.failWith({ payload: recording('1') });
		expect(error).toMatchObject({ code: 'bad_answer' });
		expect(process.cpuUsage(before).user / 1e6).toBeLessThan(1.5);
		expect(raw!.requests[0]!['accept-encoding']).toBe('identity');
		await stopFlow();
		await raw!.close();
	}
}, 20_000);

it('reports JSON that is 3,000 levels deep, also with several wires', async () => {
	const deep = `{"text":"one","x":${'['.repeat(3000)}${']'.repeat(3000)}}`;
	const flow = await flowTo(
		(response) => response.writeHead(200, { 'content-type': 'application/json' }).end(deep),
		{ wires: [['sent', 'other']] },
		{ nodes: [{ id: 'other', z: 'flow', type: 'helper' }], node: { wires: [['sent', 'other']] } },
	);
	const { error } = await flow.failWith({ payload: recording('1') });
	expect(error).toMatchObject({ code: 'bad_answer' });
});

it('keeps the key out of messages when the service sends it back', async () => {
	const body = JSON.stringify({ text: `one ${API_KEY}`, echo: { authorization: API_KEY } });
	const flow = await flowTo((response) =>
		response.writeHead(200, { 'content-type': 'application/json' }).end(body),
	);
	const [message] = await flow.transcribe({ payload: recording('1') });
	expect(message!.transcription.echo).toEqual({ authorization: '***' });
	expect(flow.allOutput()).not.toContain(API_KEY);
});
