import type { ByteSource } from './bytes';

/** Lets other work in the process run; a host provides it, as timers are the host's. */
export type YieldToEventLoop = () => Promise<void>;

/** Milliseconds of work without a break: users of the same process must not notice. */
const MAX_WORK = 12;

/** Knows when it is time to yield to the event loop. */
export class Yielder {
	private since = performance.now();

	constructor(private readonly yieldToEventLoop: YieldToEventLoop) {}

	async ifDue(): Promise<void> {
		if (performance.now() - this.since < MAX_WORK) return;
		await this.yieldToEventLoop();
		this.since = performance.now();
	}
}

/** A source whose readers yield to the event loop: bytes in memory would come without a break. */
export function yieldingSource(source: ByteSource, yielder: Yielder): ByteSource {
	return {
		size: source.size,
		read: async (position, length) => {
			await yielder.ifDue();
			return await source.read(position, length);
		},
	};
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
