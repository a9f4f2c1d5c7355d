import { nextMessage, startBundled } from './bundle';
import { LONG_KINDS, tenMinutesLike, threeHours } from './recordings';
import { STEADY_HEAP } from './residentMemory';

/** What it took to transcribe a long recording. */
export interface Load {
	chunks: number;
	seconds: number;
	/** Most memory, beyond what the process had after a short recording. */
	peakMib: number;
	/** The longest turn of the event loop, in milliseconds. */
	longestTurn: { wall: number; cpu: number };
	/** Bytes of the file. */
	size: number;
	/** How much of it was read, and how long that took, when the first request left. */
	firstRequest: { bytesRead: number; seconds: number };
}

const MAX_MIB = 64;
const MAX_TURN = 50;

/** Transcribes three hours in each format, streamed from disk and held in memory, and prints tables. */
async function main(): Promise<void> {
	const kinds = process.argv.length > 2 ? process.argv.slice(2) : LONG_KINDS;
	for (const holding of ['disk', 'memory']) {
		const rows: Record<string, unknown>[] = [];
		for (const kind of kinds) {
			const child = startBundled(
				'memoryRun.ts',
				[threeHours(kind), tenMinutesLike(kind), holding],
				['--expose-gc', STEADY_HEAP],
			);
			rows.push(row(kind, await nextMessage<Load>(child)));
		}
		console.log(
			`Three hours from ${holding}; at most ${MAX_MIB} MiB beyond the input and ${MAX_TURN} ms a turn.`,
		);
		console.table(rows);
	}
}

function isWithinLimits({ peakMib, longestTurn }: Load): boolean {
	return peakMib <= MAX_MIB && longestTurn.cpu <= MAX_TURN;
}

function row(kind: string, load: Load): Record<string, unknown> {
	const { peakMib, longestTurn, firstRequest, size } = load;
	return {
		recording: kind.slice(1),
		'size, MB': (size / 1e6).toFixed(0),
		pieces: load.chunks,
		seconds: load.seconds.toFixed(1),
		'peak, MiB': peakMib.toFixed(1),
		'longest turn, ms of CPU': longestTurn.cpu.toFixed(1),
		'by the clock': longestTurn.wall.toFixed(1),
		'read before first request': `${((firstRequest.bytesRead / size) * 100).toFixed(2)} %`,
		'seconds until it': firstRequest.seconds.toFixed(2),
		verdict: isWithinLimits(load) ? 'met' : 'MISSED',
	};
}

void main();
