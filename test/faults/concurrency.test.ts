import { startService, type LocalService } from '../../dev/service/server';
import { N8nServer } from '../support/hosts/n8nServer';
import * as n8nNodes from '../support/hosts/n8nWorkflows';
import * as flowNodes from '../support/hosts/nodeRedFlows';
import { NodeRedServer } from '../support/hosts/nodeRedServer';
import { formOf, recording, words } from '../support/hosts/recordings';
import { memos, type Memo } from '../support/faults/memos';
import { inParallel } from '../support/faults/parallel';

const API_KEY = 'fault-suite-secret-key';
/** What the service takes at a time, and what the nodes are set to. */
const TAKEN = 5;
const SET = 20;
const PIECES = 500;
/** What a client that knows the limit gets, as the least that a node must get. */
const MIN_GOODPUT = 0.85;
/** Refused requests for each that was accepted. */
const MAX_REFUSED = 0.1;

jest.setTimeout(300_000);

let service: LocalService;
let nodeRed: NodeRedServer;
let n8n: N8nServer;
let best: Work;

beforeAll(async () => {
	service = await startService({ apiKey: API_KEY, maxInFlight: TAKEN, delayMs: 150 });
	nodeRed = await NodeRedServer.start();
	n8n = await N8nServer.start('filesystem');
	best = await withTheLimitKnown(memos(0, PIECES));
}, 180_000);

afterAll(async () => {
	await n8n?.stop();
	await nodeRed?.stop();
	await service?.close();
});

interface Work {
	accepted: number;
	refused: number;
	/** Accepted requests for each second. */
	goodput: number;
}

/** What was done at the service while `run` ran. */
async function workOf(run: () => Promise<unknown>): Promise<Work> {
	service.log.length = 0;
	await run();
	const accepted = service.log.filter(({ outcome }) => outcome === 'finished');
	const first = Math.min(...service.log.map(({ at }) => at));
	const last = Math.max(...accepted.map(({ endedAt }) => endedAt!));
	return {
		accepted: accepted.length,
		refused: service.log.length - accepted.length,
		goodput: accepted.length / ((last - first) / 1000),
	};
}

/** Sends the same from here, never more at a time than the service takes. */
const withTheLimitKnown = (recordings: Memo[]) =>
	workOf(() =>
		inParallel(recordings, TAKEN, async ({ name, wav }) => {
			const form = formOf(['file', new Blob([wav], { type: 'audio/wav' }), name]);
			form.append('model', 'glm-asr-2512');
			const answer = await fetch(`${service.url}/audio/transcriptions`, {
				method: 'POST',
				headers: { authorization: `Bearer ${API_KEY}` },
				body: form,
			});
			await answer.text();
		}),
	);

function expectNearly(title: string, work: Work): void {
	console.log(
		`${title}: ${work.accepted} accepted, ${work.refused} refused, ${work.goodput.toFixed(1)}/s; with the limit known ${best.goodput.toFixed(1)}/s: ${(work.goodput / best.goodput).toFixed(2)}`,
	);
	expect(work.goodput / best.goodput).toBeGreaterThan(MIN_GOODPUT);
	expect(work.refused / work.accepted).toBeLessThan(MAX_REFUSED);
}

it(`${PIECES} messages at a Node-RED node set to more than the service takes all come through, nearly as fast`, async () => {
	const { base, chain, glmAsr, httpIn, httpResponse } = flowNodes;
	const recordings = memos(0, PIECES);
	await nodeRed.deploy([
		...base({ baseUrl: service.url, apiKey: API_KEY, concurrency: SET }),
		...chain(httpIn('memo'), glmAsr(), httpResponse()),
	]);
	const texts = new Map<string, string>();
	const work = await workOf(() =>
		inParallel(recordings, PIECES, async ({ name, wav }) => {
			const body = formOf(['file', new Blob([wav]), name]);
			const answer = await fetch(`${nodeRed.url}/memo`, { method: 'POST', body });
			texts.set(name, await answer.text());
		}),
	);

	expect(recordings.filter(({ name, text }) => texts.get(name) !== text)).toEqual([]);
	expectNearly('Node-RED, 500 messages', work);
});

it(`a recording of ${PIECES} pieces does, too`, async () => {
	const { base, chain, glmAsr, httpIn, httpResponse } = flowNodes;
	const digits = Array.from({ length: PIECES }, (_, piece) => piece % 10).join('  ');
	const options = { concurrency: String(SET), maxChunkSeconds: '2' };
	await nodeRed.deploy([
		...base({ baseUrl: service.url, apiKey: API_KEY, concurrency: SET }),
		...chain(httpIn('call'), glmAsr(options), httpResponse()),
	]);
	const call = recording(digits, { sampleRate: 8000, pauseSeconds: 0.9 });
	const work = await workOf(async () => {
		const body = formOf(['file', call, 'call.wav']);
		const answer = await fetch(`${nodeRed.url}/call`, { method: 'POST', body });
		expect(await answer.text()).toBe(words(digits.replaceAll(' ', '')));
	});

	expect(work.accepted).toBeGreaterThanOrEqual(PIECES);
	expectNearly('Node-RED, a long recording', work);
});

it(`${PIECES} items at an n8n node set to more than the service takes all come through, nearly as fast`, async () => {
	const { chain, glmAsr, itemPerFile, webhook } = n8nNodes;
	const recordings = memos(0, PIECES);
	const credential = { platform: 'custom', baseUrl: service.url, apiKey: API_KEY } as const;
	const node = glmAsr(await n8n.addCredential('GLM-ASR', credential), {
		options: { concurrency: SET },
	});
	await n8n.publish(chain('items', webhook('items', 'allEntries'), itemPerFile(), node));
	let texts: string[] = [];
	const work = await workOf(async () => {
		const files = recordings.map(({ name, wav }, index): [string, Blob, string] => [
			`f${index}`,
			new Blob([wav]),
			name,
		]);
		const answer = await fetch(n8n.webhook('items'), { method: 'POST', body: formOf(...files) });
		texts = ((await answer.json()) as { text: string }[]).map(({ text }) => text);
	});

	// A webhook stores the files of a form in no order.
	expect(texts.toSorted()).toEqual(recordings.map(({ text }) => text).toSorted());
	expectNearly('n8n, 500 items', work);
});
