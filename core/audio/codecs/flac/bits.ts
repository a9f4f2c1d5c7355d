/** Bytes behind the end that a buffer must have, so that words can be read without a look at where they end. */
export const PADDING_BYTES = 16;

/** Bits from the most significant on. What lies behind the end reads as zeros and is noted. */
export class Bits {
	readonly view: DataView;
	/** The next bit. */
	position: number;
	/** The bit behind the last. */
	readonly limit: number;

	/** @param bytes with `PADDING_BYTES` more behind `to` in their buffer */
	constructor(bytes: Uint8Array, from: number, to: number) {
		this.view = new DataView(bytes.buffer, bytes.byteOffset);
		this.position = from * 8;
		this.limit = to * 8;
	}

	get isOverrun(): boolean {
		return this.position > this.limit;
	}

	/** An unsigned number of up to 33 bits. */
	take(count: number): number {
		if (count > 24) return this.take(count - 16) * 0x10000 + this.take(16);
		if (this.position + count > this.limit) {
			this.position = this.limit + 1;
			return 0;
		}
		const word = this.view.getUint32(this.position >>> 3) << (this.position & 7);
		this.position += count;
		return (word >>> 1) >>> (31 - count);
	}

	/** A number in two's complement of up to 33 bits. */
	takeSigned(count: number): number {
		if (count === 0) return 0;
		if (count <= 32) return (this.take(count) << (32 - count)) >> (32 - count);
		const value = this.take(count);
		return value >= 2 ** (count - 1) ? value - 2 ** count : value;
	}

	/** Zeros before the next one, which is passed over. */
	takeUnary(): number {
		for (let zeros = 0; ; zeros += 24) {
			if (this.position >= this.limit) {
				this.position = this.limit + 1;
				return 0;
			}
			const word = this.view.getUint32(this.position >>> 3) << (this.position & 7);
			const run = Math.clz32(word);
			if (run < 24) {
				this.position += run + 1;
				return zeros + run;
			}
			this.position += 24;
		}
	}
}
