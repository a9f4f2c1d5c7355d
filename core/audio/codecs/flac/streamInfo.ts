import { DamagedAudioError } from '../../errors';

/** What a STREAMINFO block says (RFC 9639, 8.2). */
export interface StreamInfoBlock {
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
}

export const STREAM_INFO_BYTES = 34;

/**
 * Reads the body of a STREAMINFO block.
 *
 * @throws DamagedAudioError when it is cut short or names no sample rate
 */
export function parseStreamInfo(body: Uint8Array): StreamInfoBlock {
	if (body.length < STREAM_INFO_BYTES) throw new DamagedAudioError('its STREAMINFO is missing');
	const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
	const minBlockSize = view.getUint16(0);
	const maxBlockSize = view.getUint16(2);
	const packed = view.getUint32(10);
	const sampleRate = packed >>> 12;
	if (sampleRate === 0) throw new DamagedAudioError('its STREAMINFO names no sample rate');
	return {
		sampleRate,
		channels: ((packed >>> 9) & 7) + 1,
		bitsPerSample: ((packed >>> 4) & 31) + 1,
		fixedBlockSize: minBlockSize === maxBlockSize ? maxBlockSize : 0,
		maxFrameBytes: view.getUint32(6) & 0xffffff,
		totalSamples: (view.getUint8(13) & 15) * 2 ** 32 + view.getUint32(14),
	};
}
