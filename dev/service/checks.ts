import { decode, type Recording } from './decode';
import { SPEECH_MODELS } from './models';
import { Refusal } from './refusals';
import { MAX_FILE_BYTES, type Upload } from './upload';

/** A recording may be this much longer than the limit: encoders pad. */
const TOLERANCE_SECONDS = 0.05;
const MAX_HOTWORDS = 100;

/** What each optional field must look like. @see https://docs.z.ai/api-reference/audio/audio-transcriptions */
const FIELD_RULES: {
	field: string;
	isValid: (value: string) => boolean;
	rule: string;
	reason?: 'promptTooLong';
}[] = [
	{
		field: 'temperature',
		isValid: (value) => value.trim() !== '' && Number(value) >= 0 && Number(value) <= 1,
		rule: 'a number from 0 to 1',
	},
	{ field: 'stream', isValid: (value) => /^(true|false)$/.test(value), rule: '"true" or "false"' },
	{
		field: 'user_id',
		isValid: (value) => value.length >= 6 && value.length <= 128,
		rule: '6 to 128 characters',
	},
	{
		field: 'prompt',
		isValid: (value) => value.length < 8000,
		rule: 'less than 8000 characters',
		reason: 'promptTooLong',
	},
];

/** @throws Refusal unless the header carries a key that is accepted: `apiKey`, or any when that is unset */
export function checkKey(header: string | undefined, apiKey: string | undefined): void {
	const key = /^Bearer +(\S.*)$/i.exec(header ?? '')?.[1];
	if (!key) throw new Refusal('noKey');
	if (apiKey && key !== apiKey) throw new Refusal('wrongKey');
}

/**
 * Checks the form's fields.
 * @returns the model's code
 * @throws Refusal that names the field
 */
export function checkFields({ fields }: Upload): string {
	const model = fields.get('model')?.[0];
	if (!model) throw new Refusal('missing', 'model');
	if (!Object.hasOwn(SPEECH_MODELS, model)) throw new Refusal('unknownModel', model);
	for (const { field, isValid, rule, reason } of FIELD_RULES) {
		const values = fields.get(field) ?? [];
		if (values.length > 1) throw new Refusal('invalid', field, 'it came more than once');
		if (!values.every(isValid)) throw new Refusal(reason ?? 'invalid', field, rule);
	}
	if (hotwordsIn(fields.get('hotwords') ?? []).length > MAX_HOTWORDS) {
		throw new Refusal('invalid', 'hotwords', `at most ${MAX_HOTWORDS}`);
	}
	return model;
}

/**
 * The words of a field for each, or of one field that holds a JSON array: how they go out is not documented.
 * @throws Refusal when it is neither
 */
function hotwordsIn(values: string[]): string[] {
	const [first = '', ...others] = values;
	if (!first.startsWith('[') || others.length > 0) return values;
	const words = parseJson(first);
	if (!Array.isArray(words) || !words.every((word) => typeof word === 'string')) {
		throw new Refusal('invalid', 'hotwords', 'words, or a JSON array of words');
	}
	return words;
}

function parseJson(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}

/**
 * Checks the form's file: its name, size and bytes, in this order.
 * @throws Refusal
 */
export async function checkFile({ file }: Upload): Promise<Recording> {
	if (!file) throw new Refusal('missing', 'file');
	const extension = /\.(wav|mp3)$/i.exec(file.name)?.[1]?.toLowerCase();
	if (!extension) throw new Refusal('invalid', 'file', 'only .wav and .mp3 are supported');
	if (file.size === 0) throw new Refusal('invalid', 'file', 'the file is empty');
	if (file.size > MAX_FILE_BYTES) throw new Refusal('fileTooLarge', 'file');
	const recording = await decode(file.bytes);
	if (recording?.format !== extension) {
		throw new Refusal('invalid', 'file', `the file is not ${extension} audio`);
	}
	return recording;
}

/** @throws Refusal when the recording is longer than the model takes */
export function checkDuration({ duration }: Recording, model: string): void {
	const limit = SPEECH_MODELS[model]?.maxSeconds ?? 0;
	if (duration > limit + TOLERANCE_SECONDS) {
		throw new Refusal('invalid', 'file', `the audio is longer than ${limit} seconds`);
	}
}
