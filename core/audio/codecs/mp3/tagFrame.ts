import { HEADER_BYTES, sideInfoBytes, type Frame } from './frameHeader';

/** Where VBRI lies, whatever the kind of frame. */
const VBRI_OFFSET = 36;
/** Optional parts of a Xing tag by the bit that announces them: frames, bytes, seek table, quality. */
const XING_PARTS = [4, 4, 100, 4];
const XING_HAS_FRAMES = 1;
/** Where VBRI counts frames, after its signature. */
const VBRI_FRAMES_OFFSET = VBRI_OFFSET + 14;
/** After the encoder's name: delay and padding, 12 bits each. */
const DELAY_OFFSET = 21;
const ENCODERS = ['LAME', 'Lavf', 'Lavc'];
/** Encoders are late by 576 to 1700 samples; more is damage. */
const MAX_ENCODER_DELAY = 2000;
/** Samples by which any layer III decoder is late. */
const DECODER_DELAY = 529;

/** Whether a frame is the one in which encoders leave notes in place of sound: Xing, Info or VBRI. */
export function isTagFrame(frame: Frame): boolean {
	return hasXing(frame) || hasText(frame.bytes, VBRI_OFFSET, 'VBRI');
}

/**
 * Samples that players leave out at the beginning of a recording, since encoder and decoder put
 * them there; 0 when the tag frame does not say. (Gabriel Bouvigne, "Mp3 info tag revision 1".)
 */
export function encoderDelay(tagFrame: Frame): number {
	if (!hasXing(tagFrame)) return 0;
	const { bytes } = tagFrame;
	const start = HEADER_BYTES + sideInfoBytes(tagFrame);
	const parts = bytes[start + 7] ?? 0;
	const skipped = XING_PARTS.filter((_, bit) => parts & (1 << bit));
	const encoder = skipped.reduce((at, size) => at + size, start + 8);
	if (!ENCODERS.some((name) => hasText(bytes, encoder, name))) return 0;
	const [high = 0, low = 0] = bytes.subarray(encoder + DELAY_OFFSET);
	const delay = (high << 4) + (low >> 4);
	return delay <= MAX_ENCODER_DELAY ? delay + DECODER_DELAY : 0;
}

/** How many frames of sound a tag frame says there are; 0 when it does not say. */
export function statedFrames(tagFrame: Frame): number {
	const { bytes } = tagFrame;
	if (!hasXing(tagFrame)) return readUint32(bytes, VBRI_FRAMES_OFFSET);
	const start = HEADER_BYTES + sideInfoBytes(tagFrame);
	return (bytes[start + 7] ?? 0) & XING_HAS_FRAMES ? readUint32(bytes, start + 8) : 0;
}

/** Most significant byte first; 0 beyond the end. */
function readUint32(bytes: Uint8Array, offset: number): number {
	const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	return offset + 4 <= bytes.length ? view.getUint32(offset) : 0;
}

function hasXing(frame: Frame): boolean {
	const start = HEADER_BYTES + sideInfoBytes(frame);
	return hasText(frame.bytes, start, 'Xing') || hasText(frame.bytes, start, 'Info');
}

function hasText(bytes: Uint8Array, offset: number, text: string): boolean {
	for (let index = 0; index < text.length; index++) {
		if (bytes[offset + index] !== text.charCodeAt(index)) return false;
	}
	return true;
}
