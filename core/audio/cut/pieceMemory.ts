/**
 * Memory for the pieces of one recording. Pieces live just long enough to be garbage that is only collected when
 * tens of megabytes of it have piled up; what was sent is therefore used again.
 */
export class PieceMemory {
	private readonly free: Uint8Array[] = [];
	private largest = 0;

	/** So many bytes; what is in them is left from before. */
	take(length: number): Uint8Array {
		this.largest = Math.max(this.largest, length);
		let bytes = this.free.pop();
		while (bytes && bytes.length < length) bytes = this.free.pop();
		bytes ??= new Uint8Array(this.largest);
		return bytes.subarray(0, length);
	}

	/** Gives back what was taken and is no longer read by anybody. */
	giveBack({ buffer }: Uint8Array): void {
		this.free.push(new Uint8Array(buffer));
	}
}
