import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';

import { chromium, type Browser, type Page } from 'playwright-core';

import { cleanEnvironment, NODE, ROOT } from './hosts/paths';
import { until } from './hosts/processes';

const TSX = path.join(ROOT, 'node_modules/tsx/dist/cli.mjs');

/** `npm start` without its build. */
export class Start {
	/** Standard output and standard error, as they came. */
	output = '';
	/** The exit code, once it has ended; -1 after a signal. */
	exitCode: number | undefined;
	private readonly child;

	/** @param env on top of an environment that names no service */
	constructor(env: Record<string, string>) {
		const unset = { GLM_ASR_API_KEY: '', GLM_ASR_PLATFORM: '', GLM_ASR_BASE_URL: '' };
		this.child = spawn(NODE, [TSX, 'dev/start/main.ts'], {
			cwd: ROOT,
			env: cleanEnvironment({ ...unset, ...env }),
			stdio: ['ignore', 'pipe', 'pipe'],
		});
		for (const stream of [this.child.stdout, this.child.stderr]) {
			stream.on('data', (bytes: Buffer) => (this.output += bytes.toString()));
		}
		this.child.once('exit', (code) => (this.exitCode = code ?? -1));
	}

	/** Waits until all has been printed; throws with the output when it ends before. */
	async untilReady(): Promise<this> {
		await until('the start to be ready', () => this.output.includes('Ctrl+C') || this.isOver, {
			seconds: 60,
		});
		if (this.isOver) throw new Error(`It ended with ${this.exitCode}:\n${this.output}`);
		return this;
	}

	/** Of Node-RED, as it was printed. */
	get url(): string {
		return /http:\/\/127\.0\.0\.1:\d+/.exec(this.output.split('Open ')[1] ?? '')?.[0] ?? '';
	}

	/** The most memory that it has held so far, in MB. */
	get peakMegabytes(): number {
		const { pid } = this.child;
		// tsx runs it in a process of its own.
		const [inner] = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ');
		const status = readFileSync(`/proc/${inner}/status`, 'utf8');
		return Number(/^VmHWM:\s+(\d+)/m.exec(status)![1]) / 1024;
	}

	get isOver(): boolean {
		return this.exitCode !== undefined;
	}

	/** Sends a signal and waits for the end; returns the milliseconds that took. */
	async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number> {
		const sent = Date.now();
		this.child.kill(signal);
		await this.untilOver();
		return Date.now() - sent;
	}

	async untilOver(): Promise<void> {
		await until('the start to end', () => this.isOver, { seconds: 30 });
	}
}

/** A Chromium that hears `microphone`, a WAV file, once, and asks the internet nothing. */
export function openBrowser(microphone: string): Promise<Browser> {
	return chromium.launch({
		executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
		args: [
			'--no-sandbox',
			'--disable-gpu',
			'--disable-quic',
			'--no-first-run',
			'--disable-background-networking',
			'--disable-component-update',
			'--disable-sync',
			'--use-fake-device-for-media-stream',
			'--use-fake-ui-for-media-stream',
			`--use-file-for-fake-audio-capture=${microphone}%noloop`,
		],
	});
}

/** Drops a file on the page, as a file manager does. */
export async function drop(page: Page, name: string, bytes: Uint8Array): Promise<void> {
	const dataTransfer = await page.evaluateHandle(
		([fileName, base64]) => {
			const content = Uint8Array.from(atob(base64!), (letter) => letter.charCodeAt(0));
			const transfer = new DataTransfer();
			transfer.items.add(new File([content], fileName!));
			return transfer;
		},
		[name, Buffer.from(bytes).toString('base64')],
	);
	await page.dispatchEvent('#drop', 'drop', { dataTransfer });
}

/** Keeps every text that the words were, in the order of their appearance. */
export async function watchWords(page: Page): Promise<() => Promise<string[]>> {
	await page.evaluate(() => {
		const seen: string[] = [];
		const words = document.getElementById('words')!;
		Object.assign(window, { seen });
		new MutationObserver(() => {
			const text = words.textContent;
			if (text && seen.at(-1) !== text) seen.push(text);
		}).observe(words, { childList: true, subtree: true, characterData: true });
	});
	return () => page.evaluate(() => (window as unknown as { seen: string[] }).seen);
}
