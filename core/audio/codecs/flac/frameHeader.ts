import { crc8 } from './crc';
import type { StreamInfoBlock } from './streamInfo';

/** The header of a frame (RFC 9639, 9.1). */
export interface FrameHeader {
	/** Bytes, with its CRC. */
	size: number;
	/** Samples per channel. */
	blockSize: number;
	/** How the channels are coded: 0 to 7 one by one, and the three ways to code two together. */
	assignment: number;
	channels: number;
	bitsPerSample: number;
	/** The sample with which the frame begins. */
	position: number;
}

export const LEFT_SIDE = 8;
export const SIDE_RIGHT = 9;
export const MID_SIDE = 10;

/** The longest header: a number in seven bytes, the block size and the sample rate in two each. */
export const MAX_HEADER_BYTES = 16;

/** Hertz by code (9.1.2); 0 stands for what STREAMINFO says. */
const SAMPLE_RATES = [
	...[0, 88200, 176400, 192000, 8000, 16000, 22050, 24000, 32000, 44100, 48000, 96000],
];
/** Bits by code (9.1.4); 0 stands for what STREAMINFO says. */
const BIT_DEPTHS = [0, 8, 12, undefined, 16, 20, 24, 32];

/** Reads the header at an offset, if there is one that belongs to the stream. */
export function parseFrameHeader(
	bytes: Uint8Array,
	at: number,
	stream: StreamInfoBlock,
): FrameHeader | undefined {
	if (bytes[at] !== 0xff || (bytes[at + 1]! & 0xfe) !== 0xf8) return undefined;
	const isVariable = (bytes[at + 1]! & 1) === 1;
	const blockCode = bytes[at + 2]! >> 4;
	const rateCode = bytes[at + 2]! & 15;
	const assignment = bytes[at + 3]! >> 4;
	const bitsPerSample = BIT_DEPTHS[(bytes[at + 3]! >> 1) & 7];
	if (blockCode === 0 || assignment > MID_SIDE) return undefined;
	if (bitsPerSample === undefined || bytes[at + 3]! & 1) return undefined;

	let next = at + 4;
	const lengthMark = Math.clz32(~(bytes[next]! << 24));
	if (lengthMark === 1 || lengthMark > 7) return undefined;
	let number = bytes[next++]! & (0x7f >> lengthMark);
	for (let left = lengthMark - 1; left > 0; left--) {
		if ((bytes[next]! & 0xc0) !== 0x80) return undefined;
		number = number * 64 + (bytes[next++]! & 0x3f);
	}

	let blockSize = blockCode < 6 ? (blockCode === 1 ? 192 : 144 << blockCode) : 1 << blockCode;
	if (blockCode === 6) blockSize = bytes[next++]! + 1;
	if (blockCode === 7) blockSize = ((bytes[next++]! << 8) | bytes[next++]!) + 1;
	let sampleRate = SAMPLE_RATES[rateCode] ?? 0;
	if (rateCode === 12) sampleRate = bytes[next++]! * 1000;
	if (rateCode === 13) sampleRate = (bytes[next++]! << 8) | bytes[next++]!;
	if (rateCode === 14) sampleRate = ((bytes[next++]! << 8) | bytes[next++]!) * 10;
	if (rateCode === 15 || (rateCode > 0 && sampleRate !== stream.sampleRate)) return undefined;
	if (next >= bytes.length || crc8(bytes, at, next) !== bytes[next]) return undefined;

	return {
		size: next + 1 - at,
		blockSize,
		assignment,
		channels: assignment < LEFT_SIDE ? assignment + 1 : 2,
		bitsPerSample: bitsPerSample || stream.bitsPerSample,
		position: isVariable ? number : number * (stream.fixedBlockSize || blockSize),
	};
}
