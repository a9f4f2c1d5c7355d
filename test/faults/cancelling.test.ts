import { setTimeout as sleep } from 'node:timers/promises';
import { now } from '../../dev/service/types';
import { N8nServer } from '../support/hosts/n8nServer';
import * as n8nNodes from '../support/hosts/n8nWorkflows';
import * as flowNodes from '../support/hosts/nodeRedFlows';
import { NodeRedServer, type FlowNode } from '../support/hosts/nodeRedServer';
import { PROBED, type Holdings } from '../support/hosts/probe';
import { until } from '../support/hosts/processes';
import { formOf } from '../support/hosts/recordings';
import { expectNotToTell } from '../support/hosts/secrets';
import { describeLags, Lane, PROMPT, SPEECH } from '../support/faults/lane';
import { inParallel } from '../support/faults/parallel';
import { randomOf } from '../support/faults/random';

const API_KEY = 'fault-suite-secret-key';
const RESETS = 600;
const DEPLOYS = 50;
const STOPS = 320;
const TIME_OUTS = 30;
/** A moment is chosen among so many milliseconds from the beginning. */
const SPAN = 800;

jest.setTimeout(600_000);

let lanes: Lane[];

const openLanes = async (count: number) => {
	lanes = await Promise.all(Array.from({ length: count }, (_, index) => Lane.open(index, API_KEY)));
};
afterEach(async () => {
	for (const lane of lanes) await lane.service.close();
});

const form = () => formOf(['file', SPEECH, 'call.wav']);

/** Tries so often, shared among the lanes. @param atOnce lanes that run at a time */
async function trials(
	count: number,
	run: (lane: Lane, trial: number) => Promise<void>,
	atOnce = lanes.length,
) {
	const perLane = Math.ceil(count / lanes.length);
	await inParallel(lanes, atOnce, async (lane) => {
		for (let trial = 0; trial < perLane; trial++) await run(lane, trial);
	});
}

const moment = (...parts: (string | number)[]) => randomOf(3, ...parts) * SPAN;

/** Waits until the host holds no more than it did. */
async function expectNothingLeft(
	host: { holdings(): Promise<Holdings> },
	before: Holdings,
): Promise<void> {
	await until(
		`nothing to be left beyond ${JSON.stringify(before.resources)}`,
		async () => {
			const { resources } = await host.holdings();
			return Object.entries(resources).every(
				([kind, count]) => count <= (before.resources[kind] ?? 0),
			);
		},
		{ seconds: 20, everyMs: 500 },
	);
}

function expectPrompt(title: string): void {
	console.log(`${title}: ${describeLags(lanes)}`);
	for (const { kind, lags } of lanes) {
		expect({ kind: kind.name, isCancelled: lags.length > 0 }).toMatchObject({ isCancelled: true });
		expect(Math.max(...lags)).toBeLessThan(PROMPT);
	}
}

describe('In Node-RED', () => {
	let nodeRed: NodeRedServer;

	beforeAll(async () => {
		nodeRed = await NodeRedServer.start(PROBED);
	}, 180_000);
	afterAll(() => nodeRed?.stop());
	beforeEach(() => openLanes(12));

	/** Talks are answered when they are dealt with; what a node sends is counted, and must not be after a reset. */
	function flowOf({ index, kind, service }: Lane): FlowNode[] {
		const { base, chain, code, glmAsr, httpIn, httpResponse } = flowNodes;
		const [, serviceNode] = base({ baseUrl: service.url, apiKey: API_KEY });
		const node = `asr-${index}`;
		return [
			{ ...serviceNode!, id: `service-${index}` },
			...chain(
				httpIn(`talk-${index}`),
				code(`begin-${index}`, `flow.set('isCancelled-${index}', false); return msg;`),
				glmAsr({ ...kind.options, service: `service-${index}` }, node),
				code(
					`sent-${index}`,
					`if (flow.get('isCancelled-${index}')) flow.set('late', (flow.get('late') ?? 0) + 1);
					return null;`,
				),
			),
			...chain(httpIn(`reset-${index}`), {
				...code(`cancel-${index}`, `msg.reset = true; return msg;`),
				wires: [[node]],
			}),
			...chain(
				{
					...code(`complete-${index}`, ''),
					type: 'complete',
					scope: [node],
					uncaught: false,
				},
				code(
					`end-${index}`,
					`if (msg.reset) flow.set('isCancelled-${index}', true);
					msg.payload = 'dealt with';
					return msg;`,
				),
				httpResponse(`answer-${index}`),
			),
		];
	}

	const flows = (): FlowNode[] => {
		const { base, chain, code, httpIn, httpResponse } = flowNodes;
		return [
			base({ baseUrl: lanes[0]!.service.url, apiKey: API_KEY })[0]!,
			...lanes.flatMap(flowOf),
			...chain(
				httpIn('late', false),
				code('late', `msg.payload = String(flow.get('late') ?? 0); return msg;`),
				httpResponse(),
			),
		];
	};

	const post = async (route: string, body?: FormData, signal?: AbortSignal) => {
		const answer = await fetch(`${nodeRed.url}/${route}`, { method: 'POST', body, signal });
		return await answer.text();
	};

	it(`${RESETS} resets at any moment end what is under way at once`, async () => {
		await nodeRed.deploy(flows());
		const cancel = async (lane: Lane, trial: number) => {
			lane.prepare();
			const talk = post(`talk-${lane.index}`, form());
			await lane.untilAsked();
			await sleep(moment('reset', lane.index, trial));
			const asked = now();
			expect(await post(`reset-${lane.index}`)).toBe('dealt with');
			expect(await talk).toBe('dealt with');
			await lane.expectEnd(asked);
		};
		await trials(lanes.length, cancel);
		const before = await nodeRed.holdings();
		await trials(RESETS, cancel);

		expectPrompt('Node-RED, msg.reset');
		expect(await post('late')).toBe('0');
		await expectNothingLeft(nodeRed, before);
	});

	it(`${DEPLOYS} deploys at any moment do, too`, async () => {
		await nodeRed.deploy(flows());
		const before = await nodeRed.holdings();
		for (let trial = 0; trial < DEPLOYS; trial++) {
			const clients = new AbortController();
			for (const lane of lanes) {
				lane.prepare();
				// Nobody answers a request whose flow is gone.
				post(`talk-${lane.index}`, form(), clients.signal).catch(() => undefined);
			}
			await Promise.all(lanes.map((lane) => lane.untilAsked()));
			await sleep(moment('deploy', trial));
			const asked = now();
			await nodeRed.deploy(flows());
			await Promise.all(lanes.map((lane) => lane.expectEnd(asked)));
			clients.abort();
		}

		expectPrompt('Node-RED, deploy');
		await expectNothingLeft(nodeRed, before);
		expectNotToTell(API_KEY, nodeRed);
	});
});

describe('In n8n', () => {
	let n8n: N8nServer;

	beforeAll(async () => {
		// As it is by default: what it writes at the level of the other suites costs it time.
		n8n = await N8nServer.start('filesystem', { ...PROBED, N8N_LOG_LEVEL: 'info' });
	}, 180_000);
	afterAll(() => n8n?.stop());
	beforeEach(() => openLanes(4));

	/** @returns the workflow's id */
	async function publish(lane: Lane, name: string, settings?: object): Promise<string> {
		const { chain, glmAsr, webhook } = n8nNodes;
		const credential = {
			platform: 'custom',
			baseUrl: lane.service.url,
			apiKey: API_KEY,
		} as const;
		const { stream = false, ...options } = lane.kind.options;
		const node = glmAsr(await n8n.addCredential('GLM-ASR', credential), {
			binaryPropertyName: 'file',
			stream,
			options,
		});
		return await n8n.publish(chain(name, webhook(name, 'allEntries'), node), settings);
	}

	const post = async (name: string) => {
		const answer = await fetch(n8n.webhook(name), { method: 'POST', body: form() });
		return await answer.text();
	};

	it(`${STOPS} stops at any moment end what is under way at once`, async () => {
		const workflows = new Map<Lane, string>();
		for (const lane of lanes) workflows.set(lane, await publish(lane, `stop-${lane.index}`));
		const cancel = async (lane: Lane, trial: number) => {
			lane.prepare();
			const answer = post(`stop-${lane.index}`);
			const id = await until('the execution to run', async () => {
				const [latest] = await n8n.executions(workflows.get(lane));
				return latest?.status === 'running' && latest.id;
			});
			await sleep(moment('stop', lane.index, trial));
			const asked = now();
			await n8n.stopExecution(id);
			await lane.expectEnd(asked);
			await answer;
		};
		await trials(lanes.length, cancel);
		const before = await n8n.holdings();
		// What n8n does for other executions meanwhile is not what is measured.
		await trials(STOPS, cancel, 2);

		expectPrompt('n8n, stop');
		await expectNothingLeft(n8n, before);
	});

	it(`${TIME_OUTS} executions that take too long are ended at the service, too`, async () => {
		for (const lane of lanes) {
			await publish(lane, `time-out-${lane.index}`, { executionTimeout: 1 });
		}
		const before = await n8n.holdings();
		await trials(TIME_OUTS, async (lane) => {
			lane.prepare();
			await post(`time-out-${lane.index}`);
			await lane.expectEnd(now());
			expect(lane.service.log.at(-1)!.outcome).toBe('aborted');
		});

		for (const { lags } of lanes) expect(Math.max(0, ...lags)).toBeLessThan(PROMPT);
		await expectNothingLeft(n8n, before);
		expectNotToTell(API_KEY, n8n);
	});
});
