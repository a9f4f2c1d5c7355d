import { clean } from './clean';

const MAX_CODE = 64;

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
	if (/[\0\ufffd]/.test(body)) return '';
	const title = /<title[^>]*>([^<]*)<\/title>/i.exec(body)?.[1];
	return title ?? (body.trimStart().startsWith('<') ? '' : body);
}
