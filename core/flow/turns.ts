/** Milliseconds of work without a break. */
const MAX_WORK = 12;
/** Items without a break: what a host does with each comes later, all of it in one turn. */
const MAX_ITEMS = 64;

/** Lets everything else in the process run while many items are passed on. */
export class Turns {
	private since = performance.now();
	private items = 0;

	constructor(private readonly yieldToEventLoop: () => Promise<void>) {}

	/** Call after each item. */
	async next(): Promise<void> {
		if (++this.items < MAX_ITEMS) await this.ifDue();
		else await this.yield();
	}

	/** Call between parts of work that gave no item. */
	async ifDue(): Promise<void> {
		if (performance.now() - this.since >= MAX_WORK) await this.yield();
	}

	private async yield(): Promise<void> {
		await this.yieldToEventLoop();
		this.since = performance.now();
		this.items = 0;
	}
}
