import { beginning } from './text';

/** The longest name, message or other text from outside that users are shown. */
export const MAX_TEXT = 200;
/** The longest value of an option or field, and the longest name in a list. */
export const MAX_VALUE = 60;
/** How many names a list has before it says how many more there are. */
const MAX_LISTED = 5;
/** More than this is never shown, even if nearly all of it is taken out. */
const MAX_READ = 4096;

/** What a text may be shown in, and what must not be in it. */
interface Cleaning {
	/** UTF-16 units at most, "…" included. */
	most?: number;
	/** The API key, which is struck out. */
	secret?: string;
}

/**
 * A text from outside as it may stand in an error, a warning, a log or a result: one line of bounded
 * length. Gone are the API key, whatever steers terminals, what is invisible or turns the direction of
 * writing, halves of characters, and HTML: n8n's editor renders it in hints and descriptions, and
 * nobody knows where else such a text will be put.
 */
export function clean(text: string, { most = MAX_TEXT, secret }: Cleaning = {}): string {
	const line = strikeOut(text, secret)
		.slice(0, MAX_READ)
		.replace(ESCAPE_SEQUENCES, '')
		.replace(INVISIBLE, '')
		.replace(/[\s\p{Cc}]+/gu, ' ')
		.replace(/\p{Cs}/gu, '\ufffd')
		.replaceAll('<', '‹')
		.replaceAll('>', '›')
		.trim();
	// The key may have been interrupted by what is gone now.
	const safe = strikeOut(line, secret);
	return safe.length > most ? `${beginning(safe, most - 1)}…` : safe;
}

/** What terminals take as commands (ECMA-48, section 5). */
const ESCAPE_SEQUENCES =
	// eslint-disable-next-line no-control-regex -- these are what must go
	/(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]?|(?:\u001b[\]PX^_]|[\u0090\u0098\u009d-\u009f])[^\u0007\u001b\u009c]*(?:\u0007|\u001b\\|\u009c)?|\u001b[ -/]*[0-~]?/g;

/** Format characters without a look of their own; those that join letters are part of some scripts. */
const INVISIBLE = /(?![\u200c\u200d])\p{Cf}/gu;

/** A value that a user gave, whatever it is, in a readable length. */
export function shownValue(value: unknown): string {
	if (typeof value === 'string') {
		const size = value.length > MAX_VALUE ? ` (${characters(value)} characters)` : '';
		return `"${clean(value, { most: MAX_VALUE })}"${size}`;
	}
	if (Array.isArray(value)) return `a list of ${value.length}`;
	if (typeof value === 'object' && value !== null) return 'an object';
	return clean(String(value), { most: MAX_VALUE });
}

/**
 * Names or other short texts, of which the first few are enough.
 *
 * @param count how many there are, if only the first are given
 */
export function listed(items: readonly string[], count = items.length): string {
	const more = count - MAX_LISTED;
	return items.slice(0, MAX_LISTED).join(', ') + (more > 0 ? ` and ${more} more` : '');
}

/** Characters as people count them, not UTF-16 units. */
export function characters(text: string): number {
	let count = 0;
	for (let index = 0; index < text.length; count++)
		index += text.codePointAt(index)! > 0xffff ? 2 : 1;
	return count;
}

/** Servers like to repeat the key they refuse, also as a part of an address or of JSON. */
export function strikeOut(text: string, secret = ''): string {
	const key = secret.trim();
	if (key === '') return text;
	const encoded = encodeURIComponent(key);
	const inSmallLetters = encoded.replace(/%../g, (byte) => byte.toLowerCase());
	const inJson = JSON.stringify(key).slice(1, -1);
	return [key, encoded, inSmallLetters, inJson].reduce(
		(rest, form) => rest.replaceAll(form, '***'),
		text,
	);
}
