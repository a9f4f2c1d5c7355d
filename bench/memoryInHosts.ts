import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openAsBlob, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { N8nServer } from '../test/hosts/support/n8nServer';
import * as n8nNodes from '../test/hosts/support/n8nWorkflows';
import * as flowNodes from '../test/hosts/support/nodeRedFlows';
import { NodeRedServer, type FlowNode } from '../test/hosts/support/nodeRedServer';
import { LONG_KINDS, threeHours } from './recordings';

const MAX_MIB = 64;
const MIB = 2 ** 20;

/** A host that is asked to transcribe a file. */
interface Host {
	pid: number;
	transcribe(file: string): Promise<{ chunks: number }>;
	stop(): Promise<void>;
}

/** Transcribes three hours in each format through a real n8n and a real Node-RED, and prints what memory that took. */
async function main(): Promise<void> {
	const kinds = process.argv.length > 2 ? process.argv.slice(2) : LONG_KINDS;
	const service = await Service.start();
	for (const [name, start] of [
		['n8n, binary data in the file system', startN8n],
		['Node-RED, beyond the Buffer it was given', startNodeRed],
	] as const) {
		console.log(`Three hours through ${name}; at most ${MAX_MIB} MiB.`);
		const host = await start(service.url);
		try {
			// The first run loads what the host and the node need.
			await host.transcribe(threeHours(kinds[0]!));
			for (const kind of kinds) console.log(await measure(host, kind, service));
		} finally {
			await host.stop();
		}
	}
	service.close();
}

/** What the host takes from when the first request arrives, when it has the recording, to the end. */
async function measure(
	host: Host,
	kind: string,
	service: Service,
): Promise<Record<string, unknown>> {
	const file = threeHours(kind);
	const { size } = statSync(file);
	let before = 0;
	service.onFirstRequest = () => {
		before = residentBytes(host.pid, 'VmRSS');
		// Linux then begins to note the largest size anew.
		writeFileSync(`/proc/${host.pid}/clear_refs`, '5');
	};
	const { chunks } = await host.transcribe(file);
	const peak = (residentBytes(host.pid, 'VmHWM') - before) / MIB;
	return {
		recording: kind.slice(1),
		'size, MB': (size / 1e6).toFixed(0),
		pieces: chunks,
		'before, MiB': (before / MIB).toFixed(0),
		'peak beyond it, MiB': peak.toFixed(1),
		verdict: peak <= MAX_MIB ? 'met' : 'MISSED',
	};
}

function residentBytes(pid: number, name: string): number {
	const status = readFileSync(`/proc/${pid}/status`, 'utf8');
	return Number(new RegExp(`${name}:\\s*(\\d+)`).exec(status)![1]) * 1024;
}

async function startN8n(baseUrl: string): Promise<Host> {
	const n8n = await N8nServer.start('filesystem', { N8N_FORMDATA_FILE_SIZE_MAX: '1000' });
	const credentialId = await n8n.addCredential('GLM-ASR', {
		platform: 'custom',
		baseUrl,
		apiKey: 'any',
	});
	const { chain, glmAsr, webhook } = n8nNodes;
	await n8n.publish(chain('long', webhook('long', 'firstEntryJson'), glmAsr(credentialId)));
	return {
		pid: n8n.pid,
		async transcribe(file) {
			const form = new FormData();
			form.append('data', await openAsBlob(file), path.basename(file));
			return await resultOf(await fetch(n8n.webhook('long'), { method: 'POST', body: form }));
		},
		stop: () => n8n.stop(),
	};
}

async function startNodeRed(baseUrl: string): Promise<Host> {
	const nodeRed = await NodeRedServer.start();
	const { base, chain, code, glmAsr, httpIn, httpResponse } = flowNodes;
	const readFile: FlowNode = {
		id: 'read',
		type: 'file in',
		z: 'tab',
		filename: 'payload.file',
		filenameType: 'msg',
		format: '',
		wires: [[]],
		x: 100,
		y: 100,
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
		async transcribe(file) {
			const answer = await fetch(`${nodeRed.url}/long`, {
				method: 'POST',
				headers: { 'content-type': 'application/json' },
				body: JSON.stringify({ file: path.resolve(file) }),
			});
			return await resultOf(answer);
		},
		stop: () => nodeRed.stop(),
	};
}

async function resultOf(answer: Response): Promise<{ chunks: number }> {
	const text = await answer.text();
	if (!answer.ok) throw new Error(`${answer.status} ${text}`);
	return JSON.parse(text) as { chunks: number };
}

/** Takes every upload to its end and answers at once. */
class Service {
	onFirstRequest: (() => void) | undefined;

	private constructor(private readonly server: Server) {}

	static async start(): Promise<Service> {
		const server = createServer((request, response) => {
			service.onFirstRequest?.();
			service.onFirstRequest = undefined;
			request.resume().on('end', () => {
				response.setHeader('content-type', 'application/json');
				response.end(JSON.stringify({ text: 'one two three' }));
			});
		});
		const service = new Service(server);
		await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
		return service;
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
