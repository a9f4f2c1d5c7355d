import { BlockReader, fourCC, type ByteSource } from './source';
import { DamagedAudioError, type StreamInfo } from './streamInfo';

/** One MPEG audio layer III frame header (ISO/IEC 11172-3, 2.4.1.3; 13818-3; "MPEG-2.5" by Fraunhofer). */
interface Frame {
	/** Bytes, header included. */
	size: number;
	/** Samples per channel. */
	samples: number;
	sampleRate: number;
	channels: number;
	isMpeg1: boolean;
}

interface PlacedFrame extends Frame {
	position: number;
}

const HEADER_BYTES = 4;
/** An ID3v1 tag; another recording may be joined on behind it. */
const ID3V1_BYTES = 128;
const LAYER_3 = 1;
const MONO = 3;

/** Kilobits per second by the header's index; 0 is "free", which nobody writes. */
const BIT_RATES_MPEG1 = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
const BIT_RATES_MPEG2 = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];
/** Hertz by the header's version (2.5, reserved, 2, 1) and index. */
const SAMPLE_RATES = [[11025, 12000, 8000], [], [22050, 24000, 16000], [44100, 48000, 32000]];

/** How far to look for the first frame behind tags: some writers put padding there. */
const MAX_SEARCH_BYTES = 64 * 1024;
/** Frames in a row that make chance unlikely; the header alone has few fixed bits. */
const FRAMES_IN_A_ROW = 3;
/** How many positions are looked at in one read. */
const RESYNC_BYTES = 16 * 1024;
/** What several frames in a row take at most (MPEG-2.5, 160 kbit/s at 8 kHz: 1441 bytes each). */
const ROW_BYTES = FRAMES_IN_A_ROW * 1500;

/**
 * Reads what an MP3 file holds by counting its frames, since headers state wrong lengths: ID3v2,
 * APE and ID3v1 tags are passed over, the Xing, Info or VBRI frame carries no sound.
 *
 * @throws DamagedAudioError when no frames are found
 */
export async function inspectMp3(source: ByteSource): Promise<StreamInfo> {
	const first = await findFirstFrame(source);
	if (!first) throw new DamagedAudioError('it has no MP3 frames');
	const reader = new BlockReader(source);
	let frames = 0;
	let bytes = 0;
	let frame: PlacedFrame | undefined = first;
	if (await isTagFrame(reader, first)) frame = await nextFrame(source, reader, first);
	for (; frame; frame = await nextFrame(source, reader, frame)) {
		frames++;
		bytes += frame.size;
	}
	if (frames === 0) throw new DamagedAudioError('it has no MP3 frames');
	const duration = (frames * first.samples) / first.sampleRate;
	return {
		codec: 'mp3',
		channels: first.channels,
		sampleRate: first.sampleRate,
		duration,
		bitRate: Math.round((bytes * 8) / duration),
	};
}

/** The first frame of an MP3, or undefined when the bytes are no MP3. */
export async function findFirstFrame(source: ByteSource): Promise<PlacedFrame | undefined> {
	const reader = new BlockReader(source);
	const start = await skipId3(reader);
	return await searchFrame(source, start, Math.min(start + MAX_SEARCH_BYTES, source.size));
}

/** Passes over ID3v2 tags (id3.org/id3v2.4.0-structure, 3.1), of which there may be several. */
async function skipId3(reader: BlockReader): Promise<number> {
	for (let at = 0; ;) {
		const view = await reader.view(at, 10);
		if (view.byteLength < 10 || fourCC(view, 0).slice(0, 3) !== 'ID3') return at;
		const sizeBytes = [6, 7, 8, 9].map((offset) => view.getUint8(offset) & 0x7f);
		const size = sizeBytes.reduce((sum, byte) => sum * 128 + byte, 0);
		const hasFooter = (view.getUint8(5) & 0x10) !== 0;
		at += 10 + size + (hasFooter ? 10 : 0);
	}
}

/** The first place in [from, to) where several frames of one kind follow each other. */
async function searchFrame(
	source: ByteSource,
	from: number,
	to: number,
): Promise<PlacedFrame | undefined> {
	for (let at = from; at < to; at += RESYNC_BYTES) {
		const span = await source.read(at, RESYNC_BYTES + ROW_BYTES);
		const view = new DataView(span.buffer, span.byteOffset, span.length);
		const isLast = at + span.length >= source.size;
		const limit = Math.min(RESYNC_BYTES, to - at);
		for (let offset = span.indexOf(0xff); offset !== -1; offset = span.indexOf(0xff, offset + 1)) {
			if (offset >= limit) break;
			const frame = frameInRow(view, offset, isLast);
			if (frame) return { ...frame, position: at + offset };
		}
	}
	return undefined;
}

/** The frame at an offset when it is the first of several of its kind. */
function frameInRow(view: DataView, offset: number, isLast: boolean): Frame | undefined {
	let first: Frame | undefined;
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

async function nextFrame(
	source: ByteSource,
	reader: BlockReader,
	{ position, size, ...kind }: PlacedFrame,
): Promise<PlacedFrame | undefined> {
	const end = position + size;
	const next = await readFrame(reader, end);
	if (next && isSameKind(next, kind)) return next;
	if (end + HEADER_BYTES > source.size || (await isEndTag(reader, end))) return undefined;
	return await searchFrame(source, end, source.size);
}

async function readFrame(reader: BlockReader, position: number): Promise<PlacedFrame | undefined> {
	const view = await reader.view(position, HEADER_BYTES);
	const frame = view.byteLength < HEADER_BYTES ? undefined : parseHeader(view);
	// A frame that is cut off at the end cannot be decoded.
	return frame && position + frame.size <= reader.size ? { ...frame, position } : undefined;
}

function parseHeader(view: DataView, offset = 0): Frame | undefined {
	const bits = view.getUint32(offset);
	const version = (bits >>> 19) & 3;
	const layer = (bits >>> 17) & 3;
	if (bits >>> 21 !== 0x7ff || layer !== LAYER_3) return undefined;
	const isMpeg1 = version === 3;
	const bitRate = (isMpeg1 ? BIT_RATES_MPEG1 : BIT_RATES_MPEG2)[(bits >>> 12) & 15];
	const sampleRate = SAMPLE_RATES[version]?.[(bits >>> 10) & 3];
	if (!bitRate || !sampleRate) return undefined;
	const samples = isMpeg1 ? 1152 : 576;
	const padding = (bits >>> 9) & 1;
	return {
		size: Math.floor(((samples / 8) * bitRate * 1000) / sampleRate) + padding,
		samples,
		sampleRate,
		channels: ((bits >>> 6) & 3) === MONO ? 1 : 2,
		isMpeg1,
	};
}

function isSameKind(a: Omit<Frame, 'size'>, b: Omit<Frame, 'size'>): boolean {
	return a.sampleRate === b.sampleRate && a.samples === b.samples && a.channels === b.channels;
}

/** Whether a frame is the one in which encoders leave notes: Xing or Info behind the side information, VBRI at 36. */
async function isTagFrame(
	reader: BlockReader,
	{ position, channels, isMpeg1 }: PlacedFrame,
): Promise<boolean> {
	const sideBytes = isMpeg1 ? (channels === 1 ? 17 : 32) : channels === 1 ? 9 : 17;
	const view = await reader.view(position, 40);
	if (view.byteLength < 40) return false;
	return (
		['Xing', 'Info'].includes(fourCC(view, HEADER_BYTES + sideBytes)) || fourCC(view, 36) === 'VBRI'
	);
}

async function isEndTag(reader: BlockReader, position: number): Promise<boolean> {
	const view = await reader.view(position, 8);
	if (view.byteLength < 8) return true;
	const mark = fourCC(view, 0);
	if (mark.startsWith('TAG')) return position + ID3V1_BYTES >= reader.size;
	return mark === 'APET' || mark === 'LYRI';
}
