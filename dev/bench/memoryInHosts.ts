import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { statSync } from 'node:fs';
import path from 'node:path';

import { N8nServer } from '../../test/support/hosts/n8nServer';
import * as n8nNodes from '../../test/support/hosts/n8nWorkflows';
import * as flowNodes from '../../test/support/hosts/nodeRedFlows';
import { NodeRedServer } from '../../test/support/hosts/nodeRedServer';
import { PROBED, type Holdings } from '../../test/support/hosts/probe';
import { FOLDER, LONG_KINDS, tenMinutesLike, threeHours } from './recordings';
import { PeakMemory, STEADY_HEAP } from './residentMemory';

const MAX_MIB = 64;
const MIB = 2 ** 20;

const STEADY = { NODE_OPTIONS: `${PROBED.NODE_OPTIONS} ${STEADY_HEAP}` };

/** A host that is asked to transcribe a file. */
interface Host {
	pid: number;
	/** Whether it holds the whole recording as a Buffer. */
	holdsInput: boolean;
	transcribe(file: string): Promise<{ chunks: number }>;
	holdings(): Promise<Holdings>;
	stop(): Promise<void>;
}

/** Transcribes three hours in each format through a real n8n and a real Node-RED, and prints what memory that took. */
async function main(): Promise<void> {
	const kinds = process.argv.length > 2 ? process.argv.slice(2) : LONG_KINDS;
	// What is made while a host waits costs it its connections.
	for (const kind of kinds) threeHours(kind);
	const service = await Service.start();
	for (const [name, start] of [
		['n8n, binary data in the file system', startN8n],
		['Node-RED, beyond the Buffer it was given', startNodeRed],
	] as const) {
		console.log(`Three hours through ${name}; at most ${MAX_MIB} MiB.`);
		for (const kind of kinds) {
			// Each in a host of its own: memory that one left free would hide what the next takes.
			const host = await start(service.url);
			try {
				console.log(await measure(host, kind));
			} finally {
				await host.stop();
			}
		}
	}
	service.close();
}

/** What the host takes beyond what it holds when it has transcribed something short and is idle. */
async function measure(host: Host, kind: string): Promise<Record<string, unknown>> {
	const file = threeHours(kind);
	const { size } = statSync(file);
	await host.transcribe(tenMinutesLike(kind));
	await host.holdings();
	const memory = new PeakMemory(host.pid);
	const { chunks } = await host.transcribe(file);
	const input = host.holdsInput ? size : 0;
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

async function startN8n(baseUrl: string): Promise<Host> {
	const n8n = await N8nServer.start('filesystem', {
		...STEADY,
		N8N_RESTRICT_FILE_ACCESS_TO: path.resolve(FOLDER),
	});
	const credentialId = await n8n.addCredential('GLM-ASR', {
		platform: 'custom',
		baseUrl,
		apiKey: 'any',
	});
	const { chain, glmAsr, readFile, webhook } = n8nNodes;
	await n8n.publish(
		chain(
			'long',
			webhook('long', 'firstEntryJson'),
			readFile('={{ $json.body.file }}'),
			glmAsr(credentialId),
		),
	);
	return {
		pid: n8n.pid,
		holdsInput: false,
		transcribe: (file) => ask(n8n.webhook('long'), file),
		holdings: () => n8n.holdings(),
		stop: () => n8n.stop(),
	};
}

async function startNodeRed(baseUrl: string): Promise<Host> {
	const nodeRed = await NodeRedServer.start(STEADY);
	const { base, chain, code, glmAsr, httpIn, httpResponse } = flowNodes;
	// Core's file node holds the recording twice for a moment.
	const readFile = {
		...code('read', 'msg.payload = fs.readFileSync(msg.payload.file); return msg;'),
		libs: [{ var: 'fs', module: 'fs' }],
	};
	await nodeRed.deploy([
		...base({ baseUrl, apiKey: 'any' }),
		...chain(
			httpIn('long', false),
			readFile,
			glmAsr(),
			code('result', 'msg.payload = msg.transcription; return msg;'),
			httpResponse(),
		),
	]);
	return {
		pid: nodeRed.pid,
		holdsInput: true,
		transcribe: (file) => ask(`${nodeRed.url}/long`, file),
		holdings: () => nodeRed.holdings(),
		stop: () => nodeRed.stop(),
	};
}

async function ask(url: string, file: string): Promise<{ chunks: number }> {
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
