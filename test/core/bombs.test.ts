import { attempt } from '../fuzz/attempt';
import { BOMBS } from '../fuzz/bombs';
import { holdMeter } from '../fuzz/holdMeter';

/** Sound that is read in a second of work. */
const MIN_SPEED = 10;
/** Milliseconds of work; hosts are promised 50, and what is compiled here while it runs takes its part. */
const MAX_HOLD = 150;

test.each(BOMBS)(
	'a small file of much sound is read steadily, and lets others have their turn: %s',
	async (_, make, size) => {
		const bytes = make(size);
		const hold = holdMeter();
		const before = process.threadCpuUsage().user;
		const { seconds, fault, outcome } = await attempt(bytes, 5);
		const spent = (process.threadCpuUsage().user - before) / 1e6;
		const longest = hold.longest();
		hold.stop();

		expect(fault).toBeUndefined();
		expect(outcome).not.toBe('refused');
		expect(seconds).toBeGreaterThan(20);
		expect(seconds / spent).toBeGreaterThan(MIN_SPEED);
		expect(longest).toBeLessThan(MAX_HOLD);
	},
);
