/**
 * Bytes that can be read anywhere, whatever holds them. Formats know nothing else, so that a host
 * may keep a recording in memory, in a file or behind a stream.
 */
export interface ByteSource {
	/** Bytes in all. */
	readonly size: number;
	/** The bytes from `position` on, `length` of them or as many as there are. */
	read(position: number, length: number): Promise<Uint8Array>;
}

/** A source over bytes in memory. */
export function bytesSource(bytes: Uint8Array): ByteSource {
	// Buffers take several times as long to slice.
	const plain = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
	return {
		size: plain.length,
		read: async (position, length) => plain.subarray(position, position + length),
	};
}

/** A part of a source as a source. */
export function sliceSource(source: ByteSource, start: number, size: number): ByteSource {
	return {
		size,
		read: (position, length) =>
			source.read(start + position, Math.max(0, Math.min(length, size - position))),
	};
}

/** All the bytes of a source, for audio that is within the limits of one request. */
export async function readAll(source: ByteSource): Promise<Uint8Array> {
	return await source.read(0, source.size);
}

const BLOCK_BYTES = 64 * 1024;

/** Reads small pieces of a source, in rising order, from larger blocks. */
export class BlockReader {
	private start = 0;
	private block: Uint8Array = new Uint8Array(0);

	constructor(private readonly source: ByteSource) {}

	get size(): number {
		return this.source.size;
	}

	/** A view of `length` bytes from `position` on; shorter only at the end of the source. */
	async view(position: number, length: number): Promise<DataView> {
		const held = this.viewHeld(position, length);
		if (held) return held;
		this.start = position;
		this.block = await this.source.read(position, Math.max(length, BLOCK_BYTES));
		return this.viewInBlock(0, length);
	}

	/** The same if no read is needed: a caller of thousands of small pieces need not await each. */
	viewHeld(position: number, length: number): DataView | undefined {
		const offset = position - this.start;
		const isHeld = offset >= 0 && offset + length <= this.block.length;
		return isHeld ? this.viewInBlock(offset, length) : undefined;
	}

	/** Reads nothing: lets a source that yields do so during long work that needs no bytes. */
	async touch(): Promise<void> {
		await this.source.read(this.start, 0);
	}

	private viewInBlock(offset: number, length: number): DataView {
		const available = Math.max(0, Math.min(length, this.block.length - offset));
		return new DataView(this.block.buffer, this.block.byteOffset + offset, available);
	}
}

/** The four characters with which containers mark their parts. */
export function fourCC(view: DataView, offset: number): string {
	return String.fromCharCode(
		view.getUint8(offset),
		view.getUint8(offset + 1),
		view.getUint8(offset + 2),
		view.getUint8(offset + 3),
	);
}
