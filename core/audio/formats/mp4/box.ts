import { DamagedAudioError } from '../../errors';
import { fourCC, type BlockReader } from '../../source/bytes';

const HEADER_BYTES = 8;
const LARGE_HEADER_BYTES = 16;
/** Values of a box's size (ISO/IEC 14496-12, 4.2) that mean something else. */
const SIZE_TO_THE_END = 0;
const SIZE_IS_LARGE = 1;
/** More than any writer puts side by side; a file can be made of nothing but box headers. */
const MAX_CHILDREN = 4096;
const MAX_BODY_BYTES = 64 * 1024 * 1024;
/** Read at once; others have their turn after that. */
const READ_BYTES = 1024 * 1024;
/** Tables up to this size are copied, so that what they came in can be forgotten. */
const MAX_COPY_BYTES = 1024 * 1024;

/** Where a box lies in the file. */
export interface BoxPlace {
	type: string;
	start: number;
	bodyStart: number;
	/** As stated; may lie beyond the file. */
	end: number;
}

/** The header of a box at a place in the file, or undefined where there is none. */
export async function readBoxPlace(
	reader: BlockReader,
	start: number,
): Promise<BoxPlace | undefined> {
	const header = await reader.view(start, LARGE_HEADER_BYTES);
	return parseHeader(header, 0, start, reader.size);
}

/**
 * The whole body of a box, as far as the file has it.
 *
 * @throws DamagedAudioError when it is larger than any recording needs
 */
export async function readBox(reader: BlockReader, place: BoxPlace): Promise<Box> {
	const length = Math.min(place.end, reader.size) - place.bodyStart;
	if (length > MAX_BODY_BYTES) throw new DamagedAudioError(`its "${place.type}" part is too large`);
	if (length <= READ_BYTES) {
		return new Box(place.type, await reader.view(place.bodyStart, Math.max(0, length)));
	}
	const body = new Uint8Array(length);
	let filled = 0;
	while (filled < length) {
		const view = await reader.view(place.bodyStart + filled, Math.min(READ_BYTES, length - filled));
		if (view.byteLength === 0) break;
		body.set(new Uint8Array(view.buffer, view.byteOffset, view.byteLength), filled);
		filled += view.byteLength;
	}
	return new Box(place.type, new DataView(body.buffer, 0, filled));
}

function parseHeader(
	view: DataView,
	offset: number,
	start: number,
	limit: number,
): BoxPlace | undefined {
	const available = view.byteLength - offset;
	if (available < HEADER_BYTES) return undefined;
	const type = fourCC(view, offset + 4);
	let size = view.getUint32(offset);
	let headerBytes = HEADER_BYTES;
	if (size === SIZE_IS_LARGE) {
		if (available < LARGE_HEADER_BYTES) return undefined;
		size = view.getUint32(offset + 8) * 2 ** 32 + view.getUint32(offset + 12);
		headerBytes = LARGE_HEADER_BYTES;
	} else if (size === SIZE_TO_THE_END) {
		size = limit - start;
	}
	if (size < headerBytes) return undefined;
	return { type, start, bodyStart: start + headerBytes, end: start + size };
}

/** The four characters of a type as one number. */
function codeOf(type: string): number {
	return [...type].reduce((sum, letter) => sum * 256 + letter.charCodeAt(0), 0);
}

/** A box in memory, read field by field; reading past its end is damage. */
export class Box {
	private at = 0;

	constructor(
		readonly type: string,
		private readonly view: DataView,
	) {}

	get remaining(): number {
		return this.view.byteLength - this.at;
	}

	uint8(): number {
		return this.view.getUint8(this.take(1));
	}

	uint16(): number {
		return this.view.getUint16(this.take(2));
	}

	uint32(): number {
		return this.view.getUint32(this.take(4));
	}

	int32(): number {
		return this.view.getInt32(this.take(4));
	}

	/** Exact up to 2^53, close enough above. */
	uint64(): number {
		return this.uint32() * 2 ** 32 + this.uint32();
	}

	int64(): number {
		return this.int32() * 2 ** 32 + this.uint32();
	}

	float64(): number {
		return this.view.getFloat64(this.take(8));
	}

	fourCC(): string {
		return fourCC(this.view, this.take(4));
	}

	skip(bytes: number): this {
		this.take(bytes);
		return this;
	}

	/** `version` and `flags` of a full box (ISO/IEC 14496-12, 4.2). */
	fullHeader(): { version: number; flags: number } {
		const bits = this.uint32();
		return { version: bits >>> 24, flags: bits & 0xffffff };
	}

	/** The bytes from here on, `length` of them or as many as there are. */
	bytes(length = this.remaining): Uint8Array {
		const available = Math.min(length, this.remaining);
		return new Uint8Array(this.view.buffer, this.view.byteOffset + this.take(available), available);
	}

	/** A table of equally large entries from here on. */
	table(count: number, entryBytes: number): DataView {
		const whole = Math.min(count, Math.floor(this.remaining / entryBytes));
		const bytes = this.bytes(whole * entryBytes);
		const { buffer, byteOffset, byteLength } =
			bytes.length <= MAX_COPY_BYTES ? bytes.slice() : bytes;
		return new DataView(buffer, byteOffset, byteLength);
	}

	/** The boxes from here on, or those of a type; those that begin in this one but end beyond it are cut off. */
	*children(type?: string): Generator<Box> {
		let offset = this.at;
		const code = type === undefined ? undefined : codeOf(type);
		for (let count = 0; count < MAX_CHILDREN; count++) {
			if (code !== undefined) {
				// Most are only passed over.
				const size = this.passable(offset, code);
				offset += size;
				if (size > 0) continue;
			}
			const place = parseHeader(this.view, offset, offset, this.view.byteLength);
			if (!place) return;
			const end = Math.min(place.end, this.view.byteLength);
			const start = this.view.byteOffset + place.bodyStart;
			yield new Box(place.type, new DataView(this.view.buffer, start, end - place.bodyStart));
			offset = end;
		}
	}

	/** The first box of each type on the way down from here. */
	find(...path: string[]): Box | undefined {
		const [type, ...rest] = path;
		for (const child of this.children(type)) {
			if (child.type === type) return rest.length > 0 ? child.find(...rest) : child;
		}
		return undefined;
	}

	/** The size of a plain box of another type that lies within this one; 0 for any other. */
	private passable(offset: number, code: number): number {
		const { view } = this;
		if (offset + HEADER_BYTES > view.byteLength) return 0;
		const size = view.getUint32(offset);
		const isPlain = size >= HEADER_BYTES && offset + size <= view.byteLength;
		return isPlain && view.getUint32(offset + 4) !== code ? size : 0;
	}

	private take(bytes: number): number {
		const at = this.at;
		if (bytes > this.remaining) throw new DamagedAudioError(`its "${this.type}" part is cut short`);
		this.at += bytes;
		return at;
	}
}
