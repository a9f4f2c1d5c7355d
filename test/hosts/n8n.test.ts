import { startService, type LocalService } from '../../dev/service/server';
import { N8nServer, type BinaryMode } from '../support/hosts/n8nServer';
import {
	chain,
	code,
	glmAsr,
	label,
	merge,
	to,
	webhook,
	type CredentialFields,
	type Workflow,
} from '../support/hosts/n8nWorkflows';
import { until } from '../support/hosts/processes';
import { formOf, recording, words } from '../support/hosts/recordings';
import { expectNotToTell, filesThatHold } from '../support/hosts/secrets';

const API_KEY = 'host-tests-secret-key-of-n8n';
const DIGITS = '4711';
const LONG = '012345678901234567890123456789';

/** A line of a streaming webhook's answer, and when it came in epoch milliseconds. */
type LiveChunk = { type: 'begin' | 'item' | 'end' | 'error'; content?: string; at: number };

jest.setTimeout(60_000);

describe.each<BinaryMode>(['filesystem', 'database'])(
	'The packed package in an n8n server whose binary data is in the %s',
	(binaryMode) => {
		let service: LocalService;
		let n8n: N8nServer;
		let credential: CredentialFields;
		let credentialId: string;
		/** Everything a webhook answered. */
		let answers = '';

		beforeAll(async () => {
			service = await startService({ apiKey: API_KEY });
			n8n = await N8nServer.start(binaryMode);
			credential = { platform: 'custom', baseUrl: service.url, apiKey: API_KEY };
			credentialId = await n8n.addCredential('GLM-ASR', credential);
		}, 180_000);

		afterAll(async () => {
			await n8n?.stop();
			await service?.close();
		}, 60_000);

		beforeEach(() => {
			service.log.length = 0;
			service.clearFaults();
			service.configure({ pace: 0, deltaSpaces: null, delayMs: 0 });
		});

		const post = (workflow: string, form: FormData) =>
			fetch(n8n.webhook(workflow), { method: 'POST', body: form });

		async function postForJson<T>(workflow: string, form: FormData): Promise<T> {
			const answer = await (await post(workflow, form)).text();
			answers += answer;
			return JSON.parse(answer) as T;
		}

		it('shows the node in the editor with its icons', async () => {
			const { displayName, iconUrl } = await n8n.nodeDescription();
			expect(displayName).toBe('GLM-ASR');
			for (const icon of [iconUrl.light, iconUrl.dark]) {
				const answer = await fetch(`${n8n.url}/${icon}`);
				expect(answer.headers.get('content-type')).toMatch('image/svg+xml');
			}
		});

		it('accepts a good API key and refuses a bad one when the credential is tested', async () => {
			expect(await n8n.testCredential(credential)).toMatchObject({ status: 'OK' });
			expect(await n8n.testCredential({ ...credential, apiKey: 'wrong' })).toMatchObject({
				status: 'Error',
			});
		});

		it('lists the models of the service, the known ones first', async () => {
			const models = await n8n.listModels(credentialId);
			expect(models[0]?.value).toBe('glm-asr-2512');
			expect(models[1]?.value).toBe('glm-asr');
		});

		it('transcribes a wav file posted to a webhook', async () => {
			await n8n.publish(chain('json', webhook('json', 'firstEntryJson'), glmAsr(credentialId)));
			const form = formOf(['data', recording(DIGITS), 'memo.wav']);
			expect(await postForJson('json', form)).toMatchObject({
				text: words(DIGITS),
				segments: [
					{ id: 0, start: expect.any(Number), end: expect.any(Number), text: words(DIGITS) },
				],
				model: 'glm-asr-2512',
				request_id: expect.any(String),
				audio: {
					fileName: 'memo.wav',
					format: 'wav',
					sampleRate: 16000,
					channels: 1,
					property: 'data',
				},
				chunks: 1,
				warnings: [],
			});
			expect(service.log).toMatchObject([{ outcome: 'finished', file: { format: 'wav' } }]);
			const holders = filesThatHold('WAVEfmt ', n8n.folder);
			expect(holders).not.toEqual([]);
			expect(holders.some((file) => file.includes('database.sqlite'))).toBe(
				binaryMode === 'database',
			);
		});

		it('gives one item per delta and a done item when it streams', async () => {
			service.configure({ deltaSpaces: 'leading' });
			await n8n.publish(
				chain('stream', webhook('stream', 'allEntries'), glmAsr(credentialId, { stream: true })),
			);
			const form = formOf(['data', recording(DIGITS), 'memo.wav']);
			const items = await postForJson<object[]>('stream', form);
			expect(items.slice(0, -1)).toEqual(
				service.log[0]?.deltas.map(({ delta }, index) => ({
					type: 'transcript.text.delta',
					delta,
					index,
				})),
			);
			expect(items).toHaveLength(DIGITS.length + 1);
			expect(items.at(-1)).toMatchObject({
				type: 'transcript.text.done',
				text: words(DIGITS),
				segments: [{ text: words(DIGITS) }],
				audio: { fileName: 'memo.wav' },
			});
		});

		it('brings the words live to the client of a streaming webhook', async () => {
			service.configure({ pace: 2, deltaSpaces: 'leading' });
			await n8n.publish(chain('live', webhook('live', 'streaming'), glmAsr(credentialId)));
			const answer = await post('live', formOf(['data', recording('01234567890123'), 'memo.wav']));
			const chunks = await readLive(answer);
			answers += JSON.stringify(chunks);
			expect(chunks[0]?.type).toBe('begin');
			expect(chunks.at(-1)?.type).toBe('end');
			const arrived = chunks.filter(({ type }) => type === 'item');
			const sent = service.log[0]?.deltas ?? [];
			expect(sent.length).toBeGreaterThanOrEqual(10);
			expect(arrived.map(({ content }) => content)).toEqual(sent.map(({ delta }) => delta));
			const lags = arrived.map(({ at }, index) => Math.round(at - (sent[index]?.at ?? 0)));
			console.log(`Deltas reached the client after ${lags.join(', ')} ms (${binaryMode}).`);
			expect(Math.max(...lags)).toBeLessThan(50);
		});

		it('tells the client of a streaming webhook what went wrong', async () => {
			service.inject({ status: 401, body: { error: { code: '1000', message: '身份验证失败' } } });
			await n8n.publish(chain('broken', webhook('broken', 'streaming'), glmAsr(credentialId)));
			const answer = await post('broken', formOf(['data', recording(DIGITS), 'memo.wav']));
			const chunks = await readLive(answer);
			answers += JSON.stringify(chunks);
			expect(chunks).toContainEqual(
				expect.objectContaining({ type: 'error', content: expect.stringMatching(/\S+ \S+/) }),
			);
		});

		it('sends bad items to the error output and transcribes the others', async () => {
			await n8n.publish(mixedItems(credentialId));
			const items = await postForJson<Array<{ route: string }>>(
				'mixed',
				formOf(
					['first', recording('123'), 'first.wav'],
					['empty', new Blob([]), 'empty.wav'],
					['text', new Blob(['This is no recording.']), 'text.wav'],
					['last', recording('456'), 'last.wav'],
				),
			);
			expect(items.filter(({ route }) => route === 'success')).toMatchObject([
				{ text: words('123'), audio: { fileName: 'first.wav' } },
				{ text: words('456'), audio: { fileName: 'last.wav' } },
			]);
			const failed = items.filter(({ route }) => route === 'error');
			expect(failed).toHaveLength(3);
			for (const item of failed) {
				expect(Object.keys(item).sort()).toEqual(['details', 'error', 'route']);
				expect(item).toMatchObject({
					error: expect.stringMatching(/\S+ \S+/),
					details: { code: expect.any(String), retryable: false },
				});
			}
			expect(failed).toMatchObject([
				{},
				{ details: { fileName: 'empty.wav' } },
				{ details: { fileName: 'text.wav' } },
			]);
			expect(service.log).toHaveLength(2);
		});

		it('gives the code and HTTP status of a refused request to the error output', async () => {
			service.inject({ status: 401, body: { error: { code: '1000', message: '身份验证失败' } } });
			const workflow = await n8n.publish(refusedItem(credentialId));
			const item = await postForJson('refused-item', formOf(['data', recording('1'), 'memo.wav']));
			expect(item).toMatchObject({
				error: expect.stringMatching(/\S+ \S+/),
				details: { code: '1000', statusCode: 401, retryable: false, fileName: 'memo.wav' },
				route: 'error',
			});
			expect(await n8n.executions(workflow)).toMatchObject([{ status: 'success' }]);
		});

		it.each([
			['a plain', false],
			['a streamed', true],
		])('ends %s request at the service when the execution is stopped', async (_, stream) => {
			service.configure(stream ? { pace: 1 } : { delayMs: 30_000 });
			const name = `stop-${stream}`;
			const workflow = await n8n.publish(
				chain(name, webhook(name, 'allEntries'), glmAsr(credentialId, { stream })),
			);
			const answer = post(name, formOf(['data', recording(LONG), 'memo.wav']));
			const running = await until('a request', () => service.log[0]?.file && service.log[0]);
			if (stream) await until('a delta', () => running.deltas.length > 0);
			const [execution] = await until('the execution to be listed', async () => {
				const executions = await n8n.executions(workflow);
				return executions.length > 0 && executions;
			});
			const stoppedAt = performance.timeOrigin + performance.now();
			await n8n.stopExecution(execution?.id ?? '');
			await until('the request to end', () => running.outcome, { seconds: 5 });
			expect(running.outcome).toBe('aborted');
			expect((running.endedAt ?? Infinity) - stoppedAt).toBeLessThan(1000);
			answers += await (await answer).text();
			await until('the execution to be canceled', async () => {
				const [stopped] = await n8n.executions(workflow);
				return stopped?.status === 'canceled';
			});
			expect(service.log).toHaveLength(1);
		});

		it('shows the API key in no log, answer, execution or file', async () => {
			const executions = await n8n.executions();
			expect(executions.length).toBeGreaterThan(5);
			const exports = await Promise.all(executions.map(({ id }) => n8n.executionExport(id)));
			expect(filesThatHold('webhook', n8n.folder)).not.toEqual([]);
			expectNotToTell(API_KEY, n8n, answers, ...exports);
		});
	},
);

/** Five items, of which the first and the last are audio; the answer tells which output each took. */
function mixedItems(credentialId: string): Workflow {
	const split = code(
		'Split',
		`const { first, empty, text, last } = $input.first().binary;
		return [first, undefined, empty, text, last].map((data) => ({ json: {}, binary: data && { data } }));`,
	);
	return withBothOutputs(
		chain('mixed', webhook('mixed', 'allEntries'), split, failingTo(credentialId)),
	);
}

/** One item whose answer tells which output it took. */
function refusedItem(credentialId: string): Workflow {
	return withBothOutputs(
		chain('refused-item', webhook('refused-item', 'firstEntryJson'), failingTo(credentialId)),
	);
}

const failingTo = (credentialId: string) =>
	glmAsr(credentialId, {}, { onError: 'continueErrorOutput' });

/** Labels the items of GLM-ASR's two outputs and puts them together again. */
function withBothOutputs({ name, nodes, connections }: Workflow): Workflow {
	return {
		name,
		nodes: [...nodes, label('success'), label('error'), merge()],
		connections: {
			...connections,
			'GLM-ASR': { main: [[to('success')], [to('error')]] },
			success: { main: [[to('Merge', 0)]] },
			error: { main: [[to('Merge', 1)]] },
		},
	};
}

/** The lines of a streaming answer, each with the time it came. */
async function readLive(answer: Response): Promise<LiveChunk[]> {
	const chunks: LiveChunk[] = [];
	let rest = '';
	for await (const text of answer.body!.pipeThrough(new TextDecoderStream())) {
		const at = performance.timeOrigin + performance.now();
		const lines = (rest + text).split('\n');
		rest = lines.pop() ?? '';
		for (const line of lines) chunks.push({ ...(JSON.parse(line) as LiveChunk), at });
	}
	return chunks;
}
