const FIRST_BYTES = 4096;

/**
 * Bytes that are added at the end and dropped at the beginning. They are copied into memory of their own, which is
 * reused: the buffers they came in can be collected at once.
 */
export class HeldBytes {
	length = 0;
	private memory = new Uint8Array(FIRST_BYTES);

	/** The bytes of a stretch; valid until the next change. */
	view(start = 0, end = this.length): Uint8Array {
		return this.memory.subarray(start, Math.min(end, this.length));
	}

	push(bytes: Uint8Array): void {
		const length = this.length + bytes.length;
		if (length > this.memory.length) this.grow(length);
		this.memory.set(bytes, this.length);
		this.length = length;
	}

	/** Drops the first ones. */
	drop(count: number): void {
		this.memory.copyWithin(0, count, this.length);
		this.length -= count;
	}

	private grow(needed: number): void {
		const larger = new Uint8Array(Math.max(needed, Math.ceil(this.memory.length * 1.5)));
		larger.set(this.view());
		this.memory = larger;
	}
}
