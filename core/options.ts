import { DEFAULT_MODEL } from './api/models';
import type { Platform } from './api/platforms';

/** What an option holds, by its kind. */
export interface Kinds {
	/** The name of a model. */
	model: string;
	text: string;
	/** A text; ids come out of expressions and databases as numbers, too. */
	id: string;
	/** A list of words; in forms one text with commas. */
	words: string[];
	number: number;
	wholeNumber: number;
	/** A length of time, more than 0. */
	seconds: number;
	boolean: boolean;
	choice: string;
}

/** What is known of an option; every form, check, default and table of the docs derives from it. */
export interface Option {
	kind: keyof Kinds;
	/** The form field it goes to the service in; others are for us alone. */
	field?: string;
	/** The only platform whose servers take it. */
	platform?: Platform;
	/** The platforms that get a list as one field, a JSON array; others get a field for each word. */
	jsonOn?: readonly Platform[];
	/** The range of the number, of the text's characters or of the list's words. */
	min?: number;
	max?: number;
	choices?: readonly string[];
	/** Used where the user sets nothing. */
	default?: string | number | boolean;
	/** The default in words, where it is not a value. */
	whenUnset?: string;
	/** 0 counts as not set: a form must fill in some number. */
	zeroIsUnset?: true;
	/** It must be set. */
	isRequired?: true;
	/** Ends "It must be …". */
	must: string;
	/** What it is for; begins in lower case, ends without a full stop. */
	meaning: string;
}

/**
 * The options of both nodes under the names of the contract.
 * Ranges: docs.z.ai/api-reference/audio/audio-transcriptions; `temperature` and `user_id` from the
 * older reference at docs.bigmodel.cn.
 */
export const OPTIONS = {
	model: {
		kind: 'model',
		field: 'model',
		default: DEFAULT_MODEL,
		isRequired: true,
		must: 'the name of a model',
		meaning: 'the model that recognises the speech',
	},
	stream: {
		kind: 'boolean',
		field: 'stream',
		default: false,
		must: 'true or false',
		meaning: 'sends words on as they are recognised, before the whole result',
	},
	temperature: {
		kind: 'number',
		field: 'temperature',
		min: 0,
		max: 1,
		whenUnset: "the service's",
		must: 'a number from 0 to 1',
		meaning: 'randomness of the recognition',
	},
	// Its field differs from try to try.
	requestId: {
		kind: 'id',
		max: 128,
		whenUnset: 'made for each recording',
		must: 'a text of at most 128 characters',
		meaning:
			'your own ID for the request, at most 128 characters; it must never repeat. Further recordings of the same item or message get `-1`, `-2` … after it',
	},
	userId: {
		kind: 'id',
		field: 'user_id',
		min: 6,
		max: 128,
		must: 'a text of 6 to 128 characters',
		meaning: 'the ID of your end user',
	},
	prompt: {
		kind: 'text',
		field: 'prompt',
		max: 7999,
		must: 'a text of fewer than 8000 characters',
		meaning: 'what the recording is about, as context for the recognition',
	},
	hotwords: {
		kind: 'words',
		field: 'hotwords',
		// Undocumented; what public clients send. Nobody has checked it live: without this row each word is a field.
		jsonOn: ['bigmodel', 'zai'],
		max: 100,
		must: 'a list of at most 100 words',
		meaning: 'names and terms to listen for, separated by commas',
	},
	language: {
		kind: 'text',
		field: 'language',
		platform: 'custom',
		must: 'a language code such as "en"',
		meaning: 'the spoken language; only sent to a server of your own',
	},
	subtitles: {
		kind: 'choice',
		choices: ['none', 'srt', 'vtt'],
		default: 'none',
		must: 'one of "none", "srt", "vtt"',
		meaning: 'whether subtitles are made as well, and in which format',
	},
	maxChunkSeconds: {
		kind: 'seconds',
		whenUnset: "the model's limit",
		zeroIsUnset: true,
		must: 'a number of seconds greater than 0',
		meaning:
			"the longest piece that is sent in one request, in seconds; the model's own limit holds, too, and less than 2 counts as 2",
	},
	maxMinutes: {
		kind: 'number',
		min: 0,
		whenUnset: 'ten times as long as any usual file of its size, at least 10 minutes',
		zeroIsUnset: true,
		must: 'a number of minutes greater than 0',
		meaning:
			'the longest recording that is transcribed, in minutes; a longer one is an error, as each piece costs a request',
	},
	concurrency: {
		kind: 'wholeNumber',
		min: 1,
		default: 4,
		zeroIsUnset: true,
		must: 'a whole number, 1 or more',
		meaning: 'how many requests run at a time at most; fewer while the service takes no more',
	},
	maxRecordings: {
		kind: 'wholeNumber',
		min: 1,
		default: 100,
		zeroIsUnset: true,
		must: 'a whole number, 1 or more',
		meaning:
			'how many recordings an item or message may bring; one that brings more is refused before anything is sent',
	},
	maxRetries: {
		kind: 'wholeNumber',
		min: 0,
		max: 10,
		default: 4,
		must: 'a whole number from 0 to 10',
		meaning:
			'how often a request is made again that failed in a way that may pass, such as a broken connection; a service that is busy or restarts is waited for besides',
	},
	onPieceError: {
		kind: 'choice',
		choices: ['fail', 'mark'],
		default: 'fail',
		must: 'one of "fail", "mark"',
		meaning:
			'what becomes of a long recording when a piece of it cannot be transcribed: the error has the text of all others, or the gap is marked in the result',
	},
	// What Zhipu's own SDKs wait.
	timeout: {
		kind: 'seconds',
		default: 300,
		zeroIsUnset: true,
		must: 'a number of seconds greater than 0',
		meaning:
			'the longest a request may go without progress, which is a status or words, in seconds',
	},
} as const satisfies Record<string, Option>;

type Table = typeof OPTIONS;

export type OptionName = keyof Table;

type ValueOf<Row> = Row extends { choices: readonly (infer Choice)[] }
	? Choice
	: Row extends { kind: infer Kind extends keyof Kinds }
		? Kinds[Kind]
		: never;

/** What a user sets; anything may be missing. */
export type OptionValues = { [Name in OptionName]?: ValueOf<Table[Name]> };

/** Options as forms and messages give them: a list of words may be one text, and a number a text. */
export type OptionFields = {
	[Name in OptionName]?:
		OptionValues[Name] | (ValueOf<Table[Name]> extends boolean ? never : string);
};

/** Options of which those with a default are set. */
export type CheckedOptions = OptionValues & {
	[Name in OptionName as Table[Name] extends { default: unknown } ? Name : never]: ValueOf<
		Table[Name]
	>;
};

export const OPTION_NAMES = Object.keys(OPTIONS) as OptionName[];
