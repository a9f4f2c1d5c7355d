import { inputError } from '../errors/error';

/**
 * An API key that can be sent as it is, without white space around it. HTTP clients cut a header where a character has no place in it:
 * a service would then repeat a key that is no longer recognised, and so shown.
 *
 * @param place where the key was entered; goes on "The API key of …"
 * @throws GlmAsrError `invalid_parameter`, which does not show the key
 */
export function checkKey(key: unknown, place: string): string {
	if (key === undefined || key === null) return '';
	// Expressions and environments may give a number.
	const text = typeof key === 'number' ? String(key) : key;
	if (typeof text === 'string' && /^[\x21-\x7e]*$/.test(text.trim())) return text.trim();
	throw inputError(
		'invalid_parameter',
		`The API key of ${place} holds a line break, a space or another character that no key has.`,
		'Copy it again, alone.',
	);
}

/** A sentence for a key that goes over the internet for everybody on the way to read; else undefined. */
export function warningOfKey(baseUrl: string, key: string | undefined): string | undefined {
	if (!key?.trim() || !URL.canParse(baseUrl)) return undefined;
	const { protocol, hostname } = new URL(baseUrl);
	if (protocol !== 'http:' || isNear(hostname)) return undefined;
	return 'The API key is sent over http, where everybody on the way can read it: use an https address.';
}

/** Whether a host lies on this machine or in a network of its own (RFC 1918, 3927, 4193, 6598, 6761, 6762). */
function isNear(hostname: string): boolean {
	const name = hostname.replace(/\.$/, '');
	const mapped = /^\[::ffff:([\da-f]+):/.exec(name)?.[1];
	if (mapped !== undefined)
		return isNearIpv4(parseInt(mapped, 16) >> 8, parseInt(mapped, 16) & 255);
	if (name.startsWith('[')) return /^\[(::1?\]|f[cd]|fe[89ab])/.test(name);
	const [, first, second] = /^(\d+)\.(\d+)\.\d+\.\d+$/.exec(name) ?? [];
	if (first !== undefined) return isNearIpv4(Number(first), Number(second));
	// The names of containers, and of machines that only their own network knows.
	return !name.includes('.') || /\.(localhost|local|internal|intranet|lan|home\.arpa)$/.test(name);
}

/** @param first, second the first two bytes of the address */
function isNearIpv4(first: number, second: number): boolean {
	return (
		[0, 10, 127].includes(first) ||
		(first === 172 && second >= 16 && second < 32) ||
		(first === 192 && second === 168) ||
		(first === 169 && second === 254) ||
		(first === 100 && second >= 64 && second < 128)
	);
}
