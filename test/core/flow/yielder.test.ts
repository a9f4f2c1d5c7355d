import { Yielder } from '../../../core/flow/yielder';

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

/** Keeps the processor busy for some milliseconds. */
function work(milliseconds: number): void {
	const end = performance.now() + milliseconds;
	while (performance.now() < end);
}

/** The longest work between two turns of the event loop while something runs, in milliseconds of CPU. */
async function longestHold(during: Promise<unknown>): Promise<number> {
	let isRunning = true;
	void during.finally(() => (isRunning = false));
	let longest = 0;
	while (isRunning) {
		const before = process.cpuUsage();
		await turn();
		longest = Math.max(longest, process.cpuUsage(before).user / 1000);
	}
	return longest;
}

it('lets the event loop come round, however many work at once', async () => {
	const worker = async () => {
		const yielder = new Yielder(turn);
		for (let step = 0; step < 5; step++) {
			work(1);
			await yielder.ifDue();
		}
	};
	// Each begins with a millisecond before it first asks.
	const hold = await longestHold(
		(async () => {
			const workers: Promise<void>[] = [];
			for (let index = 0; index < 200; index++) {
				if (index % 10 === 0) await turn();
				workers.push(worker());
			}
			await Promise.all(workers);
		})(),
	);
	// With a time of its own for each, 200 at once would hold it for seconds.
	expect(hold).toBeLessThan(150);
});

it('lets each of many have its turn in order', async () => {
	const finished: number[] = [];
	const worker = async (index: number) => {
		const yielder = new Yielder(turn);
		for (let step = 0; step < 3; step++) {
			work(13);
			await yielder.ifDue();
		}
		finished.push(index);
	};
	await Promise.all([0, 1, 2, 3].map(worker));
	expect(finished).toEqual([0, 1, 2, 3]);
});

describe('Work that nobody wants any more', () => {
	it('ends when it next looks whether a yield is due', async () => {
		const controller = new AbortController();
		const yielder = new Yielder(turn, controller.signal);
		await yielder.ifDue();
		controller.abort('enough');
		await expect(yielder.ifDue()).rejects.toBe('enough');
	});

	it('ends at once where it waits for its turn, and others still get theirs', async () => {
		let comeRound = () => {};
		const slowTurn = () => new Promise<void>((resolve) => (comeRound = resolve));
		const controller = new AbortController();
		work(13);
		const first = new Yielder(slowTurn, controller.signal).ifDue();
		const second = new Yielder(slowTurn).ifDue();
		controller.abort('enough');
		await expect(first).rejects.toBe('enough');
		comeRound();
		await second;
	});
});
