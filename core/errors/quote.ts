import { beginning } from './text';

const MAX_QUOTE = 300;
const MAX_CODE = 64;

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
	if (/[\0\ufffd]/.test(body)) return '';
	const title = /<title[^>]*>([^<]*)<\/title>/i.exec(body)?.[1];
	return title ?? (body.trimStart().startsWith('<') ? '' : body);
}

/** One line of bounded length without the API key, and without what would steer a terminal that shows a log. */
function clean(text: string, secret: string | undefined, length: number): string {
	const line = strikeOut(text, secret)
		.replace(/[\s\p{Cc}]+/gu, ' ')
		.trim();
	return line.length > length ? `${beginning(line, length)}…` : line;
}

/** Servers like to repeat the key they refuse, also as a part of an address. */
function strikeOut(text: string, secret = ''): string {
	const key = secret.trim();
	if (key === '') return text;
	const encoded = encodeURIComponent(key);
	const inSmallLetters = encoded.replace(/%../g, (byte) => byte.toLowerCase());
	return [key, encoded, inSmallLetters].reduce((rest, form) => rest.replaceAll(form, '***'), text);
}
