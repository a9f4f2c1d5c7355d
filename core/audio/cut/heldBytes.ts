const FIRST_BYTES = 4096;

/**
 * Bytes that come at the end and go at the beginning. They are copied into memory of their own, which is
 * used again: what they came in can be collected at once.
 */
export class HeldBytes {
	length = 0;
	private memory = new Uint8Array(FIRST_BYTES);

	/** Those of a stretch; good until the next change. */
	view(start = 0, end = this.length): Uint8Array {
		return this.memory.subarray(start, Math.min(end, this.length));
	}

	push(bytes: Uint8Array): void {
		const length = this.length + bytes.length;
		if (length > this.memory.length) this.grow(length);
		this.memory.set(bytes, this.length);
		this.length = length;
	}

	/** Lets go of the first ones. */
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
