import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startService, type LocalService } from '../../dev/service/server';
import { N8nServer } from '../support/hosts/n8nServer';
import * as n8nNodes from '../support/hosts/n8nWorkflows';
import * as flowNodes from '../support/hosts/nodeRedFlows';
import { NodeRedServer } from '../support/hosts/nodeRedServer';
import { until } from '../support/hosts/processes';
import { formOf, recording, words } from '../support/hosts/recordings';
import { expectNotToTell } from '../support/hosts/secrets';
import { randomOf } from '../support/faults/random';

const API_KEY = 'fault-suite-secret-key';
const DIGITS = '0123456789'.repeat(6);
const OPTIONS = { maxChunkSeconds: 2, concurrency: 4 };
const CRASHES = 3;

jest.setTimeout(300_000);

let service: LocalService;
/** Where the host is told to put its temporary files. */
let temporary: string;

beforeAll(async () => {
	service = await startService({ apiKey: API_KEY, pace: 2 });
});
afterAll(() => service.close());
beforeEach(() => {
	temporary = mkdtempSync(path.join(tmpdir(), 'glm-asr-crash-'));
});
afterEach(() => rmSync(temporary, { recursive: true }));

const filesIn = (folder: string): string[] =>
	readdirSync(folder, { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile())
		.map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
		.sort();

/** Sends a recording that takes seconds, and waits until its words come. */
async function beginAt(url: string, crash: number): Promise<void> {
	service.log.length = 0;
	service.configure({ pace: 2 });
	const body = formOf(['file', recording(DIGITS), 'call.wav']);
	// The host will be gone before it answers.
	fetch(url, { method: 'POST', body }).catch(() => undefined);
	await until('some words', () => service.log.some(({ deltas }) => deltas.length > 0));
	await sleep(randomOf(6, crash) * 500);
}

/** What the host answers to a recording. */
async function answerAt(url: string): Promise<string> {
	service.configure({ pace: 0 });
	const body = formOf(['file', recording(DIGITS), 'call.wav']);
	return await (await fetch(url, { method: 'POST', body })).text();
}

it('kill -9 in the middle of work leaves nothing of ours behind in Node-RED, and it works again', async () => {
	const { base, chain, code, glmAsr, httpIn, httpResponse } = flowNodes;
	const nodeRed = await NodeRedServer.start({ TMPDIR: temporary, NODE_DISABLE_COMPILE_CACHE: '1' });
	try {
		await nodeRed.deploy([
			...base({ baseUrl: service.url, apiKey: API_KEY }),
			...chain(
				httpIn('call'),
				glmAsr({ stream: true, ...OPTIONS }),
				code('last', 'msg.payload = msg.transcription?.text; return msg.complete ? msg : null;'),
				httpResponse(),
			),
		]);
		const before = filesIn(nodeRed.folder);
		for (let crash = 0; crash < CRASHES; crash++) {
			await beginAt(`${nodeRed.url}/call`, crash);
			await nodeRed.kill();

			expectNotToTell(API_KEY, nodeRed);
			expect(filesIn(nodeRed.folder)).toEqual(before);
			expect(filesIn(temporary)).toEqual([]);
			await until('the requests to end', () => service.log.every(({ outcome }) => outcome));
			await nodeRed.restart();
			expect(await answerAt(`${nodeRed.url}/call`)).toBe(words(DIGITS));
		}
	} finally {
		await nodeRed.stop();
	}
});

/** Its log, and its own copy of what the webhook got. */
const OF_N8N = /^\.n8n\/(n8nEventLog|storage\/workflows\/\w+\/executions\/\w+\/binary_data\/)/;

it('kill -9 in the middle of work leaves nothing of ours behind in n8n, and it works again', async () => {
	const { chain, glmAsr, webhook } = n8nNodes;
	const n8n = await N8nServer.start('filesystem', {
		TMPDIR: temporary,
		NODE_DISABLE_COMPILE_CACHE: '1',
	});
	try {
		const credential = { platform: 'custom', baseUrl: service.url, apiKey: API_KEY } as const;
		const node = glmAsr(await n8n.addCredential('GLM-ASR', credential), {
			binaryPropertyName: 'file',
			stream: true,
			options: OPTIONS,
		});
		const workflow = await n8n.publish(chain('call', webhook('call', 'allEntries'), node));
		const before = filesIn(n8n.folder);
		for (let crash = 0; crash < CRASHES; crash++) {
			await beginAt(n8n.webhook('call'), crash);
			await n8n.kill();

			expectNotToTell(API_KEY, n8n);
			const others = filesIn(n8n.folder).filter((file) => !before.includes(file));
			expect(others.filter((file) => !OF_N8N.test(file))).toEqual([]);
			expect(filesIn(temporary)).toEqual([]);
			await until('the requests to end', () => service.log.every(({ outcome }) => outcome));
			await n8n.restart();
			const items = JSON.parse(await answerAt(n8n.webhook('call'))) as { text?: string }[];
			expect(items.at(-1)!.text).toBe(words(DIGITS));
			const [, crashed] = await n8n.executions(workflow);
			expect(crashed!.status).toBe('crashed');
			expectNotToTell(API_KEY, n8n, await n8n.executionExport(crashed!.id));
		}
	} finally {
		await n8n.stop();
	}
});
