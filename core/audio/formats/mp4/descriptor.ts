import type { Box } from './box';

/** What an `esds` box says (ISO/IEC 14496-14, 5.6; descriptors in 14496-1, 7.2.6). */
export interface ElementaryStream {
	/** `objectTypeIndication`; 0 when there is none. */
	objectType: number;
	/** DecoderSpecificInfo. */
	config: Uint8Array;
}

const ES_DESCRIPTOR = 0x03;
const DECODER_CONFIG_DESCRIPTOR = 0x04;
const DECODER_SPECIFIC_INFO = 0x05;

const STREAM_DEPENDENCE_FLAG = 0x80;
const URL_FLAG = 0x40;
const OCR_STREAM_FLAG = 0x20;
/** More than there are kinds of. */
const MAX_DESCRIPTORS = 64;

/** Reads the descriptors of an `esds` box as far as they go. */
export function readElementaryStream(esds: Box): ElementaryStream {
	const stream: ElementaryStream = { objectType: 0, config: new Uint8Array(0) };
	esds.fullHeader();
	// Each descriptor is nested in the one before, so that their headers simply follow each other.
	for (let count = 0; count < MAX_DESCRIPTORS && esds.remaining > 1; count++) {
		const tag = esds.uint8();
		const size = readSize(esds);
		if (tag === ES_DESCRIPTOR) {
			skipStreamFields(esds);
		} else if (tag === DECODER_CONFIG_DESCRIPTOR) {
			stream.objectType = esds.uint8();
			esds.skip(12);
		} else if (tag === DECODER_SPECIFIC_INFO) {
			stream.config = esds.bytes(size).slice();
			return stream;
		} else {
			esds.bytes(size);
		}
	}
	return stream;
}

/** Seven bits a byte, most significant first, four bytes at most. */
function readSize(box: Box): number {
	let size = 0;
	for (let count = 0; count < 4; count++) {
		const byte = box.uint8();
		size = size * 128 + (byte & 0x7f);
		if (byte < 0x80) break;
	}
	return size;
}

function skipStreamFields(esds: Box): void {
	esds.skip(2);
	const flags = esds.uint8();
	if (flags & STREAM_DEPENDENCE_FLAG) esds.skip(2);
	if (flags & URL_FLAG) esds.bytes(esds.uint8());
	if (flags & OCR_STREAM_FLAG) esds.skip(2);
}
