import type { Platform } from './api/platforms';
import type { FormField } from './api/transport';
import { characters, shownValue } from './errors/clean';
import { inputError } from './errors/error';
import {
	OPTION_NAMES,
	OPTIONS,
	type CheckedOptions,
	type Kinds,
	type Option,
	type OptionName,
	type OptionValues,
} from './options';

/**
 * Checks options, fills in defaults and makes the form fields of a request, without the file and its id.
 *
 * @throws GlmAsrError `invalid_parameter` naming the option, its value and what is allowed
 */
export function checkOptions(
	options: { [Name in OptionName]?: unknown },
	platform: Platform,
): { checked: CheckedOptions; fields: FormField[] } {
	const checked: Partial<Record<OptionName, unknown>> = {};
	const fields: FormField[] = [];
	for (const name of OPTION_NAMES) {
		const option: Option = OPTIONS[name];
		const value = checkOption(name, options[name]);
		checked[name] = value;
		if (!option.field || isUnset(value) || (option.platform ?? platform) !== platform) continue;
		const items = ([value].flat() as unknown[]).filter((item) => !isUnset(item)).map(String);
		const isJson = Array.isArray(value) && option.jsonOn?.includes(platform);
		const values = isJson && items.length > 0 ? [JSON.stringify(items)] : items;
		for (const item of values) fields.push({ name: option.field, value: item });
	}
	return { checked: checked as CheckedOptions, fields };
}

/**
 * An option's value as it is used, or its default.
 *
 * @throws GlmAsrError `invalid_parameter`
 */
export function checkOption(name: OptionName, given: unknown): unknown {
	const option: Option = OPTIONS[name];
	const isDefault = isUnset(given) || (given === 0 && option.zeroIsUnset);
	if (isDefault && !option.isRequired) return option.default;
	const value = normal(given, option);
	if (ACCEPTS[option.kind](value, option)) return value;
	throw inputError(
		'invalid_parameter',
		`The parameter "${name}" is ${shownValue(given)}.`,
		`It must be ${option.must}.`,
	);
}

/**
 * The options among the fields of a form or a message. A list of words may be one text there: words
 * separated by commas, also Chinese ones, or lines.
 *
 * @param areNumbersText as in Node-RED's forms; a text that is not a number is left for the check to refuse
 */
export function readOptions(
	fields: { [Name in OptionName]?: unknown },
	{ areNumbersText = false } = {},
): OptionValues {
	const read = (name: OptionName): unknown => {
		const { kind }: Option = OPTIONS[name];
		const value = fields[name];
		if (typeof value !== 'string') return value;
		if (kind === 'words') return splitWords(value);
		return areNumbersText && NUMBERS.includes(kind) ? numberIn(value) : value;
	};
	const given = OPTION_NAMES.filter((name) => fields[name] !== undefined);
	return Object.fromEntries(given.map((name) => [name, read(name)]));
}

const NUMBERS: (keyof Kinds)[] = ['number', 'wholeNumber', 'seconds'];

function numberIn(text: string): unknown {
	if (text === '') return undefined;
	const number = Number(text);
	return Number.isNaN(number) ? text : number;
}

function splitWords(text: string): string[] {
	return text
		.split(/[,，、;；\n]/)
		.map((word) => word.trim())
		.filter((word) => word !== '');
}

/** An option that was left empty in a form counts as not set. */
function isUnset(value: unknown): value is undefined | null | '' {
	return value === undefined || value === null || value === '';
}

function normal(value: unknown, { kind }: Option): unknown {
	if (kind === 'id' && typeof value === 'number') return String(value);
	return kind === 'model' && isText(value) ? value.trim() : value;
}

const isTextWithin = (value: unknown, option: Option) =>
	isText(value) && isWithin(characters(value), option);

const ACCEPTS: Record<keyof Kinds, (value: unknown, option: Option) => boolean> = {
	model: (value) => isText(value) && value !== '',
	text: isTextWithin,
	id: isTextWithin,
	words: (value, option) =>
		Array.isArray(value) && value.every(isText) && isWithin(value.length, option),
	number: (value, option) => Number.isFinite(value) && isWithin(value as number, option),
	wholeNumber: (value, option) => Number.isInteger(value) && isWithin(value as number, option),
	seconds: (value) => Number.isFinite(value) && (value as number) > 0,
	boolean: (value) => typeof value === 'boolean',
	choice: (value, { choices }) => choices!.includes(value as string),
};

function isText(value: unknown): value is string {
	return typeof value === 'string';
}

function isWithin(size: number, { min = -Infinity, max = Infinity }: Option): boolean {
	return size >= min && size <= max;
}
