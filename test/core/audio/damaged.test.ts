import { attempt } from '../../fuzz/attempt';
import { corpus } from '../../fuzz/corpus';
import { excesses } from '../../fuzz/limits';
import { fuzzCase } from '../../fuzz/mutate';

const CASES = 1000;
const SEED = 1;

// Reading a thousand recordings is real work.
jest.setTimeout(300_000);

/** `npm run fuzz` runs many more, in processes of their own that may hang and be measured. */
test('a damaged recording gives a result or a clear error, soon, whatever is wrong with it', async () => {
	const recordings = corpus();
	const faults: string[] = [];
	for (let index = 0; index < CASES; index++) {
		const { description, bytes } = fuzzCase(recordings, SEED, index);
		const before = process.threadCpuUsage().user;
		const result = await attempt(bytes);
		const spent = (process.threadCpuUsage().user - before) / 1e6;
		const found = [
			...(result.fault ? [result.fault] : []),
			...excesses(bytes.length, spent, result),
		];
		faults.push(...found.map((fault) => `${index} (${description}): ${fault}`));
	}
	expect(faults).toEqual([]);
});
