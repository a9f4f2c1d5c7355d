import type http from 'node:http';
import type net from 'node:net';
import { type AddressInfo } from 'node:net';

import type { NodeInitializer, NodeMessage } from 'node-red';

import { startService, type LocalService, type RequestRecord } from '../../dev/service/server';
import { toneSamples, wavBytes, type ToneOptions } from '../../dev/service/tones';

// Neither is made for imports: the helper has no types, and the nodes are what the build left.

const helper = require('node-red-node-test-helper');
const glmAsrNode = require('../../node-red/dist/glm-asr.js') as NodeInitializer;
const serviceNode = require('../../node-red/dist/glm-asr-service.js') as NodeInitializer;
const coreNodes = [
	'common/20-inject',
	'common/21-debug',
	'common/90-comment',
	'function/10-function',
	'function/10-switch',
	'function/15-change',
	'network/05-tls',
	'network/21-httpin',
	'sequence/17-split',
].map((file) => require(`@node-red/nodes/core/${file}.js`) as NodeInitializer);

helper.init(require.resolve('node-red'));

export const API_KEY = 'key-that-nobody-may-see';

/** A message as it comes out of a flow. */
export type Message = NodeMessage & Record<string, any>;
export type FlowNode = { id: string; type: string } & Record<string, unknown>;

/** The recording of dialled digits, which the local service hears as words. */
export function recording(digits: string, options?: ToneOptions): Buffer {
	const { samples, sampleRate } = toneSamples(digits, options);
	return Buffer.from(wavBytes(samples, sampleRate));
}

export const PDF = Buffer.from('%PDF-1.7\n%âãÏÓ\n');

const WORDS = 'zero one two three four five six seven eight nine'.split(' ');

export function wordsOf(digits: string): string {
	return [...digits].map((digit) => WORDS[Number(digit)]).join(' ');
}

export interface FlowOptions {
	/** Of the node under test. */
	node?: Record<string, unknown>;
	/** Of its service. */
	service?: Record<string, unknown>;
	credentials?: Record<string, object>;
	/** Of Node-RED. */
	settings?: object;
	/** More nodes; those with the ids below take the place of the usual ones. */
	nodes?: FlowNode[];
}

/** A running flow: the node `asr` and what its messages, errors and statuses end in. */
export class Flow {
	readonly sent: Message[] = [];
	readonly caught: Message[] = [];
	readonly completed: Message[] = [];
	readonly statuses: { fill?: string; shape?: string; text?: string }[] = [];
	/** What HTTP In nodes listen on. */
	httpNode!: http.RequestListener;

	static async start(local: LocalService, options: FlowOptions = {}): Promise<Flow> {
		const flow = new Flow();
		helper.settings(options.settings ?? {});
		await helper.load(flow.modules(), flow.nodes(local, options), {
			service: { apiKey: API_KEY },
			...options.credentials,
		});
		flow.listen();
		return flow;
	}

	/** Starts nodes that bring everything they need but the key. */
	static async startNodes(nodes: FlowNode[]): Promise<Flow> {
		const flow = new Flow();
		const services = nodes.filter(({ type }) => type === 'glm-asr-service');
		await helper.load(
			flow.modules(),
			nodes,
			Object.fromEntries(services.map(({ id }) => [id, { apiKey: API_KEY }])),
		);
		return flow;
	}

	receive(msg: object, id = 'asr'): void {
		helper.getNode(id).receive(msg);
	}

	on(id: string, take: (msg: Message) => void): void {
		helper.getNode(id).on('input', take);
	}

	/** Waits until the node has dealt with a number of messages, well or not. */
	async settled(count = 1): Promise<void> {
		await until('the messages to be settled', () => {
			return this.completed.length + this.caught.length >= count;
		});
	}

	/** Sends a message and waits for what comes of it. */
	async transcribe(msg: object, results = 1): Promise<Message[]> {
		this.receive(msg);
		await until(`${results} messages`, () => this.sent.length >= results || this.caught.length > 0);
		return this.sent;
	}

	/** Sends a message that must fail. */
	async failWith(msg: object): Promise<Message> {
		this.receive(msg);
		await until('an error', () => this.caught.length > 0);
		expect(this.sent).toEqual([]);
		return this.caught[0]!;
	}

	/** Everything the flow let out, the log included. */
	allOutput(): string {
		const calls = helper.log()?.args ?? [];
		const texts: string[] = [];
		const seen = new WeakSet<object>();
		const visit = (value: unknown): void => {
			if (typeof value !== 'object' || value === null) {
				texts.push(String(value));
				return;
			}
			if (seen.has(value) || Buffer.isBuffer(value)) return;
			seen.add(value);
			for (const name of Object.getOwnPropertyNames(value)) {
				visit((value as Record<string, unknown>)[name]);
			}
		};
		visit([this.sent, this.caught, this.completed, this.statuses, calls]);
		return texts.join('\n');
	}

	private modules(): NodeInitializer[] {
		const capture: NodeInitializer = (RED) => {
			this.httpNode = RED.httpNode;
		};
		return [capture, glmAsrNode, serviceNode, ...coreNodes];
	}

	private nodes(local: LocalService, { node, service, nodes = [] }: FlowOptions): FlowNode[] {
		const usual: FlowNode[] = [
			{ id: 'flow', type: 'tab' },
			{
				id: 'service',
				type: 'glm-asr-service',
				platform: 'custom',
				baseUrl: local.url,
				...service,
			},
			{
				id: 'asr',
				z: 'flow',
				type: 'glm-asr',
				service: 'service',
				// A test that is not about retries sees what fails at once.
				maxRetries: 0,
				wires: [['sent']],
				...node,
			},
			{ id: 'sent', z: 'flow', type: 'helper' },
			{ id: 'catch', z: 'flow', type: 'catch', scope: ['asr'], wires: [['caught']] },
			{ id: 'caught', z: 'flow', type: 'helper' },
			{ id: 'complete', z: 'flow', type: 'complete', scope: ['asr'], wires: [['completed']] },
			{ id: 'completed', z: 'flow', type: 'helper' },
			{ id: 'status', z: 'flow', type: 'status', scope: ['asr'], wires: [['statuses']] },
			{ id: 'statuses', z: 'flow', type: 'helper' },
		];
		const replaced = new Set(nodes.map(({ id }) => id));
		// Node-RED takes what has no place on a tab for a configuration node.
		return [...usual.filter(({ id }) => !replaced.has(id)), ...nodes].map((entry) =>
			entry.z ? { x: 0, y: 0, ...entry } : entry,
		);
	}

	private listen(): void {
		this.on('sent', (msg) => this.sent.push(msg));
		this.on('caught', (msg) => this.caught.push(msg));
		this.on('completed', (msg) => this.completed.push(msg));
		this.on('statuses', ({ status: { fill, shape, text } }) =>
			this.statuses.push({ fill, shape, text }),
		);
	}
}

/** Stops the flow and clears what was spied. */
export const stopFlow = (): Promise<void> => helper.unload();

/** Deploys changed nodes over a running flow. */
export const redeploy = (nodes: FlowNode[], type: 'full' | 'nodes' | 'flows' = 'full') =>
	helper.setFlows(nodes, type, { service: { apiKey: API_KEY } }) as Promise<void>;

/** A local service for a test file, and an end to its flow after every test. */
export function useService(): () => LocalService {
	let service: LocalService;
	beforeAll(async () => {
		service = await startService();
		await helper.startServer();
	});
	afterEach(async () => {
		await stopFlow();
		service.log.length = 0;
		service.clearFaults();
		service.configure({ pace: null, deltaSpaces: null, delayMs: null, maxInFlight: null });
	});
	afterAll(async () => {
		await helper.stopServer();
		await service.close();
	});
	return () => service;
}

/** @throws Error when the condition does not come true in time */
export async function until<T>(
	what: string,
	condition: () => T,
	seconds = 3,
): Promise<NonNullable<T>> {
	const deadline = performance.now() + seconds * 1000;
	for (;;) {
		const value = condition();
		if (value) return value;
		if (performance.now() > deadline) throw new Error(`waited in vain for ${what}`);
		await new Promise((resolve) => setTimeout(resolve, 2));
	}
}

export const pause = (milliseconds: number): Promise<void> =>
	new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Epoch milliseconds, as the service's log has them. */
export const now = (): number => performance.timeOrigin + performance.now();

/** The record of a request that has ended. */
export async function ended(service: LocalService, index = 0): Promise<RequestRecord> {
	await until('the request to end', () => service.log[index]?.outcome);
	return service.log[index]!;
}

/** Something that listens on a free port of 127.0.0.1. */
export async function listen(
	server: net.Server,
): Promise<{ port: number; close(): Promise<void> }> {
	const sockets = new Set<net.Socket>();
	server.on('connection', (socket: net.Socket) => {
		sockets.add(socket);
		socket.once('close', () => sockets.delete(socket));
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	return {
		port: (server.address() as AddressInfo).port,
		close: () =>
			new Promise((resolve) => {
				server.close(() => resolve());
				for (const socket of sockets) socket.destroy();
			}),
	};
}

/** Passes everything between two sockets. */
export function relay(one: net.Socket, other: net.Socket): void {
	one.pipe(other).pipe(one);
	one.on('error', () => other.destroy());
	other.on('error', () => one.destroy());
	one.on('close', () => other.destroy());
	other.on('close', () => one.destroy());
}
