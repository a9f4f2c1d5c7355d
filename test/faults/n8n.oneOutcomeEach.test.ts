import { startService, type LocalService } from '../../dev/service/server';
import { N8nServer } from '../support/hosts/n8nServer';
import { chain, glmAsr, itemPerFile, webhook } from '../support/hosts/n8nWorkflows';
import { PROBED } from '../support/hosts/probe';
import { formOf } from '../support/hosts/recordings';
import { expectNotToTell } from '../support/hosts/secrets';
import { CLOCK_JUMPS } from '../support/faults/clockJumps';
import { FaultProxy } from '../support/faults/faultProxy';
import { memos, type Memo } from '../support/faults/memos';
import { Outcomes } from '../support/faults/outcomes';
import { inParallel } from '../support/faults/parallel';
import { Report } from '../support/faults/report';
import { UNKEPT } from '../support/hosts/hostServer';

const API_KEY = 'fault-suite-secret-key-of-n8n';
const EXECUTIONS = 100;
const ITEMS = 20;
/** After so many executions the host has all it needs. */
const WARM_UP = 30;
const CLIENTS = 4;
const MAX_RETRIES = 3;

jest.setTimeout(900_000);

let service: LocalService;
let proxy: FaultProxy;
let n8n: N8nServer;

beforeAll(async () => {
	service = await startService({ apiKey: API_KEY });
	proxy = await FaultProxy.start({
		target: service.url,
		seed: 2,
		rate: 0.3,
		storms: { every: 500, seconds: 0.3 },
	});
	n8n = await N8nServer.start('filesystem', {
		NODE_OPTIONS: `${PROBED.NODE_OPTIONS} ${CLOCK_JUMPS}`,
	});
});

afterAll(async () => {
	await n8n?.stop();
	await proxy?.close();
	await service?.close();
});

/** An item of the answer: a transcription, a delta or an error. */
interface Item {
	type?: string;
	text?: string;
	audio?: { fileName: string };
	error?: string;
	details?: { code: string; retryable: boolean; fileName: string };
}

const failureOf = (error: string, { code, retryable }: NonNullable<Item['details']>) => ({
	error,
	code,
	retryable,
});

/** A workflow that makes an item of each file it is sent. */
async function publish(name: string, stream: boolean): Promise<void> {
	const credential = { platform: 'custom', baseUrl: proxy.url, apiKey: API_KEY } as const;
	const options = { maxRetries: MAX_RETRIES, timeout: 2, concurrency: 10 };
	await n8n.publish(
		chain(
			name,
			webhook(name, 'allEntries'),
			itemPerFile(),
			glmAsr(
				await n8n.addCredential('GLM-ASR', credential),
				{ stream, options },
				{ onError: 'continueRegularOutput' },
			),
		),
	);
}

async function execute(name: string, recordings: Memo[]): Promise<string> {
	const files = recordings.map((memo, index) => [`f${index}`, new Blob([memo.wav]), memo.name]);
	const answer = await fetch(n8n.webhook(name), {
		method: 'POST',
		body: formOf(...(files as Parameters<typeof formOf>)),
		headers: UNKEPT,
		signal: AbortSignal.timeout(120_000),
	});
	return await answer.text();
}

it(`${EXECUTIONS * ITEMS} items through n8n have one outcome each, whatever happens on the way`, async () => {
	const all = memos(0, EXECUTIONS * ITEMS);
	await publish('whole', false);
	await publish('words', true);
	const groups = Array.from({ length: EXECUTIONS }, (_, index) =>
		all.slice(index * ITEMS, (index + 1) * ITEMS),
	);
	const outcomes = new Outcomes(MAX_RETRIES);
	let answers = '';
	const send = async (recordings: Memo[], index: number) => {
		const answer = await execute(index % 2 ? 'words' : 'whole', recordings);
		answers += answer;
		for (const { type, text, audio, error, details } of JSON.parse(answer) as Item[]) {
			if (details) outcomes.add(details.fileName, failureOf(error!, details));
			else if (type !== 'transcript.text.delta') outcomes.add(audio!.fileName, { text: text! });
		}
	};
	const report = new Report('n8n', n8n);
	await inParallel(groups.slice(0, WARM_UP), CLIENTS, send);
	await report.begin();
	await inParallel(groups.slice(WARM_UP), CLIENTS, send);
	await report.end();

	const problems = outcomes.problems(all, proxy.asks);
	report.print(outcomes, proxy);

	expect(problems).toEqual([]);
	expect(proxy.faultCount).toBeGreaterThan(all.length * 0.3);
	expect(report.growth).toBeLessThan(30);
	const executions = await n8n.executions();
	expect(executions).toHaveLength(EXECUTIONS);
	const exported = await Promise.all(executions.map(({ id }) => n8n.executionExport(id)));
	expectNotToTell(API_KEY, n8n, answers, ...exported);
});
