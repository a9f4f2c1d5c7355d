import { DamagedAudioError } from '../../errors';
import { skipId3 } from '../../formats/id3';
import { BlockReader, fourCC, type ByteSource } from '../../source/bytes';

/** What the STREAMINFO block says (RFC 9639, 8.2), and where the frames begin. */
export interface FlacStream {
	/** Hertz. */
	sampleRate: number;
	channels: number;
	bitsPerSample: number;
	/** Samples per channel in every frame but the last; 0 where frames differ. */
	fixedBlockSize: number;
	/** Bytes; 0 where it is not known. */
	maxFrameBytes: number;
	/** Samples per channel; 0 where it is not known. */
	totalSamples: number;
	firstFrame: number;
}

const MARK = 'fLaC';
const STREAM_INFO_BYTES = 34;
const BLOCK_HEADER_BYTES = 4;
/** The smallest frame: of one channel, that is silent. */
const MIN_FRAME_BYTES = 10;
const MAX_BLOCK_SAMPLES = 65535;

/**
 * Reads STREAMINFO and passes over all other metadata, pictures unread.
 *
 * @throws DamagedAudioError when there is no usable STREAMINFO
 */
export async function readFlacStream(source: ByteSource): Promise<FlacStream> {
	const reader = new BlockReader(source);
	const mark = await findMark(reader);
	if (mark === undefined) throw new DamagedAudioError('it has no "fLaC" mark');
	const infoAt = mark + MARK.length + BLOCK_HEADER_BYTES;
	const header = await reader.view(mark + MARK.length, BLOCK_HEADER_BYTES + STREAM_INFO_BYTES);
	const isInfo = header.byteLength === BLOCK_HEADER_BYTES + STREAM_INFO_BYTES;
	if (!isInfo || (header.getUint8(0) & 0x7f) !== 0) {
		throw new DamagedAudioError('its STREAMINFO is missing');
	}
	const view = new DataView(header.buffer, header.byteOffset + BLOCK_HEADER_BYTES);
	const minBlockSize = view.getUint16(0);
	const maxBlockSize = view.getUint16(2);
	const packed = view.getUint32(10);
	const sampleRate = packed >>> 12;
	if (sampleRate === 0) throw new DamagedAudioError('its STREAMINFO names no sample rate');
	const totalSamples = (view.getUint8(13) & 15) * 2 ** 32 + view.getUint32(14);
	const mostSamples = (source.size / MIN_FRAME_BYTES) * MAX_BLOCK_SAMPLES;
	const isLast = header.getUint8(0) >= 0x80;
	const afterInfo = infoAt + STREAM_INFO_BYTES;
	return {
		sampleRate,
		channels: ((packed >>> 9) & 7) + 1,
		bitsPerSample: ((packed >>> 4) & 31) + 1,
		fixedBlockSize: minBlockSize === maxBlockSize ? maxBlockSize : 0,
		maxFrameBytes: view.getUint32(6) & 0xffffff,
		totalSamples: totalSamples > mostSamples ? 0 : totalSamples,
		firstFrame: isLast ? afterInfo : await skipMetadata(reader, afterInfo),
	};
}

/** Passes over metadata blocks (8.1); where they lead nowhere the frames have to be searched. */
async function skipMetadata(reader: BlockReader, from: number): Promise<number> {
	for (let at = from; ;) {
		const view = await reader.view(at, BLOCK_HEADER_BYTES);
		if (view.byteLength < BLOCK_HEADER_BYTES) return from;
		const bits = view.getUint32(0);
		at += BLOCK_HEADER_BYTES + (bits & 0xffffff);
		if (bits >>> 31) return at < reader.size ? at : from;
	}
}

/** Where "fLaC" is: at the beginning or behind ID3v2 tags. */
async function findMark(reader: BlockReader): Promise<number | undefined> {
	const at = await skipId3(reader, 0);
	const view = await reader.view(at, MARK.length);
	return view.byteLength === MARK.length && fourCC(view, 0) === MARK ? at : undefined;
}
