import type { ByteSource } from '../../source/bytes';

const AHEAD_BYTES = 128 * 1024;

/** A source read in large blocks, so that many short steps forward cost few reads. */
export class ReadAhead implements ByteSource {
	private start = 0;
	private block: Uint8Array = new Uint8Array(0);

	constructor(private readonly source: ByteSource) {}

	get size(): number {
		return this.source.size;
	}

	async read(position: number, length: number): Promise<Uint8Array> {
		const end = Math.min(position + length, this.size);
		if (position < this.start || end > this.start + this.block.length) {
			this.start = position;
			this.block = await this.source.read(position, Math.max(length, AHEAD_BYTES));
		}
		const offset = position - this.start;
		return this.block.subarray(offset, offset + length);
	}
}
