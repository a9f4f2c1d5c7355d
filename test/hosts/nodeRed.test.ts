import { startService, type LocalService } from '../../dev/service/server';
import { DebugSidebar } from '../support/hosts/debugSidebar';
import {
	automaticJoin,
	base,
	catchAll,
	chain,
	code,
	debug,
	glmAsr,
	httpIn,
	httpResponse,
} from '../support/hosts/nodeRedFlows';
import { NodeRedServer, PACKAGE, type FlowNode } from '../support/hosts/nodeRedServer';
import { until } from '../support/hosts/processes';
import { formOf, recording, words } from '../support/hosts/recordings';
import { expectNotToTell, filesThatHold } from '../support/hosts/secrets';

const API_KEY = 'host-tests-secret-key-of-node-red';
const DIGITS = '4711';
const LONG = '012345678901234567890123456789';
/** How soon a request must end after someone asked for it. */
const CANCEL_MS = 200;

jest.setTimeout(60_000);

describe('The packed package in a Node-RED server', () => {
	let service: LocalService;
	let nodeRed: NodeRedServer;
	let sidebar: DebugSidebar;
	/** Everything HTTP clients and Debug nodes got. */
	let outside = '';

	beforeAll(async () => {
		service = await startService({ apiKey: API_KEY });
		nodeRed = await NodeRedServer.start();
		sidebar = await DebugSidebar.open(nodeRed.url);
	}, 180_000);

	afterAll(async () => {
		sidebar?.close();
		await nodeRed?.stop();
		await service?.close();
	}, 60_000);

	beforeEach(() => {
		service.log.length = 0;
		service.clearFaults();
		service.configure({ pace: 0, deltaSpaces: null, delayMs: 0 });
		sidebar.clear();
	});

	afterEach(() => {
		outside += sidebar.text;
	});

	const deploy = (...flows: FlowNode[][]) =>
		nodeRed.deploy([...base({ baseUrl: service.url, apiKey: API_KEY }), ...flows.flat()]);

	async function post(route: string, body: FormData | Blob): Promise<string> {
		const answer = await fetch(`${nodeRed.url}/${route}`, { method: 'POST', body });
		const text = await answer.text();
		outside += text;
		return text;
	}

	/** Starts a request that takes seconds and returns its record once it runs. */
	async function startLongRequest(route: string) {
		service.configure({ pace: 1 });
		void post(route, formOf(['file', recording(LONG), 'long.wav'])).catch(() => undefined);
		return until('a delta', () => service.log[0]?.deltas.length && service.log[0]);
	}

	it('is installed whole: forms, help, icons and texts', async () => {
		const sets =
			await nodeRed.json<Array<{ module: string; types: string[]; err?: string }>>('/nodes');
		const ours = sets.filter(({ module }) => module === PACKAGE);
		expect(ours.flatMap(({ types }) => types).sort()).toEqual(['glm-asr', 'glm-asr-service']);
		expect(ours.filter(({ err }) => err)).toEqual([]);
		for (const type of ['glm-asr', 'glm-asr-service']) {
			const html = await nodeRed.text(`/nodes/${PACKAGE}/${type}`, 'text/html');
			expect(html).toContain(`data-template-name="${type}"`);
			expect(html).toContain(`data-help-name="${type}"`);
			const catalogue = await nodeRed.json<object>(`/locales/${PACKAGE}/${type}`);
			expect(JSON.stringify(catalogue)).toMatch(/\w+ \w+/);
		}
		const icons = await nodeRed.json<Record<string, string[]>>('/icons');
		expect(icons[PACKAGE]).not.toHaveLength(0);
		for (const icon of icons[PACKAGE] ?? []) {
			expect(await nodeRed.text(`/icons/${PACKAGE}/${icon}`)).toContain('<svg');
		}
	});

	it('brings examples that transcribe as soon as their service is filled in', async () => {
		const ours = { platform: 'custom', baseUrl: service.url, credentials: { apiKey: API_KEY } };
		const examples = [...(await nodeRed.examples()).values()];
		expect(examples).not.toHaveLength(0);
		for (const flows of examples) {
			const types = flows.map(({ type }) => type);
			expect(types).toEqual(expect.arrayContaining(['glm-asr', 'glm-asr-service']));
			await nodeRed.deploy(
				flows.map((node) => (node.type === 'glm-asr-service' ? { ...node, ...ours } : node)),
			);
			const address = flows.find(({ type }) => type === 'http in');
			if (address) {
				const form = formOf(['file', recording(DIGITS), 'memo.wav']);
				expect(await post(String(address.url).slice(1), form)).toBe(words(DIGITS));
			} else {
				await nodeRed.inject(flows.find(({ type }) => type === 'inject')?.id ?? '');
				const output = flows.find(({ type }) => type === 'debug')?.id ?? '';
				expect(await sidebar.untilShown(output, 1)).toEqual([{ payload: words(DIGITS) }]);
			}
		}
	});

	it('answers an upload with text, segments and the whole transcription', async () => {
		await deploy(
			chain(
				httpIn('upload'),
				glmAsr(),
				code(
					'pick',
					`const { payload, segments, transcription } = msg;
					msg.payload = { payload, segments, transcription };
					return msg;`,
				),
				httpResponse(),
			),
		);
		const answer = await post('upload', formOf(['file', recording(DIGITS), 'memo.wav']));
		const segments = [
			{ id: 0, start: expect.any(Number), end: expect.any(Number), text: words(DIGITS) },
		];
		expect(JSON.parse(answer)).toEqual({
			payload: words(DIGITS),
			segments,
			transcription: expect.objectContaining({
				text: words(DIGITS),
				segments,
				model: 'glm-asr-2512',
				request_id: expect.any(String),
				audio: expect.objectContaining({ fileName: 'memo.wav', format: 'wav', sampleRate: 16000 }),
				chunks: 1,
				warnings: [],
			}),
		});
	});

	it('transcribes a raw request body', async () => {
		await deploy(chain(httpIn('raw', false), glmAsr(), httpResponse()));
		expect(await post('raw', recording(DIGITS))).toBe(words(DIGITS));
	});

	it('gives a result with parts for each of several uploaded files', async () => {
		await deploy(
			chain(
				httpIn('several'),
				{ ...glmAsr(), wires: [['results']] },
				automaticJoin(),
				httpResponse(),
			),
			[debug('results')],
		);
		const answer = await post(
			'several',
			formOf(['a', recording('12'), 'a.wav'], ['b', recording('34'), 'b.wav']),
		);
		expect(JSON.parse(answer)).toEqual([words('12'), words('34')]);
		const results = await sidebar.untilShown('results', 2);
		expect(results).toMatchObject([
			{ payload: words('12'), parts: { index: 0, count: 2 } },
			{ payload: words('34'), parts: { index: 1, count: 2 } },
		]);
	});

	it('streams deltas that an automatic Join puts together again', async () => {
		service.configure({ deltaSpaces: 'leading', pace: 4 });
		await deploy(
			chain(
				httpIn('words'),
				code('take', 'msg.audio = msg.req.files[0]; return msg;'),
				{
					...glmAsr({ stream: true, property: 'audio', propertyType: 'msg' }),
					wires: [['deltas']],
				},
				automaticJoin(),
				httpResponse(),
			),
			[debug('deltas')],
		);
		const form = formOf(['file', recording(DIGITS), 'memo.wav']);
		expect(await post('words', form)).toBe(words(DIGITS));
		const messages = await sidebar.untilShown('deltas', DIGITS.length + 1);
		expect(messages).toHaveLength(DIGITS.length + 1);
		const deltas = messages.slice(0, -1);
		expect(deltas.map(({ payload }) => payload)).toEqual(
			service.log[0]?.deltas.map(({ delta }) => delta),
		);
		let text = '';
		for (const [index, message] of deltas.entries()) {
			text += String(message.payload);
			expect(message.text).toBe(text);
			expect(message.parts).toMatchObject({ index, type: 'string', ch: '' });
			expect(message).not.toHaveProperty('audio');
		}
		expect(messages.at(-1)).toMatchObject({
			payload: '',
			complete: true,
			parts: { count: DIGITS.length + 1 },
			segments: [{ text: words(DIGITS) }],
			transcription: { text: words(DIGITS) },
		});
		const statuses = sidebar.statuses.filter(({ node }) => node === 'asr');
		expect(statuses).toContainEqual(expect.objectContaining({ fill: 'blue', shape: 'dot' }));
		await until('the status to be cleared', () => !sidebar.statuses.at(-1)?.fill);
	});

	it('ends the request at the service when a message with reset comes', async () => {
		await deploy(
			chain(httpIn('long'), glmAsr({ stream: true })),
			chain(
				httpIn('reset'),
				{ ...code('set', 'msg.reset = true; return msg;'), wires: [['asr']] },
				httpResponse(),
			),
		);
		const record = await startLongRequest('long');
		const resetAt = performance.timeOrigin + performance.now();
		await post('reset', new Blob([]));
		await until('the request to end', () => record.outcome, { seconds: 5 });
		expect(record.outcome).toBe('aborted');
		expect((record.endedAt ?? Infinity) - resetAt).toBeLessThan(CANCEL_MS);
		expect(service.log).toHaveLength(1);
	});

	it('ends the request at the service when the flows are deployed anew', async () => {
		const flows = chain(httpIn('long'), glmAsr({ stream: true }));
		await deploy(flows);
		const record = await startLongRequest('long');
		const deployedAt = performance.timeOrigin + performance.now();
		await deploy(flows);
		await until('the request to end', () => record.outcome, { seconds: 5 });
		expect(record.outcome).toBe('aborted');
		expect((record.endedAt ?? Infinity) - deployedAt).toBeLessThan(CANCEL_MS);
		expect(service.log).toHaveLength(1);
	});

	it('transcribes the recordings among the attachments of an e-mail, and nothing else', async () => {
		await deploy(
			chain(
				httpIn('mail'),
				{
					...code(
						'mail',
						`const attachments = msg.req.files.map(({ buffer, originalname, mimetype }) => ({
							content: buffer, filename: originalname, contentType: mimetype,
						}));
						return [{ payload: 'Dear all', topic: 'Two memos', attachments }, msg];`,
					),
					outputs: 2,
					wires: [[], ['answer']],
				},
				glmAsr({ property: 'attachments', propertyType: 'msg' }),
				debug('results'),
			),
			[httpResponse()],
			chain(catchAll(), debug('caught')),
		);
		await post(
			'mail',
			formOf(
				['a', recording('12'), 'a.wav'],
				['b', new Blob(['%PDF-1.7\n%âãÏÓ\n'], { type: 'application/pdf' }), 'invoice.pdf'],
				['c', recording('34'), 'c.wav'],
			),
		);
		await sidebar.untilShown('results', 2);
		await until('the node to be idle', () => !sidebar.statuses.at(-1)?.fill);
		expect(sidebar.messages('results')).toMatchObject([
			{ payload: words('12'), parts: { index: 0, count: 2 } },
			{ payload: words('34'), parts: { index: 1, count: 2 } },
		]);
		expect(sidebar.messages('caught')).toEqual([]);
		expect(service.log).toHaveLength(2);
	});

	it('hands a refused request to Catch with its code and HTTP status', async () => {
		service.inject({ status: 401, body: { error: { code: '1000', message: '身份验证失败' } } });
		await deploy(
			chain(httpIn('refused'), glmAsr()),
			chain({ ...catchAll(), wires: [['caught', 'answer']] }),
			[debug('caught'), httpResponse()],
		);
		await post('refused', formOf(['file', recording(DIGITS), 'memo.wav']));
		const [caught] = await sidebar.untilShown('caught', 1);
		expect(caught?.error).toMatchObject({
			message: expect.stringMatching(/\S+ \S+/),
			source: { id: 'asr', type: 'glm-asr' },
			code: '1000',
			cause: { statusCode: 401, retryable: false },
		});
		expect(sidebar.statuses.at(-1)).toMatchObject({ node: 'asr', fill: 'red', shape: 'ring' });
	});

	it('shows the API key in no export, log, message or file', async () => {
		const exported = JSON.stringify(await nodeRed.exportedFlows());
		expect(exported).toContain('glm-asr-service');
		expect(filesThatHold('glm-asr-service', nodeRed.folder)).not.toEqual([]);
		expectNotToTell(API_KEY, nodeRed, exported, outside);
	});
});
