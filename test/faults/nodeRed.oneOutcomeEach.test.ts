import { startService, type LocalService } from '../../dev/service/server';
import {
	base,
	catchAll,
	chain,
	code,
	glmAsr,
	httpIn,
	httpResponse,
} from '../support/hosts/nodeRedFlows';
import { NodeRedServer } from '../support/hosts/nodeRedServer';
import { PROBED } from '../support/hosts/probe';
import { formOf } from '../support/hosts/recordings';
import { expectNotToTell } from '../support/hosts/secrets';
import { CLOCK_JUMPS } from '../support/faults/clockJumps';
import { FaultProxy } from '../support/faults/faultProxy';
import { memos, type Memo } from '../support/faults/memos';
import { Outcomes, type Outcome } from '../support/faults/outcomes';
import { inParallel } from '../support/faults/parallel';
import { Report } from '../support/faults/report';

const API_KEY = 'fault-suite-secret-key-of-node-red';
const MESSAGES = 10_000;
/** After so many the host has all it needs. */
const WARM_UP = 2000;
const CLIENTS = 40;
const MAX_RETRIES = 3;

jest.setTimeout(900_000);

let service: LocalService;
let proxy: FaultProxy;
let nodeRed: NodeRedServer;

beforeAll(async () => {
	service = await startService({ apiKey: API_KEY });
	proxy = await FaultProxy.start({
		target: service.url,
		seed: 1,
		rate: 0.3,
		storms: { every: 500, seconds: 0.3 },
	});
	nodeRed = await NodeRedServer.start({ NODE_OPTIONS: `${PROBED.NODE_OPTIONS} ${CLOCK_JUMPS}` });
});

afterAll(async () => {
	await nodeRed?.stop();
	await proxy?.close();
	await service?.close();
});

/** Tells what came of a message, to its client and in a list that would show a second time. */
const tell = (id: string, body: string) =>
	code(
		id,
		`${body}
		const told = flow.get('told') ?? [];
		told.push({ name: msg.req.files[0].originalname, ...outcome });
		flow.set('told', told);
		msg.payload = outcome;
		return msg;`,
	);

const options = { maxRetries: String(MAX_RETRIES), timeout: '2', concurrency: '20' };

const flows = () => [
	...base({ baseUrl: proxy.url, apiKey: API_KEY, concurrency: 20 }),
	...chain(
		httpIn('whole'),
		glmAsr(options, 'asr-whole'),
		tell('told-whole', 'const outcome = { text: msg.payload };'),
		httpResponse(),
	),
	...chain(
		httpIn('words'),
		glmAsr({ ...options, stream: true }, 'asr-words'),
		tell(
			'told-words',
			'if (!msg.complete) return null; const outcome = { text: msg.transcription.text };',
		),
		httpResponse('answer-words'),
	),
	...chain(
		catchAll(),
		tell(
			'told-failure',
			`const { message, code, cause } = msg.error;
			const outcome = { error: message.replace(/^Error: /, ''), code, retryable: cause.retryable };`,
		),
		httpResponse('answer-failure'),
	),
	...chain(
		httpIn('told', false),
		code('list', `msg.payload = flow.get('told'); return msg;`),
		httpResponse('answer-list'),
	),
];

const post = (route: string, body?: FormData) =>
	fetch(`${nodeRed.url}/${route}`, {
		method: 'POST',
		body,
		signal: AbortSignal.timeout(120_000),
	}).then((answer) => answer.text());

/** Every second one word by word. */
const send = ({ name, wav }: Memo, index: number) =>
	post(index % 2 ? 'words' : 'whole', formOf(['file', new Blob([wav]), name]));

it(`${MESSAGES} messages through Node-RED have one outcome each, whatever happens on the way`, async () => {
	const all = memos(0, MESSAGES);
	await nodeRed.deploy(flows());
	const report = new Report('Node-RED', nodeRed);
	await inParallel(all.slice(0, WARM_UP), CLIENTS, send);
	await report.begin();
	await inParallel(all.slice(WARM_UP), CLIENTS, send);
	await report.end();

	const told = await post('told');
	const outcomes = new Outcomes(MAX_RETRIES);
	for (const { name, ...outcome } of JSON.parse(told) as ({ name: string } & Outcome)[]) {
		outcomes.add(name, outcome);
	}
	const problems = outcomes.problems(all, proxy.asks);
	report.print(outcomes, proxy);

	expect(problems).toEqual([]);
	expect(proxy.faultCount).toBeGreaterThan(MESSAGES * 0.3);
	expect(report.growth).toBeLessThan(8);
	const exported = JSON.stringify(await nodeRed.exportedFlows());
	expectNotToTell(API_KEY, nodeRed, told, exported);
});
