import http, { type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A service that answers with whatever a test makes it send. */
export interface RawService {
	url: string;
	/** Requests that were read to their end. */
	readonly requests: http.IncomingHttpHeaders[];
	/** Answers whose connection has been closed. */
	readonly closed: number;
	close(): Promise<void>;
}

/** Starts a service; `answer` is called when a request has been read. */
export async function startRawService(
	answer: (response: ServerResponse) => void,
): Promise<RawService> {
	const requests: http.IncomingHttpHeaders[] = [];
	let closed = 0;
	const server = http.createServer((request, response) => {
		response.on('error', () => undefined);
		response.once('close', () => closed++);
		request.on('end', () => {
			requests.push(request.headers);
			answer(response);
		});
		request.resume();
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
		requests,
		get closed() {
			return closed;
		},
		close: async () => {
			server.closeAllConnections();
			await new Promise((resolve) => server.close(resolve));
		},
	};
}

/** Sends a text again and again for as long as somebody takes it. */
export function drip(response: ServerResponse, text: string, milliseconds: number): void {
	const timer = setInterval(() => response.write(text), milliseconds);
	response.once('close', () => clearInterval(timer));
}
