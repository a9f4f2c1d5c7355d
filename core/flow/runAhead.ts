/**
 * Lets a source run at once and at its own speed, and keeps what it gives until it is read. Its
 * error, too, comes only after everything before it has been read.
 */
export function runAhead<T>(source: AsyncIterable<T>): AsyncIterable<T> {
	const ready: T[] = [];
	let end: { error?: unknown } | undefined;
	let wake = () => {};

	const run = async () => {
		try {
			for await (const item of source) {
				ready.push(item);
				wake();
			}
			end = {};
		} catch (error) {
			end = { error };
		}
		wake();
	};
	void run();

	return {
		async *[Symbol.asyncIterator]() {
			for (;;) {
				yield* ready.splice(0);
				if (ready.length > 0) continue;
				if (end) {
					if ('error' in end) throw end.error;
					return;
				}
				await new Promise<void>((resolve) => (wake = resolve));
			}
		},
	};
}
