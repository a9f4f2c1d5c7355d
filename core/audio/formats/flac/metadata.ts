import {
	parseStreamInfo,
	STREAM_INFO_BYTES,
	type StreamInfoBlock,
} from '../../codecs/flac/streamInfo';
import { DamagedAudioError } from '../../errors';
import { BlockReader, type ByteSource } from '../../source/bytes';

/** What a FLAC file says before its frames. */
export interface FlacFile {
	/** The body of the STREAMINFO block. */
	config: Uint8Array;
	stream: StreamInfoBlock;
	/** Where the frames begin. */
	firstFrame: number;
}

const MARK_BYTES = 4;
const BLOCK_HEADER_BYTES = 4;
/** The smallest frame: one silent channel. */
const MIN_FRAME_BYTES = 10;
const MAX_BLOCK_SAMPLES = 65535;

/**
 * Reads STREAMINFO (RFC 9639, 8.2) and skips all other metadata without reading pictures.
 *
 * @throws DamagedAudioError when there is no usable STREAMINFO
 */
export async function readMetadata(source: ByteSource): Promise<FlacFile> {
	const reader = new BlockReader(source);
	const header = await reader.view(MARK_BYTES, BLOCK_HEADER_BYTES + STREAM_INFO_BYTES);
	const isInfo = header.byteLength >= BLOCK_HEADER_BYTES && (header.getUint8(0) & 0x7f) === 0;
	if (!isInfo) throw new DamagedAudioError('its STREAMINFO is missing');
	const config = new Uint8Array(header.buffer, header.byteOffset + BLOCK_HEADER_BYTES).slice(
		0,
		Math.max(0, header.byteLength - BLOCK_HEADER_BYTES),
	);
	const stream = parseStreamInfo(config);
	// A count that no file of this size can hold is ignored.
	if (stream.totalSamples > (source.size / MIN_FRAME_BYTES) * MAX_BLOCK_SAMPLES) {
		stream.totalSamples = 0;
	}
	const isLast = header.getUint8(0) >= 0x80;
	const afterInfo = MARK_BYTES + header.byteLength;
	return {
		config,
		stream,
		firstFrame: isLast ? afterInfo : await skipMetadata(reader, afterInfo),
	};
}

/** Skips metadata blocks (8.1); where they lead nowhere, the first frame has to be searched for. */
async function skipMetadata(reader: BlockReader, from: number): Promise<number> {
	for (let at = from; ;) {
		const view = await reader.view(at, BLOCK_HEADER_BYTES);
		if (view.byteLength < BLOCK_HEADER_BYTES) return from;
		const bits = view.getUint32(0);
		at += BLOCK_HEADER_BYTES + (bits & 0xffffff);
		if (bits >>> 31) return at < reader.size ? at : from;
	}
}
