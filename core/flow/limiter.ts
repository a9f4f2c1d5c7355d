/** Leave to run one request. Releasing it twice does nothing. */
export interface Permit {
	/** @param outcome whether the service took the request or had too many already; left out when it failed otherwise */
	release(outcome?: 'taken' | 'refused'): void;
}

interface Waiter {
	start: () => void;
}

/** What is left of the limit when the service refuses a request. */
const DECREASE = 1 / 2;
/** Of one more permit, for each request that is taken while the limit is below what worked before. */
const INCREASE = 1 / 2;
/** Where the service refused before, a higher limit is tried again after this many requests per permit. */
const PROBE_AFTER = 16;

/**
 * Lets a number of requests run at a time, as many as the service takes: fewer at once when it refuses
 * one for their number, and step by step more again (AIMD, as TCP does it; RFC 5681, 3.1). Those that wait go
 * first come, first served for each owner, and owners take turns: a recording of a hundred pieces does
 * not hold up the others.
 */
export class Limiter {
	private running = 0;
	/** How many may run; a part of one counts towards the next. */
	private allowed: number;
	/** How many ran when the service last took no more. */
	private ceiling: number;
	/** Requests that began before the latest decrease tell nothing about the new limit. */
	private epoch = 0;
	/** Owners in the order of their turns, none without a waiter. */
	private readonly queues = new Map<string, Waiter[]>();

	/** @param limit how many may run at most */
	constructor(private readonly limit: number) {
		this.allowed = limit;
		this.ceiling = limit;
	}

	/**
	 * Waits for a permit.
	 *
	 * @param signal ends the wait; its reason is then thrown
	 */
	async acquire(owner: string, signal?: AbortSignal): Promise<Permit> {
		signal?.throwIfAborted();
		if (this.queues.size > 0 || !this.isFree()) await this.queue(owner, signal);
		else this.running++;
		const { epoch } = this;
		let isHeld = true;
		return {
			release: (outcome) => {
				if (!isHeld) return;
				isHeld = false;
				if (outcome === 'refused') this.decrease(epoch);
				if (outcome === 'taken') this.increase();
				this.running--;
				this.letIn();
			},
		};
	}

	private isFree(): boolean {
		return this.running < Math.floor(this.allowed);
	}

	private decrease(epoch: number): void {
		// The one that was refused is still among those that run.
		this.ceiling = Math.max(1, Math.min(this.ceiling, this.running - 1));
		if (epoch === this.epoch) {
			this.epoch++;
			this.allowed *= DECREASE;
		}
		this.allowed = Math.max(1, Math.min(this.allowed, this.ceiling));
	}

	private increase(): void {
		const isBelow = this.allowed < this.ceiling;
		const step = isBelow ? INCREASE : 1 / (PROBE_AFTER * this.ceiling);
		this.allowed = Math.min(this.limit, this.allowed + step);
		this.ceiling = Math.max(this.ceiling, Math.floor(this.allowed));
	}

	private queue(owner: string, signal: AbortSignal | undefined): Promise<void> {
		return new Promise((resolve, reject) => {
			const giveUp = () => {
				this.remove(owner, waiter);
				reject(signal?.reason as Error);
			};
			const waiter: Waiter = {
				start: () => {
					signal?.removeEventListener('abort', giveUp);
					resolve();
				},
			};
			this.queues.set(owner, [...(this.queues.get(owner) ?? []), waiter]);
			signal?.addEventListener('abort', giveUp, { once: true });
		});
	}

	/** Those that wait are served before anybody who comes later. */
	private letIn(): void {
		while (this.isFree()) {
			const [next] = this.queues;
			if (!next) return;
			const [owner, [waiter, ...others]] = next;
			this.queues.delete(owner);
			if (others.length > 0) this.queues.set(owner, others);
			this.running++;
			waiter!.start();
		}
	}

	private remove(owner: string, waiter: Waiter): void {
		const others = (this.queues.get(owner) ?? []).filter((other) => other !== waiter);
		if (others.length > 0) this.queues.set(owner, others);
		else this.queues.delete(owner);
	}
}
