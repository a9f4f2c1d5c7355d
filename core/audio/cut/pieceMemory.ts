/**
 * Memory for the pieces of one recording. Pieces live just long enough to become garbage that is only collected once
 * tens of megabytes of it have piled up; so the memory of sent pieces is reused.
 */
export class PieceMemory {
	private readonly free: Uint8Array[] = [];
	private largest = 0;

	/** Memory of `length` bytes; its old contents are still in it. */
	take(length: number): Uint8Array {
		this.largest = Math.max(this.largest, length);
		let bytes = this.free.pop();
		while (bytes && bytes.length < length) bytes = this.free.pop();
		bytes ??= new Uint8Array(this.largest);
		return bytes.subarray(0, length);
	}

	/** Gives back what was taken and nobody reads any more. */
	giveBack({ buffer }: Uint8Array): void {
		this.free.push(new Uint8Array(buffer));
	}
}
