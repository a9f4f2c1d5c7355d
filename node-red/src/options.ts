import { DEFAULT_MODEL, inputError, splitHotwords, type TranscriptionOptions } from '../../core';

/** Options as a form or the environment gives them: numbers may be text, lists may be one line. */
export interface OptionFields {
	model?: string;
	stream?: boolean;
	temperature?: number | string;
	prompt?: string;
	hotwords?: string | string[];
	requestId?: string;
	userId?: string;
	language?: string;
	subtitles?: TranscriptionOptions['subtitles'];
	maxChunkSeconds?: number | string;
	concurrency?: number | string;
	maxRetries?: number | string;
	onPieceError?: TranscriptionOptions['onPieceError'];
	timeout?: number | string;
}

type Options = Omit<TranscriptionOptions, 'platform'>;

const NAMES = [
	'model',
	'stream',
	'temperature',
	'prompt',
	'hotwords',
	'requestId',
	'userId',
	'language',
	'subtitles',
	'maxChunkSeconds',
	'concurrency',
	'maxRetries',
	'onPieceError',
	'timeout',
] as const satisfies (keyof OptionFields)[];

/**
 * The options for one message: those of the node, each of which may be missing, and over them what
 * `msg.glmAsr` sets. Values are checked by `core`, so that both hosts say the same of them.
 *
 * @throws GlmAsrError `invalid_parameter` when `msg.glmAsr` is no object
 */
export function optionsFor(node: OptionFields, override: unknown): Options {
	return {
		...withListOfHotwords({
			...node,
			model: node.model || DEFAULT_MODEL,
			stream: node.stream ?? false,
			temperature: numberIn(node.temperature),
			maxChunkSeconds: numberIn(node.maxChunkSeconds),
			concurrency: numberIn(node.concurrency),
			maxRetries: numberIn(node.maxRetries),
			timeout: numberIn(node.timeout),
		}),
		...withListOfHotwords(pick(override)),
	};
}

function pick(override: unknown): Partial<OptionFields> {
	if (override === undefined || override === null) return {};
	if (typeof override !== 'object' || Array.isArray(override)) {
		throw inputError(
			'invalid_parameter',
			`msg.glmAsr is ${Array.isArray(override) ? 'an array' : `a ${typeof override}`}.`,
			'It must be an object with options of this node, for example { "prompt": "…" }.',
		);
	}
	const values = override as Record<string, unknown>;
	return Object.fromEntries(
		NAMES.flatMap((name) => (values[name] === undefined ? [] : [[name, values[name]]])),
	);
}

/** Only `core` can tell whether the rest has the right types: it comes from users. */
function withListOfHotwords(fields: Partial<OptionFields>): Options {
	const known = Object.fromEntries(
		NAMES.flatMap((name) => (name in fields ? [[name, fields[name]]] : [])),
	);
	const { hotwords } = fields;
	const isText = typeof hotwords === 'string';
	return { ...known, ...(isText ? { hotwords: splitHotwords(hotwords) } : {}) } as Options;
}

/** A form's text as a number; what is none is left for `core` to refuse. */
function numberIn(value: number | string | undefined): number | undefined {
	if (value === undefined || value === '') return undefined;
	const number = Number(value);
	return Number.isNaN(number) ? (value as number) : number;
}
