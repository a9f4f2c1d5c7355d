import { TruncatedAudioError } from '../../errors';
import { skipId3 } from '../id3';
import { BlockReader, fourCC, type ByteSource } from '../../source/bytes';
import { ReadAhead } from './readAhead';
import {
	HEADER_BYTES,
	isSameKind,
	parseHeader,
	type Frame,
	type FrameHeader,
} from '../../codecs/mp3/frameHeader';

interface PlacedFrame extends FrameHeader {
	position: number;
}

/** An ID3v1 tag; another recording may follow it. */
const ID3V1_BYTES = 128;
/** How far to look for the first frame after tags: some writers put padding there. */
const MAX_SEARCH_BYTES = 64 * 1024;
/** Frames in a row that rule out chance; the header alone has few fixed bits. */
const FRAMES_IN_A_ROW = 3;
/** How many positions are looked at in one read. */
const RESYNC_BYTES = 16 * 1024;
/** The most that several frames in a row take (MPEG-2.5, 160 kbit/s at 8 kHz: 1441 bytes each). */
const ROW_BYTES = FRAMES_IN_A_ROW * 1500;
const BLOCK_BYTES = 64 * 1024;
/** Every frame begins with it. */
const SYNC_BYTE = 0xff;

/**
 * All frames of an MP3 in order, as many at a time as one read brings; reads forward only. ID3v2,
 * ID3v1, APE and Lyrics3 tags and broken bytes are skipped. Where recordings were joined,
 * frames of another kind may follow.
 *
 * @throws TruncatedAudioError after the last frame when another one was begun
 */
export async function* readFrames(source: ByteSource): AsyncGenerator<Frame[]> {
	const ahead = new ReadAhead(source);
	let kind: FrameHeader | undefined;
	let at = (await findFirstFrame(ahead))?.position;
	while (at !== undefined) {
		const block = await ahead.read(at, BLOCK_BYTES);
		const { frames, length, isCutOff } = framesIn(block, kind);
		if (frames.length > 0) yield frames;
		at += length;
		kind = frames.at(-1);
		const isAtEnd = at - length + block.length >= source.size;
		if (kind && isCutOff && !isAtEnd) continue;
		at = await findNextFrame(ahead, at);
		const hasBegun = kind && isCutOff && beginsFrame(block.subarray(length), kind);
		if (at === undefined && hasBegun) throw new TruncatedAudioError('it ends inside a frame');
		kind = undefined;
	}
}

/** Whether bytes, too few for a frame, are the beginning of one. */
function beginsFrame(bytes: Uint8Array, kind: FrameHeader): boolean {
	if (bytes.length < HEADER_BYTES) return bytes[0] === SYNC_BYTE;
	const header = parseHeader(viewOf(bytes));
	return header !== undefined && isSameKind(header, kind);
}

/** The first frame of an MP3, or undefined when the bytes are no MP3. */
export async function findFirstFrame(source: ByteSource): Promise<PlacedFrame | undefined> {
	const start = await skipId3(new BlockReader(source), 0);
	return await searchFrame(source, start, Math.min(start + MAX_SEARCH_BYTES, source.size));
}

/** Where frames resume after something that is not one; undefined when they don't. */
async function findNextFrame(source: ByteSource, position: number): Promise<number | undefined> {
	const reader = new BlockReader(source);
	if (position + HEADER_BYTES > source.size || (await isEndTag(reader, position))) return undefined;
	const start = await skipId3(reader, position);
	return (await searchFrame(source, start, source.size))?.position;
}

async function isEndTag(reader: BlockReader, position: number): Promise<boolean> {
	const view = await reader.view(position, 8);
	if (view.byteLength < 8) return true;
	const mark = fourCC(view, 0);
	if (mark.startsWith('TAG')) return position + ID3V1_BYTES >= reader.size;
	return mark === 'APET' || mark === 'LYRI';
}

/** The first place in [from, to) where several frames of one kind follow each other. */
async function searchFrame(
	source: ByteSource,
	from: number,
	to: number,
): Promise<PlacedFrame | undefined> {
	for (let at = from; at < to; at += RESYNC_BYTES) {
		const span = await source.read(at, RESYNC_BYTES + ROW_BYTES);
		const view = viewOf(span);
		const isLast = at + span.length >= source.size;
		const limit = Math.min(RESYNC_BYTES, to - at);
		for (
			let offset = span.indexOf(SYNC_BYTE);
			offset !== -1;
			offset = span.indexOf(SYNC_BYTE, offset + 1)
		) {
			if (offset >= limit) break;
			const frame = frameInRow(view, offset, isLast);
			if (frame) return { ...frame, position: at + offset };
		}
	}
	return undefined;
}

/** The frame at an offset when it is the first of several of its kind. */
function frameInRow(view: DataView, offset: number, isLast: boolean): FrameHeader | undefined {
	let first: FrameHeader | undefined;
	for (let count = 0; count < FRAMES_IN_A_ROW; count++) {
		// A very short recording may end before.
		if (isLast && offset === view.byteLength && count > 1) return first;
		const frame = offset + HEADER_BYTES <= view.byteLength ? parseHeader(view, offset) : undefined;
		if (!frame || offset + frame.size > view.byteLength) return undefined;
		if (first && !isSameKind(frame, first)) return undefined;
		first ??= frame;
		offset += frame.size;
	}
	return first;
}

/** The frames of one kind at the beginning of a block, and whether they end where the block does. */
export function framesIn(
	block: Uint8Array,
	kind?: FrameHeader,
): { frames: Frame[]; length: number; isCutOff: boolean } {
	const view = viewOf(block);
	const frames: Frame[] = [];
	let offset = 0;
	while (offset + HEADER_BYTES <= block.length) {
		const header = parseHeader(view, offset);
		if (!header || (kind && !isSameKind(header, kind))) {
			return { frames, length: offset, isCutOff: false };
		}
		const end = offset + header.size;
		if (end > block.length) break;
		kind ??= header;
		frames.push({ ...header, bytes: block.subarray(offset, end) });
		offset = end;
	}
	return { frames, length: offset, isCutOff: true };
}

function viewOf(bytes: Uint8Array): DataView {
	return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}
