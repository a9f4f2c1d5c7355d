import { runAhead } from './runAhead';

/** Something a job has yielded. */
export interface Yielded<Job, Item> {
	job: Job;
	item: Item;
}

/**
 * Runs jobs at the same time and yields what they yield in the order of the jobs: the first live,
 * later ones from what they have collected meanwhile. A job is asked for only when it can run.
 *
 * @param jobs gets a signal that ends it when no job is wanted any more; is read one ahead of what runs
 * @param run gets the same signal: nobody wants the job's items any more
 * @param concurrency how many run at a time
 * @throws what the first job in order that fails throws; the others are ended
 */
export async function* inOrder<Job, Item>(
	jobs: (signal: AbortSignal) => AsyncIterable<Job>,
	run: (job: Job, signal: AbortSignal) => AsyncIterable<Item>,
	concurrency: number,
): AsyncGenerator<Yielded<Job, Item>, void, undefined> {
	const ending = new AbortController();
	const slots = new Slots(concurrency);

	async function* start() {
		for await (const job of jobs(ending.signal)) {
			yield { job, items: runAhead(slots.during(run(job, ending.signal))) };
			await slots.free();
			if (ending.signal.aborted) return;
		}
	}

	let isComplete = false;
	try {
		for await (const { job, items } of runAhead(start())) {
			for await (const item of items) yield { job, item };
		}
		isComplete = true;
	} finally {
		// What has ended by itself may still use its signal, to let go of a connection in peace.
		if (!isComplete) ending.abort();
		slots.open();
	}
}

/** As many slots as jobs may run at a time. */
class Slots {
	private taken = 0;
	private isOpen = false;
	private wake = () => {};

	constructor(private readonly limit: number) {}

	/** Waits until one is free. */
	async free(): Promise<void> {
		while (this.taken >= this.limit && !this.isOpen) {
			await new Promise<void>((resolve) => (this.wake = resolve));
		}
	}

	/** Takes one until a source has ended. */
	async *during<T>(source: AsyncIterable<T>): AsyncGenerator<T, void, undefined> {
		this.taken++;
		try {
			yield* source;
		} finally {
			this.taken--;
			this.wake();
		}
	}

	/** Ends every wait: there is nothing left to wait for. */
	open(): void {
		this.isOpen = true;
		this.wake();
	}
}
