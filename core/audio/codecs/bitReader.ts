import { DamagedAudioError } from '../errors';

/** More bytes than inner loops read before asking whether any are left (see `check`). */
const SLACK_BYTES = 8192;

/**
 * Reads bits, most significant first. It copies its input in front of a stretch of zeros, so that
 * inner loops need no bounds: they read from `bytes` or `view`, move `position` and call `check` at
 * least every few kilobytes.
 */
export class BitReader {
	bytes: Uint8Array = new Uint8Array(2 * SLACK_BYTES);
	/** Of the same bytes. */
	view = new DataView(this.bytes.buffer);
	/** Bits read so far. */
	position = 0;
	/** Bits in all. */
	end = 0;

	/** @param subject what ends too early when more is read than there is, e.g. "an AAC frame" */
	constructor(private readonly subject: string) {}

	/** Starts anew. */
	load(bytes: Uint8Array): void {
		if (bytes.length + SLACK_BYTES > this.bytes.length) {
			this.bytes = new Uint8Array(2 * bytes.length + SLACK_BYTES);
			this.view = new DataView(this.bytes.buffer);
		}
		this.bytes.set(bytes);
		this.bytes.fill(0, bytes.length, bytes.length + SLACK_BYTES);
		this.position = 0;
		this.end = bytes.length * 8;
	}

	/** Bits that are left; negative when more were read than there are. */
	get left(): number {
		return this.end - this.position;
	}

	/** An unsigned number of up to 41 bits. @throws DamagedAudioError when fewer are left */
	read(count: number): number {
		const { bytes, position } = this;
		const next = position + count;
		if (count > 25 || next > this.end) return this.readLong(count);
		const at = position >>> 3;
		const word =
			((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) <<
			(position & 7);
		this.position = next;
		return count === 0 ? 0 : word >>> (32 - count);
	}

	/** A number in two's complement of up to 41 bits. */
	readSigned(count: number): number {
		if (count === 0) return 0;
		if (count <= 32) return (this.read(count) << (32 - count)) >> (32 - count);
		const value = this.read(count);
		return value >= 2 ** (count - 1) ? value - 2 ** count : value;
	}

	/** Counts the zeros before the next one, which is skipped. */
	readUnary(): number {
		for (let zeros = 0; ; zeros += 24) {
			this.check();
			const run = Math.clz32(this.view.getUint32(this.position >>> 3) << (this.position & 7));
			if (run < 24) {
				this.position += run + 1;
				return zeros + run;
			}
			this.position += 24;
		}
	}

	flag(): boolean {
		return this.read(1) === 1;
	}

	skip(bits: number): void {
		this.position += bits;
		this.check();
	}

	/** Goes on to the next whole byte. */
	align(): void {
		this.position = (this.position + 7) & ~7;
	}

	/** @throws DamagedAudioError when more was read than there is */
	check(): void {
		if (this.position > this.end) this.fail();
	}

	private readLong(count: number): number {
		if (this.position + count > this.end) this.fail();
		return this.read(count - 16) * 0x10000 + this.read(16);
	}

	private fail(): never {
		throw new DamagedAudioError(`${this.subject} ends too early`);
	}
}
