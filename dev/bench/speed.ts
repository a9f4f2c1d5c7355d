import { spawnSync } from 'node:child_process';

import { nextMessage, ON_ONE_CORE, startBundled } from './bundle';
import { TEN_MINUTES, tenMinutes } from './recordings';

/** Seconds. */
export interface Cost {
	wall: number;
	/** Of the processor: it depends less on who else is busy. */
	cpu: number;
}

/** What the same work took on both sides, one right after the other. */
interface Turn {
	ours: Cost;
	ffmpeg: Cost;
}

/** How many times as fast as ffmpeg each format must be. */
const TARGETS = [
	{ name: 'MP3', kind: '.mp3', target: 7 },
	{ name: 'Opus', kind: '.opus', target: 0.55 },
	{ name: 'AAC', kind: '.m4a', target: 0.13 },
	{ name: 'FLAC', kind: '.flac', target: 0.18 },
];
const TURNS = 9;

/** Compares the speed of `core` with that of the ffmpeg binary, both on one core, and prints a table. */
async function main(): Promise<void> {
	const rows: Record<string, unknown>[] = [];
	for (const { name, kind, target } of TARGETS) {
		for (const channels of [1, 2] as const) {
			const turns = await takeTurns(tenMinutes(kind, channels));
			const ratio = ratioOf(turns, 'cpu');
			rows.push({
				recording: `${name}, ${channels === 1 ? 'mono' : 'stereo'}`,
				'ours, × real time': timesRealTime(turns.map(({ ours }) => ours)),
				'ffmpeg, × real time': timesRealTime(turns.map(({ ffmpeg }) => ffmpeg)),
				ratio: ratio.toFixed(2),
				'ratio by the clock': ratioOf(turns, 'wall').toFixed(2),
				target: `≥ ${target}`,
				verdict: ratio >= target ? 'met' : 'MISSED',
			});
		}
	}
	console.log(`Ten minutes made ready for the service on one core; medians of ${TURNS} turns.`);
	console.log('Speeds and ratio are by processor time, which depends less on who else is busy.');
	console.table(rows);
}

async function takeTurns(file: string): Promise<Turn[]> {
	const child = startBundled('speedRun.ts', [file, `${TEN_MINUTES}`]);
	await nextMessage(child);
	const turns: Turn[] = [];
	while (turns.length < TURNS) {
		child.send('turn');
		turns.push({ ours: await nextMessage<Cost>(child), ffmpeg: decodeByFfmpeg(file) });
	}
	child.disconnect();
	return turns;
}

/** To 16 kHz mono WAV; the shell tells what the whole process took. */
function decodeByFfmpeg(file: string): Cost {
	const command = [
		...ON_ONE_CORE,
		...['ffmpeg', '-nostdin', '-loglevel', 'error', '-threads', '1', '-i', file, '-vn'],
		...['-ac', '1', '-ar', '16000', '-c:a', 'pcm_s16le', '-threads', '1'],
		...['-f', 'wav', '-y', '/dev/null'],
	];
	const script = `TIMEFORMAT='%3R %3U %3S'; time ${command.join(' ')}`;
	const { stderr, status } = spawnSync('bash', ['-c', script], { encoding: 'utf8' });
	const [wall = NaN, user = NaN, system = NaN] = stderr.trim().split(' ').map(Number);
	if (status !== 0 || Number.isNaN(system)) throw new Error(`ffmpeg failed: ${stderr}`);
	return { wall, cpu: user + system };
}

/** Turns are compared one by one, as both sides of one see the same machine. */
function ratioOf(turns: Turn[], time: keyof Cost): number {
	return median(turns.map(({ ours, ffmpeg }) => ffmpeg[time] / ours[time]));
}

function timesRealTime(costs: Cost[]): number {
	return Math.round(TEN_MINUTES / median(costs.map(({ cpu }) => cpu)));
}

function median(values: number[]): number {
	return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}

void main();
