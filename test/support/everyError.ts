import { NodeOperationError, type IExecuteFunctions } from 'n8n-workflow';

import { inspectAudio } from '../../core/audio/recording';
import { bytesSource } from '../../core/audio/source/bytes';
import { resolveBaseUrl, type Platform } from '../../core/api/platforms';
import { partialFailure, type GlmAsrError } from '../../core/errors/error';
import { networkError } from '../../core/errors/network';
import { NETWORK_CODES } from '../../core/errors/networkCodes';
import { answerError, finishError, serviceError } from '../../core/errors/service';
import { SERVICE_CODES } from '../../core/errors/serviceCodes';
import { transcribe, type TranscriptionOptions } from '../../core/transcribe';
import { openInputs } from '../../nodes/GlmAsr/binaries';
import { connect } from '../../nodes/GlmAsr/connection';
import { GlmAsr } from '../../nodes/GlmAsr/GlmAsr.node';
import { errorItem, nodeError } from '../../nodes/GlmAsr/failures';
import { runItems } from '../../nodes/GlmAsr/runItems';
import { findAudio } from '../../node-red/src/audioInputs';
import type { NodeError } from '../../node-red/src/failure';
import registerGlmAsr from '../../node-red/src/glm-asr';
import { valueAt } from '../../node-red/src/messages';
import { optionsFor } from '../../node-red/src/options';
import { Service, type ServiceSettings } from '../../node-red/src/service';
import { flacFile } from './audio/flacWriter';
import { ascii, chunk, concat, pcmFormat, silence, wav } from './audio/recordings';
import { collect, connectionTo, failureOf, ScriptedService, thrownBy } from './core';

/** What a user reads of an error. */
export interface Told {
	problem: string;
	/** n8n has none for what nobody foresaw. */
	cure?: string;
	code: string;
}

const context = { fileName: 'memo.wav' };

/** The errors for all codes that are known of the service and of the network. */
export const CODED_ERRORS: GlmAsrError[] = [
	...SERVICE_CODES.flatMap(({ codes = [] }) => codes).map((code) =>
		serviceError(context, { code }),
	),
	...SERVICE_CODES.flatMap(({ statuses = [] }) => statuses)
		.filter((status) => !status.endsWith('xx'))
		.map((status) => serviceError(context, undefined, { statusCode: Number(status) })),
	...NETWORK_CODES.flatMap(({ codes = [] }) => codes).map((code) =>
		networkError(context, { code }),
	),
];

/** Every error that a user of either node can meet, from the code that makes it. */
export async function everyError(): Promise<Told[]> {
	return [
		...CODED_ERRORS,
		...[302, 418, 500].map((statusCode) => serviceError(context, undefined, { statusCode })),
		serviceError(context, undefined),
		networkError(context, new Error('said')),
		answerError(context, 'bad_answer'),
		answerError(context, 'incomplete_answer'),
		finishError(context, 'length')!,
		partialFailure(
			'call.mp3',
			serviceError(context, { code: '1305' }),
			[{ start: 29.1, end: 58.4, reason: '' }],
			'',
		),
		...(await ofAudio()),
		...(await ofParameters()),
		...(await ofN8n()),
		...(await ofNodeRed()),
	];
}

function ofAudio(): Promise<Told[]> {
	const inspect = (fileName: string, text: string) =>
		failureOf(() => inspectAudio({ source: bytesSource(ascii(text)), fileName }));
	/** FLAC that states its seconds, and holds others; zeros behind it make the number credible. */
	const flac = (stated: number, held: number, zeros = 0) =>
		concat(
			flacFile({
				frames: Array.from({ length: held }, () => ({ channels: [Array<number>(6000).fill(0)] })),
				sampleRate: 6000,
				totalSamples: stated * 6000,
			}),
			new Uint8Array(zeros),
		);
	const inUnknownForm = wav(pcmFormat({ tag: 0x160 }), chunk('data', new Uint8Array(99)));
	return Promise.all([
		inspect('memo.wav', ''),
		inspect('notes.wav', 'Dear all, please find'),
		inspect('', '--x\r\nContent-Disposition: form-data; name="file"\r\n\r\nRIFF'),
		inspect('memo.wma', '\x30\x26\xb2\x75\x8e\x66\xcf\x11'),
		inspect('memo.m4a', '\0\0\0\x0cftypM4A '),
		inspect('clip.mp4', '\0\0\0\x0cftypmp42\0\0\0\x08moov'),
		refusalOfOptions({}, flac(86_401, 1, 80_000)),
		refusalOfOptions({}, flac(601, 1, 900)),
		refusalOfOptions({ maxMinutes: 0.5 }, silence(31)),
		refusalOfOptions({}, flac(1, 3)),
		refusalOfOptions({}, inUnknownForm),
		failureOf(() =>
			inspectAudio({
				source: { size: 9, read: () => Promise.reject(new Error('EIO')) },
				fileName: 'memo.wav',
			}),
		),
	]);
}

function ofParameters(): Promise<Told[]> {
	const wrong: { [name in keyof TranscriptionOptions]?: unknown }[] = [
		{ model: '' },
		{ stream: 'yes' },
		{ temperature: 1.5 },
		{ requestId: true },
		{ userId: 'me' },
		{ prompt: 'a'.repeat(9000) },
		{ hotwords: new Array(101).fill('a') },
		{ language: 7 },
		{ maxChunkSeconds: -1 },
		{ maxMinutes: -1 },
		{ timeout: -1 },
		{ concurrency: -1 },
		{ maxRecordings: 0.5 },
		{ maxRetries: 1.5 },
		{ subtitles: 'txt' },
		{ onPieceError: 'skip' },
	];
	return Promise.all([
		...wrong.map((options) => refusalOfOptions(options)),
		failureOf(() => resolveBaseUrl({ platform: 'openai' as Platform })),
		failureOf(() => resolveBaseUrl({ platform: 'custom', baseUrl: 'localhost:8000' })),
	]);
}

function refusalOfOptions(options: object, bytes = silence(1)): Promise<GlmAsrError> {
	const usual: TranscriptionOptions = { model: 'glm-asr', stream: false, platform: 'zai' };
	const { transport } = new ScriptedService();
	const input = { source: bytesSource(bytes), ...context };
	return failureOf(() =>
		collect(transcribe(input, { ...usual, ...options }, connectionTo(transport))),
	);
}

async function ofN8n(): Promise<Told[]> {
	const inN8n = (binary: object, wanted: unknown = 'data', parameters: object = {}) =>
		({
			getNode: () => ({ name: 'GLM-ASR' }),
			isStreaming: () => false,
			getNodeParameter: (name: string) => ({ binaryPropertyName: wanted, ...parameters })[name],
			getInputData: () => [{ json: {}, binary }],
			getWorkflow: () => ({ id: 'mine' }),
			getWorkflowSettings: () => ({}),
			getWorkflowDataProxy: () => ({}),
			getExecuteData: () => ({ node: {} }),
			getExecutionId: () => '1',
			getParentNodes: () => [],
			getCredentials: async () => ({ platform: 'zai', apiKey: '' }),
			helpers: { getBinaryMetadata: async () => Promise.reject(new Error('ENOENT')) },
			getExecutionCancelSignal: () => AbortSignal.abort(),
		}) as unknown as IExecuteFunctions;
	const nothing = inN8n({});
	const pdf = { mimeType: 'application/pdf', data: btoa('%PDF-1.7') };
	const opened = [
		inN8n({}, ''),
		inN8n({ attachment_0: pdf }),
		nothing,
		inN8n({ data: pdf }, '*'),
		inN8n({}, '*'),
		inN8n({ data: { mimeType: 'audio/wav', id: 'filesystem-v2:gone' } }),
		inN8n({}, { mimeType: 'audio/wav', id: 'database:of-another' }),
		inN8n({ a: pdf, b: pdf }, '*', { 'options.maxRecordings': 1 }),
		inN8n({ a: pdf, b: pdf }, 'a, b', { 'options.maxRecordings': 1 }),
	].map(async (n8n) => (await openInputs(n8n, 0).next()).value as GlmAsrError);
	const ofTheHost = [
		await thrownBy(() => connect(nothing)),
		await thrownBy(() => new GlmAsr().execute.call(inN8n({}, 'data', { operation: 'translate' }))),
		await thrownBy(() => runItems(nothing, async function* () {})),
		new NodeOperationError(nothing.getNode(), 'Node does not have any credentials set'),
	].map((error) => {
		const { message, description } = nodeError(nothing, error, 0);
		return { problem: message, cure: description!, code: codeInN8n(error) };
	});
	const said = new Error('said');
	const { message, description } = nodeError(nothing, said, 0);
	const unforeseen = { problem: message, cure: description!, code: codeInN8n(said) };
	return [...(await Promise.all(opened)), ...ofTheHost, unforeseen];
}

function codeInN8n(error: unknown): string {
	const { details } = errorItem(error, new Error(), 0).json as { details: { code: string } };
	return details.code;
}

async function ofNodeRed(): Promise<Told[]> {
	const find = (payload: unknown, req = {}) =>
		failureOf(() => findAudio({ req }, { value: payload, property: 'payload' }, 100));
	const send = (settings: ServiceSettings, isTlsValid = true) => {
		const tls = { valid: isTlsValid, addTLSOptions: () => ({}) };
		return failureOf(() => new Service(settings, tls).connection({ id: '', onTurn: () => {} }));
	};
	const attachments = [{ content: ascii('%PDF-1.7'), filename: 'a.pdf' }, new Uint8Array()];
	const environment = { ...process.env };
	process.env.http_proxy = 'no address';
	const withoutProxy = await send({ apiKey: 'key' });
	process.env = environment;
	return [
		withoutProxy,
		...(await Promise.all([
			find(undefined),
			find('spoken'),
			find('/home/me/memo.wav'),
			find('data:audio/wav;base64,UklGRg=='),
			find({}, { headers: { 'content-type': 'audio/wav' } }),
			find({}, { headers: { 'content-type': 'multipart/form-data' } }),
			failureOf(() => findAudio({}, { value: attachments, property: 'attachments' }, 100)),
			failureOf(() => findAudio({}, { value: attachments, property: 'attachments' }, 1)),
			failureOf(() => optionsFor({}, 'fast')),
			failureOf(() =>
				valueAt({}, 'payload[', {
					getMessageProperty: () => {
						throw new Error('Invalid property expression');
					},
				}),
			),
			send({ apiKey: '' }),
			send({ apiKey: 'two words' }),
			send({ apiKey: 'key', concurrency: 'many' }),
			send({ apiKey: 'key' }, false),
			...ofNodeRedsNode(),
		])),
	];
}

/** What the node says of messages when it has no service and Node-RED lets ten of them wait. */
function ofNodeRedsNode(): Promise<Told>[] {
	let take: (msg: object, send: () => void, done: (error: Error) => void) => void;
	const node = {
		on: (event: string, handler: typeof take) => event === 'input' && (take = handler),
		status: () => {},
	};
	registerGlmAsr({
		nodes: {
			createNode: () => {},
			registerType: (_: string, construct: (this: typeof node, config: object) => void) =>
				construct.call(node, {}),
		},
		settings: { nodeMessageBufferMaxLength: 10 },
		util: { generateId: () => '' },
	} as any);
	return Array.from({ length: 11 }, async () => {
		const { message, code } = await new Promise<NodeError>((resolve) =>
			take({}, () => {}, resolve as (error: Error) => void),
		);
		const [problem = '', cure = ''] = message.split(/(?<=\.) /);
		return { problem, cure, code };
	});
}
