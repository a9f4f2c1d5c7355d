import { readdirSync, readFileSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';

import { data, delta } from '../support/core';
import {
	Flow,
	listen,
	recording,
	until,
	useService,
	type FlowNode,
	type Message,
} from '../support/nodeRed';

const service = useService();
const folder = path.join(__dirname, '../../node-red/examples');

const read = (name: string) =>
	JSON.parse(readFileSync(path.join(folder, name), 'utf8')) as FlowNode[];
const exampleNames = readdirSync(folder);
const example = (number: number) =>
	read(exampleNames.find((name) => name.startsWith(`${number} `))!);

/** Starts an example as it is, but for the address of its service. */
async function start(nodes: FlowNode[]): Promise<Flow> {
	const address = { platform: 'custom', baseUrl: service().url };
	return await Flow.startNodes(
		nodes.map((node) => (node.type === 'glm-asr-service' ? { ...node, ...address } : node)),
	);
}

async function post(
	flow: Flow,
	url: string,
	bytes: Buffer,
): Promise<{ status: number; text: string }> {
	const server = await listen(http.createServer(flow.httpNode));
	const body = new FormData();
	body.append('file', new Blob([new Uint8Array(bytes)]), 'memo.wav');
	try {
		const answer = await fetch(`http://127.0.0.1:${server.port}${url}`, { method: 'POST', body });
		return { status: answer.status, text: await answer.text() };
	} finally {
		await server.close();
	}
}

const idOf = (nodes: FlowNode[], type: string, name = '') =>
	nodes.find((node) => node.type === type && (node.name ?? '') === name)!.id;

it.each(exampleNames)('%s wires only nodes that are there, and each id but once', (name) => {
	const nodes = read(name);
	const others = exampleNames.filter((other) => other !== name).flatMap(read);
	const ids = nodes.map(({ id }) => id);
	expect(new Set([...ids, ...others.map(({ id }) => id)]).size).toBe(ids.length + others.length);
	for (const { wires = [], scope, service: used, z } of nodes as Record<string, any>[]) {
		for (const id of [...wires.flat(), ...(scope ?? []), used, z].filter(Boolean)) {
			expect(ids).toContain(id);
		}
	}
	for (const type of ['glm-asr', 'glm-asr-service', 'comment', 'catch']) {
		expect(nodes.some((node) => node.type === type)).toBe(true);
	}
});

it('1 answers an upload with its text, or with the error', async () => {
	const flow = await start(example(1));
	expect(await post(flow, '/glm-asr/transcribe', recording('123'))).toEqual({
		status: 200,
		text: 'one two three',
	});
	const failed = await post(flow, '/glm-asr/transcribe', Buffer.from('no audio'));
	expect(failed).toMatchObject({ status: 500, text: expect.stringMatching(/is not audio/) });
});

it('2 answers with the text that was joined, and frees the Join after a failure', async () => {
	const nodes = example(2);
	const flow = await start(nodes);
	const words: Message[] = [];
	const resets: Message[] = [];
	flow.on(idOf(nodes, 'debug', 'Words'), (msg) => words.push(msg));
	flow.on(idOf(nodes, 'join'), (msg) => msg.reset && resets.push(msg));
	// Nothing that another try would cure.
	service().inject({ events: [delta('one'), data({ error: { code: '1301', message: 'No.' } })] });
	expect(await post(flow, '/glm-asr/words', recording('12'))).toMatchObject({ status: 500 });
	await until('the reset', () => resets.length);
	expect(resets[0]!.parts.id).toBe(words[0]!.parts.id);
	expect(await post(flow, '/glm-asr/words', recording('12'))).toEqual({
		status: 200,
		text: 'one two',
	});
	expect(words.map(({ payload }) => payload)).toEqual(['one', 'one', 'two', '']);
});

it('3 dials tones that the local service hears', async () => {
	const nodes = example(3);
	expect(nodes).toContainEqual(
		expect.objectContaining({ baseUrl: 'http://127.0.0.1:8787/api/paas/v4' }),
	);
	const flow = await start(nodes);
	const texts: Message[] = [];
	flow.on(idOf(nodes, 'debug', 'Text'), (msg) => texts.push(msg));
	flow.receive({ payload: '4711' }, idOf(nodes, 'function', 'Make tones'));
	await until('the text', () => texts.length);
	expect(texts[0]!.payload).toBe('four seven one one');
	expect(service().log[0]!.file!.name).toBe('4711.wav');
});
