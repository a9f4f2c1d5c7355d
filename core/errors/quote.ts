import { beginning } from './text';

const MAX_QUOTE = 300;
const MAX_CODE = 64;
/** Characters of which something is quoted. */
const MAX_READ = 64 * 1024;
/** Nobody says so many characters that are a key by chance. */
const MIN_UNSAID = 16;

/** What somebody said, in quotation marks and with a full stop; empty when nothing was said. */
export function quote(text: string, secret: string | undefined): string {
	const words = clean(text, secret, MAX_QUOTE);
	return words && `"${words}".`;
}

/** A code as it may be shown. */
export function cleanCode(code: string, secret: string | undefined): string {
	return clean(code, secret, MAX_CODE);
}

/**
 * What of an answer's body is worth quoting. An HTML page of a proxy tells its reason in its title, if
 * at all; bytes that are no text tell none.
 */
export function readable(body: string): string {
	const start = body.slice(0, MAX_READ);
	if (/[\0\ufffd]/.test(start)) return '';
	const title = titleOf(start);
	return title ?? (start.trimStart().startsWith('<') ? '' : start);
}

function titleOf(page: string): string | undefined {
	const opening = /<title(?:\s[^<>]{0,200})?>/i.exec(page);
	if (!opening) return undefined;
	const from = opening.index + opening[0].length;
	const to = page.indexOf('<', from);
	return to < 0 ? undefined : page.slice(from, to);
}

/** One line of bounded length without the API key, and without what would steer a terminal that shows a log. */
function clean(text: string, secret: string | undefined, length: number): string {
	const line = strikeOut(beginningWithout(text, secret), secret)
		.replace(/[\s\p{Cc}]+/gu, ' ')
		.trim();
	return line.length > length ? `${beginning(line, length)}…` : line;
}

/** As much of a text as is looked at, with no beginning of the secret left at its end. */
function beginningWithout(text: string, secret = ''): string {
	if (text.length < MAX_READ) return text;
	const start = text.slice(0, MAX_READ);
	const cut = formsOf(secret).map((key) => {
		let length = Math.max(0, key.length - 1);
		while (length > 0 && !start.endsWith(key.slice(0, length))) length--;
		return length;
	});
	return start.slice(0, start.length - Math.max(0, ...cut));
}

/**
 * A text without the API key. Servers like to repeat the key they refuse, also as a part of an
 * address.
 */
export function strikeOut(text: string, secret = ''): string {
	return formsOf(secret).reduce((rest, form) => rest.replaceAll(form, '***'), text);
}

/**
 * Recognised words without the API key. A short one, as servers of one's own have, may be a word that
 * was said.
 */
export function strikeOutOfWords(words: string, secret = ''): string {
	return secret.trim().length < MIN_UNSAID ? words : strikeOut(words, secret);
}

/** The ways in which a key is written. */
function formsOf(secret: string): string[] {
	const key = secret.trim();
	if (key === '') return [];
	const encoded = encodeURIComponent(key);
	if (encoded === key) return [key];
	return [key, encoded, encoded.replace(/%../g, (byte) => byte.toLowerCase())];
}
