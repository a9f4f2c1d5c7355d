import { attempt } from '../../fuzz/attempt';
import { BOMBS } from '../../fuzz/bombs';
import { holdMeter } from '../../fuzz/holdMeter';

/** Sound that is read in a second of work. */
const MIN_SPEED = 10;
/** Milliseconds of work. Hosts are promised 50, which a bare process shows: npm run bench:memory. */
const MAX_HOLD = 150;

/**
 * A collection of this process's own garbage may fall into any attempt; what holds the others up by
 * itself does so in every one.
 */
const ATTEMPTS = 3;

/** Reads the bomb for five seconds: what came of it, the seconds of work, and the longest turn's milliseconds. */
async function measured(bytes: Uint8Array) {
	const hold = holdMeter();
	const before = process.threadCpuUsage().user;
	const result = await attempt(bytes, 5);
	const spent = (process.threadCpuUsage().user - before) / 1e6;
	const longest = hold.longest();
	hold.stop();
	return { ...result, spent, longest };
}

test.each(BOMBS)(
	'a small file of much sound is read steadily, and lets others have their turn: %s',
	async (_, make, size) => {
		const bytes = make(size);
		// What reads the format is loaded and translated now.
		await attempt(make(size / 4), 5);

		let longest = Infinity;
		for (let tried = 0; tried < ATTEMPTS && longest >= MAX_HOLD; tried++) {
			const result = await measured(bytes);

			expect(result.fault).toBeUndefined();
			expect(result.outcome).not.toBe('refused');
			expect(result.seconds).toBeGreaterThan(20);
			expect(result.seconds / result.spent).toBeGreaterThan(MIN_SPEED);
			longest = result.longest;
		}
		expect(longest).toBeLessThan(MAX_HOLD);
	},
);
