import { SAMPLE_RATES } from './bands';

/** One ADTS frame (ISO/IEC 14496-3, 1.A.3.2) by its header. */
export interface AdtsHeader {
	/** Bytes, header included. */
	size: number;
	headerBytes: number;
	/** If so, one follows each raw data block, too. */
	hasCrc: boolean;
	objectType: number;
	sampleRateIndex: number;
	/** 0 when the first raw data block begins with a program config element. */
	channelConfiguration: number;
	/** Raw data blocks, 1 to 4; each holds as many samples as an access unit elsewhere. */
	blocks: number;
}

export const ADTS_HEADER_BYTES = 7;
const CRC_BYTES = 2;

/** Reads the header at an offset, if there is one. */
export function parseAdtsHeader(view: DataView, offset: number): AdtsHeader | undefined {
	if (offset + ADTS_HEADER_BYTES > view.byteLength) return undefined;
	const bits = view.getUint32(offset);
	const more = view.getUint32(offset + 3);
	const layer = (bits >>> 17) & 3;
	const sampleRateIndex = (bits >>> 10) & 15;
	if (bits >>> 20 !== 0xfff || layer !== 0 || sampleRateIndex >= SAMPLE_RATES.length) {
		return undefined;
	}
	const blocks = (more & 3) + 1;
	const hasCrc = ((bits >>> 16) & 1) === 0;
	// With a checksum, the positions of the second and later blocks come before it.
	const headerBytes = ADTS_HEADER_BYTES + (hasCrc ? 2 * (blocks - 1) + CRC_BYTES : 0);
	const size = (more >>> 13) & 0x1fff;
	if (size <= headerBytes) return undefined;
	return {
		size,
		headerBytes,
		hasCrc,
		objectType: ((bits >>> 14) & 3) + 1,
		sampleRateIndex,
		channelConfiguration: (bits >>> 6) & 7,
		blocks,
	};
}
