import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { statSync } from 'node:fs';
import path from 'node:path';

import { PROBED } from '../../test/support/hosts/probe';
import { startN8n, startNodeRed, type Host } from '../../test/support/hosts/start';
import { FOLDER, LONG_KINDS, tenMinutesLike, threeHours } from './recordings';
import { PeakMemory, STEADY_HEAP } from './residentMemory';

const MAX_MIB = 64;
const MIB = 2 ** 20;

const ENVIRONMENT = {
	NODE_OPTIONS: `${PROBED.NODE_OPTIONS} ${STEADY_HEAP}`,
	N8N_RESTRICT_FILE_ACCESS_TO: path.resolve(FOLDER),
};

const ROUTE = { path: 'long', takes: 'file' } as const;

/** Transcribes three hours in each format through a real n8n and a real Node-RED, and prints what memory that took. */
async function main(): Promise<void> {
	const kinds = process.argv.length > 2 ? process.argv.slice(2) : LONG_KINDS;
	// What is made while a host waits costs it its connections.
	for (const kind of kinds) threeHours(kind);
	const service = await Service.start();
	for (const [name, start, holdsInput] of [
		['n8n, binary data in the file system', startN8n, false],
		['Node-RED, beyond the Buffer it was given', startNodeRed, true],
	] as const) {
		console.log(`Three hours through ${name}; at most ${MAX_MIB} MiB.`);
		for (const kind of kinds) {
			// Each in a host of its own: memory that one left free would hide what the next takes.
			const host = await start(service.url, [ROUTE], ENVIRONMENT);
			try {
				console.log(await measure(host, kind, holdsInput));
			} finally {
				await host.server.stop();
			}
		}
	}
	service.close();
}

/**
 * What the host takes beyond what it holds when it has transcribed something short and is idle.
 *
 * @param holdsInput whether it holds the whole recording as a Buffer
 */
async function measure(
	{ server, address }: Host,
	kind: string,
	holdsInput: boolean,
): Promise<Record<string, unknown>> {
	const file = threeHours(kind);
	const { size } = statSync(file);
	const url = address(ROUTE.path);
	await transcribe(url, tenMinutesLike(kind));
	await server.holdings();
	const memory = new PeakMemory(server.pid);
	const { chunks } = await transcribe(url, file);
	const input = holdsInput ? size : 0;
	const peak = (memory.beyond - input) / MIB;
	return {
		recording: kind.slice(1),
		'size, MB': (size / 1e6).toFixed(0),
		pieces: chunks,
		'before, MiB': (memory.before / MIB).toFixed(0),
		'peak beyond it, MiB': peak.toFixed(1),
		verdict: peak <= MAX_MIB ? 'met' : 'MISSED',
	};
}

async function transcribe(url: string, file: string): Promise<{ chunks: number }> {
	const answer = await fetch(url, {
		method: 'POST',
		headers: { 'content-type': 'application/json' },
		body: JSON.stringify({ file: path.resolve(file) }),
	});
	const text = await answer.text();
	if (!answer.ok) throw new Error(`${answer.status} ${text}`);
	return JSON.parse(text) as { chunks: number };
}

/** Takes every upload to its end and answers at once. */
class Service {
	private constructor(private readonly server: Server) {}

	static async start(): Promise<Service> {
		const server = createServer((request, response) => {
			request.resume().on('end', () => {
				response.setHeader('content-type', 'application/json');
				response.end(JSON.stringify({ text: 'one two three' }));
			});
		});
		await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
		return new Service(server);
	}

	get url(): string {
		return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
	}

	close(): void {
		this.server.close();
		this.server.closeAllConnections();
	}
}

void main();
