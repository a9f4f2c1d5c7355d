import type { ByteSource } from './bytes';

/** Lets everything else in the process have its turn; a host gives it, as timers are the host's. */
export type Pause = () => Promise<void>;

/** Milliseconds of work without a pause: users of the same process must not notice. */
const MAX_WORK = 12;

/** Knows when the next pause is due. */
export class Pauses {
	private since = performance.now();

	constructor(private readonly pause: Pause) {}

	async ifDue(): Promise<void> {
		if (performance.now() - this.since < MAX_WORK) return;
		await this.pause();
		this.since = performance.now();
	}
}

/** A source whose readers make pauses: bytes in memory come without any. */
export function pausingSource(source: ByteSource, pauses: Pauses): ByteSource {
	return {
		size: source.size,
		read: async (position, length) => {
			await pauses.ifDue();
			return await source.read(position, length);
		},
	};
}

/** Items between which there are pauses. */
export async function* withPauses<T>(
	items: AsyncIterable<T>,
	pauses: Pauses,
): AsyncGenerator<T, void, undefined> {
	for await (const item of items) {
		yield item;
		await pauses.ifDue();
	}
}
