/** Lets other work in the process run; a host provides it, as timers are the host's. */
export type YieldToEventLoop = () => Promise<void>;

/** Milliseconds of work of all recordings together without a break: users of the same process must not notice. */
const MAX_WORK = 12;

/** When the event loop last came round, as far as is known. */
let turnBegan = performance.now();
/** Those whose work goes on in a later turn of the event loop, in their order. */
const waiting = new Set<() => void>();
let isLettingIn = false;

/** Lets one go on in each turn of the event loop; it works until the time of that turn is used up. */
async function letIn(yieldToEventLoop: YieldToEventLoop): Promise<void> {
	if (isLettingIn) return;
	isLettingIn = true;
	while (waiting.size > 0) {
		await yieldToEventLoop();
		turnBegan = performance.now();
		const [goOn] = waiting;
		if (goOn) {
			waiting.delete(goOn);
			goOn();
		}
	}
	isLettingIn = false;
}

/** Knows when it is time to yield to the event loop, and when the work is not wanted any more. */
export class Yielder {
	/** @param signal ends the work: whatever waits or looks whether a yield is due then throws its reason */
	constructor(
		private readonly yieldToEventLoop: YieldToEventLoop,
		private readonly signal?: AbortSignal,
	) {}

	async ifDue(): Promise<void> {
		this.signal?.throwIfAborted();
		if (performance.now() - turnBegan < MAX_WORK) return;
		await this.nextTurn();
		this.signal?.throwIfAborted();
	}

	private nextTurn(): Promise<void> {
		return new Promise((resolve) => {
			const goOn = () => {
				this.signal?.removeEventListener('abort', giveUp);
				resolve();
			};
			const giveUp = () => {
				waiting.delete(goOn);
				resolve();
			};
			waiting.add(goOn);
			this.signal?.addEventListener('abort', giveUp, { once: true });
			void letIn(this.yieldToEventLoop);
		});
	}
}

/** The same items, yielding to the event loop between them. */
export async function* withYields<T>(
	items: AsyncIterable<T>,
	yielder: Yielder,
): AsyncGenerator<T, void, undefined> {
	for await (const item of items) {
		yield item;
		await yielder.ifDue();
	}
}
