/** Gives a place back; calling it again does nothing. */
export type Release = () => void;

interface Waiter {
	start: () => void;
}

/**
 * Lets a number of requests run at a time. Those that wait go first come, first served for each
 * owner, and owners take turns: a node with a hundred recordings does not hold up the others.
 */
export class Limiter {
	private running = 0;
	/** Owners in the order of their turns, none without a waiter. */
	private readonly queues = new Map<string, Waiter[]>();

	constructor(private readonly limit: number) {}

	/**
	 * Waits for a place.
	 *
	 * @param signal gives the place in the queue up; its reason is then thrown
	 */
	async acquire(owner: string, signal?: AbortSignal): Promise<Release> {
		signal?.throwIfAborted();
		if (this.running >= this.limit) await this.queue(owner, signal);
		else this.running++;
		let isHeld = true;
		return () => {
			if (!isHeld) return;
			isHeld = false;
			this.passOn();
		};
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

	/** A place that is passed on never becomes free, so that nobody can overtake the queue. */
	private passOn(): void {
		const [next] = this.queues;
		if (!next) {
			this.running--;
			return;
		}
		const [owner, [waiter, ...others]] = next;
		this.queues.delete(owner);
		if (others.length > 0) this.queues.set(owner, others);
		waiter?.start();
	}

	private remove(owner: string, waiter: Waiter): void {
		const others = (this.queues.get(owner) ?? []).filter((other) => other !== waiter);
		if (others.length > 0) this.queues.set(owner, others);
		else this.queues.delete(owner);
	}
}
