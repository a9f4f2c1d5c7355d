import { DamagedAudioError } from '../../errors';

/** A read takes five bytes at most, and a check comes at least once a sample. */
const SLACK_BYTES = 16;

/** Reads bits, most significant first, from a copy with zeros behind it: inner loops need no bounds. */
export class BitReader {
	bytes = new Uint8Array(SLACK_BYTES);
	/** Bits read so far; inner loops move it themselves. */
	position = 0;
	/** Bits in all. */
	end = 0;

	/** Starts anew. */
	load(bytes: Uint8Array): void {
		if (bytes.length + SLACK_BYTES > this.bytes.length) {
			this.bytes = new Uint8Array(2 * bytes.length + SLACK_BYTES);
		}
		this.bytes.set(bytes);
		this.bytes.fill(0, bytes.length, bytes.length + SLACK_BYTES);
		this.position = 0;
		this.end = bytes.length * 8;
	}

	/** At most 32 bits, without a sign. */
	read(count: number): number {
		if (this.position + count > this.end) throw new DamagedAudioError('a frame ends too early');
		if (count > 16) return this.take(count - 16) * 0x10000 + this.take(16);
		return this.take(count);
	}

	/** At most 32 bits in two's complement. */
	readSigned(count: number): number {
		return (this.read(count) << (32 - count)) >> (32 - count);
	}

	flag(): boolean {
		return this.read(1) === 1;
	}

	/** Goes on to the next whole byte. */
	align(): void {
		this.position = (this.position + 7) & ~7;
	}

	private take(count: number): number {
		if (count === 0) return 0;
		const { bytes, position } = this;
		const at = position >>> 3;
		const word = (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8);
		this.position = position + count;
		return (word << (position & 7)) >>> (32 - count);
	}
}
