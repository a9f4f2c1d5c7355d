import { readFileSync } from 'node:fs';

import { bytesSource } from '../../core';
import type { Cost } from './speed';
import { transcribeHere } from './transcribeHere';

/** A server has long compiled what it runs; until then a short job costs many times as much. */
const WARM_UP_TURNS = 30;
const WARM_UP_SECONDS = 4;

const [file = '', seconds] = process.argv.slice(2);
const bytes = readFileSync(file);

/** All the way from the bytes to the pieces that are sent. */
async function takeTurn(): Promise<Cost> {
	const start = performance.now();
	const before = process.cpuUsage();
	const { audio } = await transcribeHere(bytesSource(bytes));
	const { user, system } = process.cpuUsage(before);
	if (Math.abs(audio.duration - Number(seconds)) > 1) throw new Error(`${audio.duration} s`);
	return { wall: (performance.now() - start) / 1e3, cpu: (user + system) / 1e6 };
}

/** Takes a turn for each message, and tells what it took. */
async function main(): Promise<void> {
	const start = performance.now();
	const end = start + WARM_UP_SECONDS * 1e3;
	for (let turn = 0; turn < WARM_UP_TURNS && performance.now() < end; turn++) await takeTurn();
	process.on('message', () => void takeTurn().then((cost) => process.send!(cost)));
	process.send!('warm');
}

void main();
