import { inputError } from './errors/error';
import { beginning } from './errors/text';
import type { FormField } from './api/transport';
import type { Platform } from './api/platforms';

/** What a user can set for one request; everything but `model` may be missing. */
export interface RequestParameters {
	model: string;
	stream: boolean;
	/** Randomness of the recognition, 0 to 1. */
	temperature?: number;
	/** The caller's own id of the request. */
	requestId?: string;
	/** The end user's id, 6 to 128 characters. */
	userId?: string;
	/** Context for the recognition, fewer than 8000 characters. */
	prompt?: string;
	/** Words to listen for, at most 100. */
	hotwords?: string[];
	/** The spoken language; only servers of the OpenAI shape take it. */
	language?: string;
}

const USER_ID_CHARACTERS = { min: 6, max: 128 };
const PROMPT_CHARACTERS = { max: 7999 };
const HOTWORDS = { max: 100 };

/**
 * Checks parameters and turns them into form fields, without the file.
 * Ranges: docs.z.ai/api-reference/audio/audio-transcriptions; `temperature` and `user_id` from the
 * older reference at docs.bigmodel.cn.
 *
 * @param requestId the id of this try, which may differ from the user's
 * @throws GlmAsrError `invalid_parameter` naming the parameter, its value and the allowed range
 */
export function formFields(
	parameters: RequestParameters,
	{ requestId, platform }: { requestId: string; platform: Platform },
): FormField[] {
	const { model, stream, temperature, prompt, language } = parameters;
	const hotwords = parameters.hotwords ?? [];
	const userId = idText(parameters.userId);
	check('model', model, isText(model) && model.trim() !== '', 'the name of a model');
	check('stream', stream, typeof stream === 'boolean', 'true or false');
	check(
		'temperature',
		temperature,
		isUnset(temperature) || (Number.isFinite(temperature) && temperature >= 0 && temperature <= 1),
		'a number from 0 to 1',
	);
	check(
		'request id',
		parameters.requestId,
		isUnset(parameters.requestId) || isText(idText(parameters.requestId)),
		'a text',
	);
	check(
		'user id',
		userId,
		isUnset(userId) || (isText(userId) && isWithin(characters(userId), USER_ID_CHARACTERS)),
		`a text of ${USER_ID_CHARACTERS.min} to ${USER_ID_CHARACTERS.max} characters`,
	);
	check(
		'prompt',
		prompt,
		isUnset(prompt) || (isText(prompt) && isWithin(characters(prompt), PROMPT_CHARACTERS)),
		'a text of fewer than 8000 characters',
	);
	check(
		'hotwords',
		hotwords,
		Array.isArray(hotwords) && hotwords.every(isText) && isWithin(hotwords.length, HOTWORDS),
		`a list of at most ${HOTWORDS.max} words`,
	);
	check(
		'language',
		language,
		isUnset(language) || isText(language),
		'a language code such as "en"',
	);

	const fields: [string, string | undefined][] = [
		['model', model.trim()],
		['stream', String(stream)],
		['temperature', isUnset(temperature) ? undefined : String(temperature)],
		['request_id', requestId],
		['user_id', userId],
		['prompt', prompt],
		...hotwords.map((word): [string, string] => ['hotwords', word]),
		['language', platform === 'custom' ? language : undefined],
	];
	return fields.flatMap(([name, value]) => (isUnset(value) ? [] : [{ name, value }]));
}

/** Splits what a user typed into a hotwords field: words separated by commas, also Chinese ones, or lines. */
export function splitHotwords(text: string): string[] {
	return text
		.split(/[,，、;；\n]/)
		.map((word) => word.trim())
		.filter((word) => word !== '');
}

/** An option that was left empty in a form counts as not set. */
function isUnset(value: unknown): value is undefined | null | '' {
	return value === undefined || value === null || value === '';
}

function isText(value: unknown): value is string {
	return typeof value === 'string';
}

function isWithin(size: number, { min = 0, max }: { min?: number; max: number }): boolean {
	return size >= min && size <= max;
}

/** Ids come out of expressions and databases as numbers, too. */
function idText<T>(id: T): T | string {
	return typeof id === 'number' ? String(id) : id;
}

/** Characters as people count them, not UTF-16 units. */
function characters(text: string): number {
	return [...text].length;
}

function check(parameter: string, value: unknown, isValid: boolean, allowed: string): void {
	if (isValid) return;
	throw inputError(
		'invalid_parameter',
		`The parameter "${parameter}" is ${shown(value)}.`,
		`It must be ${allowed}.`,
	);
}

const MAX_SHOWN = 60;

/** A value in an error: whatever it is, in a readable length. */
export function shown(value: unknown): string {
	if (Array.isArray(value)) return `a list of ${value.length}`;
	const text = typeof value === 'string' ? JSON.stringify(value) : plain(value);
	if (text.length <= MAX_SHOWN) return text;
	const size = typeof value === 'string' ? ` (${characters(value)} characters)` : '';
	return `${beginning(text, MAX_SHOWN)}…${size}`;
}

function plain(value: unknown): string {
	if (typeof value !== 'object' || value === null) return String(value);
	try {
		return JSON.stringify(value);
	} catch {
		return 'an object';
	}
}
