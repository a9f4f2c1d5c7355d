import { attempt } from '../../fuzz/attempt';
import { corpus } from '../../fuzz/corpus';
import { fuzzCase } from '../../fuzz/mutate';

const CASES = 2000;
const SEED = 1;
/** Seconds of work; what others do on the machine does not count. */
const MAX_SECONDS = 2;

// Reading two thousand recordings is real work.
jest.setTimeout(300_000);

/** `npm run fuzz` runs many more, in processes of their own that may hang and be measured. */
test('a damaged recording gives a result or a clear error, soon, whatever is wrong with it', async () => {
	const recordings = corpus();
	const faults: string[] = [];
	for (let index = 0; index < CASES; index++) {
		const { description, bytes } = fuzzCase(recordings, SEED, index);
		const before = process.threadCpuUsage().user;
		const { fault, seconds } = await attempt(bytes);
		const spent = (process.threadCpuUsage().user - before) / 1e6;
		if (fault) faults.push(`${index} (${description}): ${fault}`);
		if (spent > MAX_SECONDS) faults.push(`${index} (${description}): ${spent} s for ${seconds} s`);
	}
	expect(faults).toEqual([]);
});
