import { HEADER_BYTES, sideInfoBytes, type Frame } from './frameHeader';

/*
 * Side information (ISO/IEC 11172-3, 2.4.1.7; 13818-3, 2.4.1.7): where a frame's spectrum begins in
 * the bit reservoir, and for each granule and channel how the spectrum was scaled and coded.
 */

/** Bits before the first granule and of each granule and channel. */
const LAYOUTS = {
	mpeg1: { head: [18, 20], granule: 59, windowSwitching: 33 },
	mpeg2: { head: [9, 10], granule: 63, windowSwitching: 38 },
};
const BIG_VALUES = 12;
const GLOBAL_GAIN = 21;

/** Gain that leaves quantised values as they are; a step is a quarter of a power of two. */
const UNITY_GAIN = 210;
/** How each `global_gain` scales the power. */
const GAIN_POWERS = Float64Array.from({ length: 256 }, (_, gain) => 2 ** ((gain - UNITY_GAIN) / 2));

/** Bits of the escape that Huffman tables from 16 on have. */
const ESCAPE_BITS = [1, 2, 3, 4, 6, 8, 10, 13, 4, 5, 6, 7, 8, 9, 11, 13];
/** The power of the largest value of each Huffman table. */
const LARGEST_POWERS = Float64Array.of(
	...[0, 1, 2, 2, 0, 3, 3, 5, 5, 5, 7, 7, 7, 15, 0, 15],
	...ESCAPE_BITS.map((bits) => 14 + 2 ** bits),
).map((value) => value ** (8 / 3));

/** Measured on speech: the largest value and its bound are about 10 dB above the mean. */
const LEVEL = 0.1;
/** Below this (-90 dB) lies what converters and dither make of silence. */
const SILENT_POWER = 1e-9;

/** Samples of a granule. */
const GRANULE_SAMPLES = 576;

/** How far a frame's spectrum reaches back into the frames before it, in bytes of their main data. */
export function mainDataBegin(frame: Frame): number {
	const start = sideInfoOffset(frame);
	return frame.isMpeg1 ? readBits(frame.bytes, start * 8, 9) : (frame.bytes[start] ?? 0);
}

/** Bytes of a frame that are neither header, checksum nor side information. */
export function mainDataBytes(frame: Frame): number {
	return Math.max(0, frame.size - sideInfoOffset(frame) - sideInfoBytes(frame));
}

/**
 * The power of each granule, estimated from its largest spectral value without decoding it: about
 * the mean square of its samples; exactly 0 where there is nothing to hear.
 */
export function granulePowers(frame: Frame): number[] {
	const { bytes, channels, isMpeg1 } = frame;
	const { head, granule, windowSwitching } = isMpeg1 ? LAYOUTS.mpeg1 : LAYOUTS.mpeg2;
	const powers: number[] = [];
	let at = sideInfoOffset(frame) * 8 + head[channels - 1]!;
	for (let count = frame.samples / GRANULE_SAMPLES; count > 0; count--) {
		let power = 0;
		for (let channel = 0; channel < channels; channel++, at += granule) {
			const length = readBits(bytes, at, 12);
			if (length === 0) continue;
			const gain = GAIN_POWERS[readBits(bytes, at + GLOBAL_GAIN, 8)]!;
			power += LEVEL * gain * largestPower(bytes, at + BIG_VALUES, at + windowSwitching);
		}
		powers.push(power < SILENT_POWER ? 0 : power);
	}
	return powers;
}

/** A bound of the quantised values' power, known from the Huffman tables that a granule uses. */
function largestPower(bytes: Uint8Array, bigValuesAt: number, windowSwitchingAt: number): number {
	const hasBigValues = readBits(bytes, bigValuesAt, 9) > 0;
	// The values after the big ones are -1, 0 or 1.
	if (!hasBigValues) return 1;
	const isSwitched = readBits(bytes, windowSwitchingAt, 1) === 1;
	const tables = isSwitched ? 2 : 3;
	let at = windowSwitchingAt + (isSwitched ? 4 : 1);
	let largest = 1;
	for (let table = 0; table < tables; table++, at += 5) {
		const power = LARGEST_POWERS[readBits(bytes, at, 5)]!;
		if (power > largest) largest = power;
	}
	return largest;
}

function sideInfoOffset({ hasCrc }: Frame): number {
	return HEADER_BYTES + (hasCrc ? 2 : 0);
}

/** Up to 16 bits. */
function readBits(bytes: Uint8Array, at: number, count: number): number {
	const first = at >> 3;
	const three =
		((bytes[first] ?? 0) << 16) | ((bytes[first + 1] ?? 0) << 8) | (bytes[first + 2] ?? 0);
	return (three >> (24 - (at & 7) - count)) & ((1 << count) - 1);
}
