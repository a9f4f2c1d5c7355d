/** How many recordings may be open beside those that wait for their first request: long ones share the service in turn. */
const MOST_UNDER_WAY = 32;

/** An open recording's place. */
export interface Place {
	/** Its first request runs: the next recording may be opened. */
	goOn(): void;
	/** Nothing more comes of it. Leaving twice does nothing. */
	leave(): void;
}

/**
 * Lets recordings in, first come, first served, when their turn at the service is near: as many may
 * wait there for their first request as the service takes at a time. Whatever else waits has not been looked
 * at, and costs no more than its message.
 */
export class Entrance {
	private preparing = 0;
	private open = 0;
	private readonly queue = new Set<() => void>();

	/** @param limit how many requests run at a time at most */
	constructor(private readonly limit: number) {}

	/**
	 * Waits for a place.
	 *
	 * @param signal ends the wait; its reason is then thrown
	 */
	async enter(signal: AbortSignal): Promise<Place> {
		signal.throwIfAborted();
		if (this.queue.size > 0 || !this.hasRoom()) await this.wait(signal);
		else this.take();
		let isPreparing = true;
		let isOpen = true;
		const goOn = () => {
			if (!isPreparing) return;
			isPreparing = false;
			this.preparing--;
			this.letIn();
		};
		return {
			goOn,
			leave: () => {
				if (!isOpen) return;
				isOpen = false;
				this.open--;
				if (isPreparing) goOn();
				else this.letIn();
			},
		};
	}

	private hasRoom(): boolean {
		return this.preparing < this.limit && this.open < this.limit + MOST_UNDER_WAY;
	}

	private take(): void {
		this.preparing++;
		this.open++;
	}

	private wait(signal: AbortSignal): Promise<void> {
		return new Promise((resolve, reject) => {
			const start = () => {
				signal.removeEventListener('abort', giveUp);
				resolve();
			};
			const giveUp = () => {
				this.queue.delete(start);
				reject(signal.reason as Error);
			};
			this.queue.add(start);
			signal.addEventListener('abort', giveUp, { once: true });
		});
	}

	private letIn(): void {
		for (const start of this.queue) {
			if (!this.hasRoom()) return;
			this.queue.delete(start);
			this.take();
			start();
		}
	}
}
