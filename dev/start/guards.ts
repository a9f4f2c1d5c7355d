import type { IncomingMessage, ServerResponse } from 'node:http';

/** What one request may bring, and what the page may send: 54 minutes of WAV (16 kHz), hours of MP3. */
export const MAX_BODY_BYTES = 100 * 1024 * 1024;
/** How long a client may go on sending until it has read that it should not. */
const LINGER_MILLISECONDS = 1000;

/** The answer to a request that brings more. */
const REFUSAL = refusal(
	`More than ${MAX_BODY_BYTES / 1024 / 1024} MB cannot be sent at once: send the recording in parts, or as MP3.`,
);

/** For all that is served, the editor too, which has no password: nobody may put it into a page of theirs. */
const HEADERS = {
	'content-security-policy': "frame-ancestors 'self'",
	'cross-origin-opener-policy': 'same-origin',
	'cross-origin-resource-policy': 'same-origin',
	'referrer-policy': 'no-referrer',
	'x-content-type-options': 'nosniff',
	'x-frame-options': 'SAMEORIGIN',
};

/** For a page that loads what it needs from where it comes from, and is in nobody's frame. */
export const PAGE_HEADERS = {
	'content-security-policy': [
		"default-src 'none'",
		...['connect', 'img', 'script', 'style'].map((kind) => `${kind}-src 'self'`),
		...['base-uri', 'form-action', 'frame-ancestors'].map((what) => `${what} 'none'`),
	].join('; '),
	'permissions-policy': 'camera=(), geolocation=(), microphone=(self)',
	'x-frame-options': 'DENY',
};

/**
 * Gives a response the headers that all have, and refuses a request of another web site, and one whose body is
 * too long: at once where it says so, else as soon as it has become so.
 *
 * @returns whether the request may be served
 */
export function admit(request: IncomingMessage, response: ServerResponse): boolean {
	for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
	if (!isFromHere(request)) {
		response.writeHead(403).end();
		return false;
	}
	if (Number(request.headers['content-length'] ?? 0) > MAX_BODY_BYTES) {
		refuseBody(request, response);
		return false;
	}
	boundBody(request, () => refuseBody(request, response));
	return true;
}

/** The editor has no password, so that other web sites must not reach it through the user's browser. */
export function isFromHere({ headers: { host = '', origin } }: IncomingMessage): boolean {
	const isLoopback = /^(127\.0\.0\.1|localhost)(:\d+)?$/.test(host);
	return isLoopback && (origin === undefined || origin === `http://${host}`);
}

/** Calls `onTooLong` in place of giving more than may come to whoever reads the request. */
function boundBody(request: IncomingMessage, onTooLong: () => void): void {
	const push = request.push.bind(request);
	let room = MAX_BODY_BYTES;
	// A property, as express gives requests a prototype of its own.
	request.push = (chunk: Uint8Array | null) => {
		room -= chunk?.length ?? 0;
		if (room >= 0) return push(chunk);
		onTooLong();
		return true;
	};
}

/**
 * Says why, and ends the connection a little later: closed at once, many clients would not read it. It goes
 * past the response, which is left to whoever reads the request, and fails with the end of the connection.
 */
function refuseBody(request: IncomingMessage, response: ServerResponse): void {
	const { socket } = request;
	request.push = () => true;
	request.resume();
	if (!response.headersSent) socket.write(REFUSAL);
	setTimeout(() => socket.destroy(), LINGER_MILLISECONDS).unref();
}

function refusal(message: string): string {
	const body = JSON.stringify({ error: { message } });
	return [
		'HTTP/1.1 413 Payload Too Large',
		'Connection: close',
		'Content-Type: application/json',
		`Content-Length: ${Buffer.byteLength(body)}`,
		'',
		body,
	].join('\r\n');
}
