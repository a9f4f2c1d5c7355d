import { DamagedAudioError } from '../../errors';

/** More than one channel can take without asking whether there is anything left (see `check`). */
const SLACK_BYTES = 8192;
/** More than any access unit of the channels that are decoded here. */
const MAX_BYTES = 65536;

/**
 * Reads bits, most significant first. It copies what it reads in front of a stretch of zeros, so that
 * inner loops need no bounds: whoever uses it must call `check` at least once per channel.
 */
export class BitReader {
	/** Inner loops read from here and move `position` themselves. */
	bytes: Uint8Array = new Uint8Array(2 * SLACK_BYTES);
	/** Bits read so far. */
	position = 0;
	private end = 0;

	/** Starts anew. */
	load(bytes: Uint8Array): void {
		if (bytes.length > MAX_BYTES) throw new DamagedAudioError('an AAC frame is too long');
		if (bytes.length + SLACK_BYTES > this.bytes.length) {
			this.bytes = new Uint8Array(bytes.length + 2 * SLACK_BYTES);
		}
		this.bytes.set(bytes);
		this.bytes.fill(0, bytes.length, bytes.length + SLACK_BYTES);
		this.position = 0;
		this.end = bytes.length * 8;
	}

	/** Bits that are left; less than none when more was read than there is. */
	get left(): number {
		return this.end - this.position;
	}

	/** At most 25 bits. */
	read(count: number): number {
		const at = this.position >>> 3;
		const { bytes, position } = this;
		const word =
			((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) <<
			(position & 7);
		this.position = position + count;
		return count === 0 ? 0 : word >>> (32 - count);
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
		if (this.position > this.end) throw new DamagedAudioError('an AAC frame ends too early');
	}
}
