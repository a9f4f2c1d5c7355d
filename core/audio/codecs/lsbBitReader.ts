/** Zero bytes after a packet, so that reading may go beyond its end without a check. */
const PADDING_BYTES = 8;

/** Reads bits, least significant first, as Vorbis packs them (Vorbis I, section 2). Beyond the end there are zeros. */
export class LsbBitReader {
	/** Bits read so far. */
	position = 0;
	private bytes = new Uint8Array(4096);
	private bits = 0;

	open(packet: Uint8Array): void {
		if (packet.length + PADDING_BYTES > this.bytes.length) {
			this.bytes = new Uint8Array(2 * packet.length + PADDING_BYTES);
		}
		this.bytes.set(packet);
		this.bytes.fill(0, packet.length, packet.length + PADDING_BYTES);
		this.position = 0;
		this.bits = packet.length * 8;
	}

	/** Whether more was read than there is. */
	get isPastEnd(): boolean {
		return this.position > this.bits;
	}

	get bitsLeft(): number {
		return Math.max(0, this.bits - this.position);
	}

	/** The next bits, at least 24 of them, without reading them. */
	peek(): number {
		const at = (this.position < this.bits ? this.position : this.bits) >>> 3;
		const { bytes } = this;
		return (
			(bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>>
			(this.position & 7)
		);
	}

	/** An unsigned number of at most 32 bits. */
	read(count: number): number {
		if (count > 24) return this.read(24) + this.read(count - 24) * 0x1000000;
		const value = this.peek() & ((1 << count) - 1);
		this.position += count;
		return value;
	}

	flag(): boolean {
		return this.read(1) === 1;
	}
}

/** How many bits a number takes (section 9.2.1). */
export function bitLength(value: number): number {
	return value <= 0 ? 0 : 32 - Math.clz32(value);
}
