import { clean, strikeOut } from './clean';

const MAX_CODE = 64;
/** Characters of which something is quoted. */
const MAX_READ = 64 * 1024;
/** Nobody says so many characters that are a key by chance. */
const MIN_UNSAID = 16;

/** What somebody said, in quotation marks and with a full stop; empty when nothing was said. */
export function quote(text: string, secret: string | undefined): string {
	const words = clean(text, { secret });
	return words && `"${words}".`;
}

/** A code as it may be shown. */
export function cleanCode(code: string, secret: string | undefined): string {
	return clean(code, { secret, most: MAX_CODE });
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

/**
 * Recognised words without the API key. A short one, as servers of one's own have, may be a word that
 * was said.
 */
export function strikeOutOfWords(words: string, secret = ''): string {
	return secret.trim().length < MIN_UNSAID ? words : strikeOut(words, secret);
}
