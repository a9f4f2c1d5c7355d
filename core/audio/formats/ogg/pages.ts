import { BlockReader, fourCC, type ByteSource } from '../../source/bytes';

/** One Ogg page (RFC 3533, section 6). */
export interface Page {
	serial: number;
	/** Begins with the rest of a packet from the previous page. */
	isContinued: boolean;
	/** First page of a logical stream. */
	isFirst: boolean;
	/** Last page of a logical stream. */
	isLast: boolean;
	/** The codec's clock at the end of the last packet that ends here; undefined where none does. */
	granule: number | undefined;
	/** What the page carries; valid until the next page is read. */
	body: Uint8Array;
	/** Lengths of the body's segments; one below 255 ends a packet. */
	lacing: Uint8Array;
	/** Where the next page should begin. */
	end: number;
	/** Whether bytes that belong to no page lie before it. */
	isAfterHole: boolean;
}

const HEADER_BYTES = 27;
const MAX_SEGMENTS = 255;
const CAPTURE_PATTERN = 'OggS';
const FLAG_CONTINUED = 1;
const FLAG_FIRST = 2;
const FLAG_LAST = 4;
/** How much is searched at a time for the next page. */
const SEARCH_BYTES = 64 * 1024;

/**
 * Reads Ogg pages in order. Checksums are not checked: a page with a wrong bit is worth more
 * than none. Bytes that are not part of a page are skipped.
 */
export class PageReader {
	private readonly reader: BlockReader;
	/** Whether the last page is cut off by the end of the source. */
	isCutShort = false;

	constructor(
		private readonly source: ByteSource,
		private position = 0,
	) {
		this.reader = new BlockReader(source);
	}

	/** Bytes of the source. */
	get size(): number {
		return this.source.size;
	}

	/** The next page, or undefined at the end. The last one may be cut off; then it carries what is left of it. */
	async next(): Promise<Page | undefined> {
		let isAfterHole = false;
		for (;;) {
			const header = await this.reader.view(this.position, HEADER_BYTES + MAX_SEGMENTS);
			if (header.byteLength < HEADER_BYTES) {
				this.isCutShort ||= header.byteLength > 0;
				return undefined;
			}
			const page = isPageHeader(header) ? await this.readPage(header, isAfterHole) : undefined;
			if (page) {
				this.position = page.end;
				return page;
			}
			isAfterHole = true;
			if (!(await this.searchFrom(this.position + 1))) return undefined;
		}
	}

	private async readPage(header: DataView, isAfterHole: boolean): Promise<Page | undefined> {
		const bodyStart = HEADER_BYTES + header.getUint8(26);
		let bodyBytes = 0;
		for (let at = HEADER_BYTES; at < Math.min(bodyStart, header.byteLength); at++) {
			bodyBytes += header.getUint8(at);
		}
		const whole = await this.reader.view(this.position, bodyStart + bodyBytes);
		const isCut = whole.byteLength < bodyStart + bodyBytes;
		this.isCutShort ||= isCut;
		if (whole.byteLength < bodyStart) return undefined;
		const flags = whole.getUint8(5);
		const bytes = new Uint8Array(whole.buffer, whole.byteOffset, whole.byteLength);
		return {
			serial: whole.getUint32(14, true),
			isContinued: (flags & FLAG_CONTINUED) !== 0,
			isFirst: (flags & FLAG_FIRST) !== 0,
			isLast: (flags & FLAG_LAST) !== 0,
			granule: isCut ? undefined : readGranule(whole),
			lacing: lacingWithin(bytes.subarray(HEADER_BYTES, bodyStart), whole.byteLength - bodyStart),
			body: bytes.subarray(bodyStart),
			end: this.position + whole.byteLength,
			isAfterHole,
		};
	}

	private async searchFrom(from: number): Promise<boolean> {
		for (let at = from; at < this.source.size; at += SEARCH_BYTES) {
			// The stretches searched overlap, so that a header across the border is found.
			const span = await this.reader.view(at, SEARCH_BYTES + HEADER_BYTES);
			const found = findPageHeader(span, 0);
			if (found !== -1) {
				this.position = at + found;
				return true;
			}
			if (span.byteLength < SEARCH_BYTES) return false;
		}
		return false;
	}
}

/** Where a page header begins at or after `from`; -1 if there is none. */
function findPageHeader(view: DataView, from: number): number {
	const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
	const mark = CAPTURE_PATTERN.charCodeAt(0);
	for (let at = bytes.indexOf(mark, from); at !== -1; at = bytes.indexOf(mark, at + 1)) {
		if (at + HEADER_BYTES > bytes.length) return -1;
		if (bytes[at + 1] !== CAPTURE_PATTERN.charCodeAt(1)) continue;
		if (isPageHeader(new DataView(view.buffer, view.byteOffset + at, HEADER_BYTES))) return at;
	}
	return -1;
}

/** The segments that lie within the given number of bytes. */
function lacingWithin(lacing: Uint8Array, bytes: number): Uint8Array {
	let end = 0;
	const firstBeyond = lacing.findIndex((length) => (end += length) > bytes);
	return firstBeyond === -1 ? lacing : lacing.subarray(0, firstBeyond);
}

function isPageHeader(view: DataView): boolean {
	return fourCC(view, 0) === CAPTURE_PATTERN && view.getUint8(4) === 0 && view.getUint8(5) < 8;
}

function readGranule(header: DataView): number | undefined {
	const granule = Number(header.getBigInt64(6, true));
	return granule >= 0 && Number.isSafeInteger(granule) ? granule : undefined;
}
