import type { ByteSource } from '../../source/bytes';

const READ_BYTES = 128 * 1024;

/** A stretch of a source that moves forward and grows as needed. */
export class Window {
	/** What has been read and is still needed; a new array when more is read. */
	bytes: Uint8Array = new Uint8Array(0);
	/** Where in `bytes` the next thing begins. */
	at = 0;

	/** @param position where in the source to begin */
	constructor(
		private readonly source: ByteSource,
		private position: number,
	) {}

	get length(): number {
		return this.bytes.length - this.at;
	}

	/** Where in the source `at` is. */
	get offset(): number {
		return this.position - this.length;
	}

	get isAtEnd(): boolean {
		return this.position >= this.source.size;
	}

	/** Reads nothing: lets a source that yields do so during long work that needs no bytes. */
	async touch(): Promise<void> {
		await this.source.read(this.position, 0);
	}

	/** Reads on until there are `length` bytes, or the end of the source is reached. */
	async have(length: number): Promise<void> {
		while (this.length < length && !this.isAtEnd) {
			const wanted = Math.max(length - this.length, READ_BYTES);
			const more = await this.source.read(this.position, wanted);
			const joined = new Uint8Array(this.length + more.length);
			joined.set(this.bytes.subarray(this.at));
			joined.set(more, this.length);
			// Sources may turn out to be shorter than they said.
			this.position = more.length > 0 ? this.position + more.length : this.source.size;
			this.at = 0;
			this.bytes = joined;
		}
	}
}
