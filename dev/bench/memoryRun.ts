import { createReadStream, readFileSync, statSync } from 'node:fs';

import { bytesSource, streamSource, type ByteSource } from '../../core';
import type { Load } from './memory';
import { PeakMemory } from './residentMemory';
import { transcribeHere } from './transcribeHere';

const MIB = 2 ** 20;
const [file = '', short = '', holding] = process.argv.slice(2);
const { size } = statSync(file);
let bytesRead = 0;

/** Transcribes a file, after a short one of its kind, and tells what that took of memory and of the event loop's time. */
async function main(): Promise<void> {
	const open = holding === 'memory' ? held : streamed;
	const shortSource = open(short);
	const endFirstWatch = watchEventLoop();
	await transcribeHere(shortSource);
	const first = endFirstWatch();
	const source = open(file);
	globalThis.gc!();
	bytesRead = 0;
	const memory = new PeakMemory(process.pid);
	const endWatch = watchEventLoop();
	const start = performance.now();
	const secondsSoFar = (): number => (performance.now() - start) / 1e3;
	let firstRequest: Load['firstRequest'] | undefined;
	const { chunks } = await transcribeHere(source, () => {
		firstRequest ??= { bytesRead, seconds: secondsSoFar() };
	});
	const load: Load = {
		chunks,
		seconds: secondsSoFar(),
		peakMib: memory.beyond / MIB,
		longestTurn: longerOf(first, endWatch()),
		size,
		firstRequest: firstRequest!,
	};
	process.send!(load, () => process.disconnect());
}

/** As n8n opens a binary: from the beginning, as often as it must be. */
function streamed(file: string): ByteSource {
	return streamSource(statSync(file).size, async () => counted(createReadStream(file)));
}

async function* counted(stream: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
	for await (const chunk of stream) {
		bytesRead += chunk.length;
		yield chunk;
	}
}

/** As Node-RED hands it over. */
function held(file: string): ByteSource {
	const bytes = bytesSource(readFileSync(file));
	return {
		size: bytes.size,
		read: async (position, length) => {
			bytesRead += length;
			return await bytes.read(position, length);
		},
	};
}

/** Measures turns of the event loop; what is returned ends it and gives the longest, in milliseconds. */
function watchEventLoop(): () => Load['longestTurn'] {
	const longest = { wall: 0, cpu: 0 };
	let last = { wall: performance.now(), cpu: cpuTime() };
	let isWatching = true;
	const turn = (): void => {
		const now = { wall: performance.now(), cpu: cpuTime() };
		longest.wall = Math.max(longest.wall, now.wall - last.wall);
		longest.cpu = Math.max(longest.cpu, now.cpu - last.cpu);
		last = now;
		if (isWatching) setImmediate(turn);
	};
	setImmediate(turn);
	return () => {
		isWatching = false;
		return { ...longest };
	};
}

function longerOf(a: Load['longestTurn'], b: Load['longestTurn']): Load['longestTurn'] {
	return { wall: Math.max(a.wall, b.wall), cpu: Math.max(a.cpu, b.cpu) };
}

/** Of this thread, in milliseconds. */
function cpuTime(): number {
	const { user, system } = process.threadCpuUsage();
	return (user + system) / 1e3;
}

void main();
