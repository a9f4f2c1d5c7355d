import { PassThrough, type Readable } from 'node:stream';
import type { ConnectionOptions } from 'node:tls';

import FormData from 'form-data';
import { Agent, EnvHttpProxyAgent, request as send, type Dispatcher } from 'undici';

import type { FormField, Transport } from '../../core';

/** Milliseconds until a server must have taken the connection, TLS included. */
const CONNECT_TIMEOUT = 10_000;

/** What may still come after the part of an answer that matters, so that its connection can serve again. */
const REST = { bytes: 64 * 1024, milliseconds: 1000 };

/** Connections to a service, kept open between requests. */
export interface PooledTransport {
	send: Transport;
	/** Ends every connection, busy or not. */
	close(): Promise<void>;
}

/**
 * Opens a pool of connections. Proxies of the environment (`http_proxy`, `https_proxy`, `no_proxy`,
 * in small or capital letters) are used; redirects are not followed.
 *
 * @param apiKey sent as `Authorization: Bearer` unless it is empty
 * @throws TypeError when the environment gives a proxy as something other than an address
 */
export function openTransport({
	apiKey,
	tls = {},
}: {
	apiKey: string;
	tls?: ConnectionOptions;
}): PooledTransport {
	const dispatcher = openPool({ ...tls, timeout: CONNECT_TIMEOUT });
	return {
		send: async ({ url, headers, form, timeout, signal }) => {
			const body = encode(form);
			const answer = await send(url, {
				dispatcher,
				method: 'POST',
				headers: {
					...headers,
					...body.headers,
					...(apiKey === '' ? {} : { authorization: `Bearer ${apiKey}` }),
				},
				body: body.stream,
				headersTimeout: timeout * 1000,
				// What comes then is watched by core: bytes alone are no progress.
				bodyTimeout: 0,
				signal,
			});
			return {
				status: answer.statusCode,
				headers: plainHeaders(answer.headers),
				body: readBody(answer.body, signal),
			};
		},
		close: () => dispatcher.destroy(),
	};
}

function openPool(connect: ConnectionOptions & { timeout: number }): Dispatcher {
	const names = ['http_proxy', 'https_proxy', 'HTTP_PROXY', 'HTTPS_PROXY'];
	if (!names.some((name) => process.env[name])) return new Agent({ connect });
	return new EnvHttpProxyAgent({
		connect,
		requestTls: connect,
		proxyTls: { timeout: CONNECT_TIMEOUT },
		// Many proxies allow CONNECT only to port 443, and pass plain HTTP on without it.
		proxyTunnel: false,
	});
}

/** The audio goes out as it is, not copied into one body with the rest. Some servers insist on a length. */
function encode(fields: FormField[]): { headers: Record<string, string>; stream: Readable } {
	const form = new FormData();
	for (const field of fields) {
		if ('value' in field) {
			form.append(field.name, field.value);
		} else {
			const { buffer, byteOffset, byteLength } = field.bytes;
			form.append(field.name, Buffer.from(buffer, byteOffset, byteLength), {
				filename: field.fileName,
				contentType: field.mimeType,
			});
		}
	}
	const headers = form.getHeaders({ 'content-length': String(form.getLengthSync()) });
	// The form itself may end within the call that begins it, which undici does not expect.
	return { headers, stream: form.pipe(new PassThrough()) };
}

function plainHeaders(
	headers: Record<string, string | string[] | undefined>,
): Record<string, string | undefined> {
	return Object.fromEntries(
		Object.entries(headers).map(([name, value]) => [
			name,
			Array.isArray(value) ? value.join(', ') : value,
		]),
	);
}

/** The bytes of an answer; a reader that leaves early leaves the connection usable. */
async function* readBody(
	body: Dispatcher.ResponseData['body'],
	signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
	try {
		for await (const chunk of body.iterator({ destroyOnReturn: false })) yield chunk as Buffer;
	} finally {
		if (signal?.aborted) body.destroy();
		else if (!body.closed) drop(body);
	}
}

/** Reads the rest in the background; one that is long or does not end costs the connection. */
function drop(body: Dispatcher.ResponseData['body']): void {
	const signal = AbortSignal.timeout(REST.milliseconds);
	// The connection is closed then; the answer has been read and nobody waits for its rest.
	body.dump({ limit: REST.bytes, signal }).catch(() => undefined);
}
