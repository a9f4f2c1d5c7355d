import type { ByteSource } from './bytes';

/** A source that must be told when nobody reads it any more. */
export interface ClosableSource extends ByteSource {
	close(): Promise<void>;
}

/**
 * A source over a stream that can be opened again and again: a window that moves forward, and starts
 * anew when a read lies before it. Never holds more than the stretch last asked for.
 *
 * @param size bytes in all
 * @param open gives the bytes from the beginning
 */
export function streamSource(
	size: number,
	open: () => Promise<AsyncIterable<Uint8Array>>,
): ClosableSource {
	return new StreamSource(size, open);
}

class StreamSource implements ClosableSource {
	/** What lies from `start` on: the latest read and what arrived with it. */
	private window: Uint8Array[] = [];
	private start = 0;
	private end = 0;
	private chunks: AsyncIterator<Uint8Array> | undefined;

	constructor(
		readonly size: number,
		private readonly open: () => Promise<AsyncIterable<Uint8Array>>,
	) {}

	async read(position: number, length: number): Promise<Uint8Array> {
		const from = Math.min(position, this.size);
		const to = Math.min(position + length, this.size);
		if (to === from) return new Uint8Array(0);
		if (from < this.start || !this.chunks) await this.restart();
		this.drop(from);
		while (this.end < to) {
			const { value, done } = (await this.chunks!.next()) as IteratorResult<Uint8Array, undefined>;
			if (done) break;
			this.window.push(value);
			this.end += value.length;
			this.drop(from);
		}
		return this.slice(from, to);
	}

	async close(): Promise<void> {
		await this.chunks?.return?.();
		this.chunks = undefined;
		this.window = [];
	}

	private async restart(): Promise<void> {
		await this.close();
		this.start = 0;
		this.end = 0;
		this.chunks = (await this.open())[Symbol.asyncIterator]();
	}

	/** Drops whole chunks before a position. */
	private drop(position: number): void {
		while (this.window.length > 0 && this.start + this.window[0]!.length <= position) {
			this.start += this.window.shift()!.length;
		}
	}

	private slice(from: number, to: number): Uint8Array {
		const first = from - this.start;
		const length = Math.max(0, Math.min(to, this.end) - from);
		if (this.window.length === 1) return this.window[0]!.subarray(first, first + length);
		const bytes = new Uint8Array(length);
		let filled = 0;
		let skip = first;
		for (const chunk of this.window) {
			if (filled === length) break;
			const part = chunk.subarray(skip, skip + length - filled);
			bytes.set(part, filled);
			filled += part.length;
			skip = 0;
		}
		return bytes;
	}
}
