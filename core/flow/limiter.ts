/** Leave to run one request: its place among those that run. */
export interface Permit {
	/** Gives the place back; doing that twice does nothing. @param outcome given when the service took the request */
	release(outcome?: 'taken'): void;
	/**
	 * The service had too many requests already: fewer run from now on. The place is kept.
	 *
	 * @returns seconds since the first refusal behind which no request was taken
	 */
	refuse(): number;
	/**
	 * Gives the place up while others run, and takes the next one, before all that have not begun. Where
	 * no other runs, there is nothing to wait for, and the place is kept.
	 *
	 * @param signal ends the wait; its reason is then thrown
	 */
	waitAgain(signal?: AbortSignal): Promise<void>;
}

/** Hands out places, one for each request. */
export interface Turns {
	/**
	 * Waits for a permit.
	 *
	 * @param owner who asks: owners take turns
	 * @param signal ends the wait; its reason is then thrown
	 */
	acquire(owner: string, signal?: AbortSignal): Promise<Permit>;
}

type Start = () => void;

/** What is left of the limit when the service refuses a request. */
const DECREASE = 1 / 2;
/** Of one more permit, for each request that is taken while the limit is below what worked before. */
const INCREASE = 1 / 2;
/**
 * Where the service refused before, a higher limit is tried again after this many requests per permit; each
 * time it takes that, the next is tried after half as many.
 */
const PROBE_AFTER = { first: 16, least: 2 };

/**
 * Lets a number of requests run at a time, as many as the service takes: fewer at once when it refuses
 * one for their number, and step by step more again (AIMD, as TCP does it; RFC 5681, 3.1). Those that wait go
 * first come, first served for each owner, and owners take turns: a recording of a hundred pieces does
 * not hold up the others.
 */
export class Limiter implements Turns {
	private running = 0;
	/** How many may run; a part of one counts towards the next. */
	private allowed: number;
	/** How many ran when the service last took no more. */
	private ceiling: number;
	private probeAfter = PROBE_AFTER.first;
	/** Requests that began before the latest decrease tell nothing about the new limit. */
	private epoch = 0;
	/** When the service refused the first of those behind which it took none, in milliseconds. */
	private refusingSince: number | undefined;
	/** Those that the service refused: they have waited longest. */
	private readonly refused = new Set<Start>();
	/** Owners in the order of their turns, none without somebody who waits. */
	private readonly queues = new Map<string, Set<Start>>();

	/**
	 * @param limit how many may run at most
	 * @param start how many run before the service has shown what it takes
	 */
	constructor(
		private readonly limit: number,
		start = limit,
	) {
		this.allowed = start;
		this.ceiling = limit;
	}

	/** Nothing runs and nobody waits. */
	get isIdle(): boolean {
		return this.running === 0 && this.queues.size === 0 && this.refused.size === 0;
	}

	/** Somebody means to run so many: the limit begins there while the service has refused none. */
	expect(count: number): void {
		if (this.epoch === 0) this.allowed = Math.min(this.limit, Math.max(this.allowed, count));
	}

	async acquire(owner: string, signal?: AbortSignal): Promise<Permit> {
		signal?.throwIfAborted();
		if (this.isFree() && this.queues.size === 0 && this.refused.size === 0) this.running++;
		else await this.queue(owner, signal);
		let { epoch } = this;
		let isHeld = true;
		const leave = () => {
			if (!isHeld) return;
			isHeld = false;
			this.running--;
			this.letIn();
		};
		return {
			release: (outcome) => {
				if (isHeld && outcome === 'taken') this.increase();
				leave();
			},
			refuse: () => this.decrease(epoch),
			waitAgain: async (ending) => {
				if (this.running > 1) {
					const place = this.wait(this.refused, ending);
					leave();
					await place;
					isHeld = true;
				}
				({ epoch } = this);
			},
		};
	}

	private isFree(): boolean {
		return this.running < Math.floor(this.allowed);
	}

	private decrease(epoch: number): number {
		// The one that was refused is still among those that run.
		this.ceiling = Math.max(1, Math.min(this.ceiling, this.running - 1));
		this.probeAfter = PROBE_AFTER.first;
		if (epoch === this.epoch) {
			this.epoch++;
			this.allowed *= DECREASE;
		}
		this.allowed = Math.max(1, Math.min(this.allowed, this.ceiling));
		this.refusingSince ??= performance.now();
		return (performance.now() - this.refusingSince) / 1000;
	}

	private increase(): void {
		const isBelow = this.allowed < this.ceiling;
		const step = isBelow ? INCREASE : 1 / (this.probeAfter * this.ceiling);
		this.allowed = Math.min(this.limit, this.allowed + step);
		if (this.allowed >= this.ceiling + 1) {
			this.ceiling = Math.floor(this.allowed);
			this.probeAfter = Math.max(PROBE_AFTER.least, this.probeAfter / 2);
		}
		this.refusingSince = undefined;
	}

	private queue(owner: string, signal: AbortSignal | undefined): Promise<void> {
		const queue = this.queues.get(owner) ?? new Set();
		this.queues.set(owner, queue);
		return this.wait(queue, signal, () => {
			if (queue.size === 0 && this.queues.get(owner) === queue) this.queues.delete(owner);
		});
	}

	/** @param left called when one has given up */
	private wait(queue: Set<Start>, signal: AbortSignal | undefined, left = () => {}): Promise<void> {
		return new Promise((resolve, reject) => {
			const giveUp = () => {
				queue.delete(start);
				left();
				reject(signal?.reason as Error);
			};
			const start = () => {
				signal?.removeEventListener('abort', giveUp);
				resolve();
			};
			queue.add(start);
			signal?.addEventListener('abort', giveUp, { once: true });
		});
	}

	/** Those that wait are served before anybody who comes later. */
	private letIn(): void {
		while (this.isFree()) {
			const start = this.next();
			if (!start) return;
			this.running++;
			start();
		}
	}

	/** Takes the next out of the queues; its owner's turn is then the last. */
	private next(): Start | undefined {
		const [again] = this.refused;
		if (again) {
			this.refused.delete(again);
			return again;
		}
		const [first] = this.queues;
		if (!first) return undefined;
		const [owner, queue] = first;
		const [start] = queue;
		queue.delete(start!);
		this.queues.delete(owner);
		if (queue.size > 0) this.queues.set(owner, queue);
		return start;
	}
}
