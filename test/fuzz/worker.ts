import { attempt } from './attempt';
import { corpus } from './corpus';
import { holdMeter } from './holdMeter';
import { excesses } from './limits';
import { fuzzCase } from './mutate';
import type { Assignment, Report } from './report';

/** Milliseconds of work in which nobody else has a turn. */
const MAX_HOLD = 150;
const MAX_CASE_MEGABYTES = 200;
/** Cases between two looks at what memory is left. */
const BATCH = 500;
const MEGABYTE = 2 ** 20;

const collectGarbage = globalThis.gc;
const tell = (report: Report): void => void process.send!(report);

/** Runs its share of the cases, and tells how far it has come, so that its parent knows where it hangs. */
async function work({ seed, from, to, step }: Assignment): Promise<void> {
	const recordings = corpus();
	const hold = holdMeter();
	let settled = await settle();
	let untilBatch = BATCH;
	for (let index = from; index < to; index += step) {
		const { description, bytes } = fuzzCase(recordings, seed, index);
		tell({ kind: 'begin', index, description });
		hold.restart();
		const { user } = process.threadCpuUsage();
		const result = await attempt(bytes);
		const { outcome, seconds, fault } = result;
		const spent = (process.threadCpuUsage().user - user) / 1e6;
		const held = hold.longest();
		const peak = process.resourceUsage().maxRSS / 1024 - settled;
		const faults = [
			...(fault === undefined ? [] : [fault]),
			...excesses(bytes.length, spent, result),
			...(held > MAX_HOLD ? [`It holds the event loop for ${held} ms.`] : []),
			...(peak > MAX_CASE_MEGABYTES ? [`It takes ${peak} MB.`] : []),
		];
		tell({ kind: 'end', index, description, outcome, spent, held, seconds, faults });
		// The peak of a process is never forgotten: the next case needs another process.
		if (peak > MAX_CASE_MEGABYTES) break;
		if (--untilBatch > 0) continue;
		untilBatch = BATCH;
		settled = await settle();
		tell({ kind: 'memory', megabytes: settled });
	}
	hold.stop();
	process.disconnect();
}

/** What memory the process takes when nothing is under way. */
async function settle(): Promise<number> {
	await new Promise((resolve) => setTimeout(resolve, 20));
	collectGarbage?.();
	return process.memoryUsage.rss() / MEGABYTE;
}

process.once('message', (assignment: Assignment) => void work(assignment));
