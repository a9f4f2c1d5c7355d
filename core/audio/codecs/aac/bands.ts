/**
 * Where the scale factor bands of AAC begin (ISO/IEC 14496-3, 4.5.4, tables 4.129 to 4.147), and up
 * to which of them temporal noise shaping reaches (table 4.156), by sampling frequency index.
 */
export interface Bands {
	/** First coefficient of each band of a long window, and the end of the last one. */
	long: Uint16Array;
	/** The same for one of eight short windows. */
	short: Uint16Array;
	/** The band temporal noise shaping ends at, in long windows. */
	longTnsLimit: number;
	/** The same in short windows. */
	shortTnsLimit: number;
}

/** Hertz by sampling frequency index (table 1.18). */
export const SAMPLE_RATES = [
	96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350,
];

/**
 * The bands for a sampling frequency.
 *
 * @param frameLength 1024, or 960: then all bands end there
 */
export function bandsFor(sampleRateIndex: number, frameLength: number): Bands {
	return {
		long: endAt(frameLength, LONG_BANDS[sampleRateIndex]!),
		short: endAt(frameLength / 8, SHORT_BANDS[sampleRateIndex]!),
		longTnsLimit: LONG_TNS_LIMITS[sampleRateIndex]!,
		shortTnsLimit: SHORT_TNS_LIMITS[sampleRateIndex]!,
	};
}

function endAt(end: number, offsets: readonly number[]): Uint16Array {
	return Uint16Array.of(...offsets.filter((offset) => offset < end), end);
}

const LONG_96K = [
	0, 4, 8, 12, 16, 20, 24, 28, 32, 36, 40, 44, 48, 52, 56, 64, 72, 80, 88, 96, 108, 120, 132, 144,
	156, 172, 188, 212, 240, 276, 320, 384, 448, 512, 576, 640, 704, 768, 832, 896, 960, 1024,
];
const LONG_64K = [
	0, 4, 8, 12, 16, 20, 24, 28, 32, 36, 40, 44, 48, 52, 56, 64, 72, 80, 88, 100, 112, 124, 140, 156,
	172, 192, 216, 240, 268, 304, 344, 384, 424, 464, 504, 544, 584, 624, 664, 704, 744, 784, 824,
	864, 904, 944, 984, 1024,
];
const LONG_48K = [
	0, 4, 8, 12, 16, 20, 24, 28, 32, 36, 40, 48, 56, 64, 72, 80, 88, 96, 108, 120, 132, 144, 160, 176,
	196, 216, 240, 264, 292, 320, 352, 384, 416, 448, 480, 512, 544, 576, 608, 640, 672, 704, 736,
	768, 800, 832, 864, 896, 928, 1024,
];
const LONG_32K = [
	0, 4, 8, 12, 16, 20, 24, 28, 32, 36, 40, 48, 56, 64, 72, 80, 88, 96, 108, 120, 132, 144, 160, 176,
	196, 216, 240, 264, 292, 320, 352, 384, 416, 448, 480, 512, 544, 576, 608, 640, 672, 704, 736,
	768, 800, 832, 864, 896, 928, 960, 992, 1024,
];
const LONG_24K = [
	0, 4, 8, 12, 16, 20, 24, 28, 32, 36, 40, 44, 52, 60, 68, 76, 84, 92, 100, 108, 116, 124, 136, 148,
	160, 172, 188, 204, 220, 240, 260, 284, 308, 336, 364, 396, 432, 468, 508, 552, 600, 652, 704,
	768, 832, 896, 960, 1024,
];
const LONG_16K = [
	0, 8, 16, 24, 32, 40, 48, 56, 64, 72, 80, 88, 100, 112, 124, 136, 148, 160, 172, 184, 196, 212,
	228, 244, 260, 280, 300, 320, 344, 368, 396, 424, 456, 492, 532, 572, 616, 664, 716, 772, 832,
	896, 960, 1024,
];
const LONG_8K = [
	0, 12, 24, 36, 48, 60, 72, 84, 96, 108, 120, 132, 144, 156, 172, 188, 204, 220, 236, 252, 268,
	288, 308, 328, 348, 372, 396, 420, 448, 476, 508, 544, 580, 620, 664, 712, 764, 820, 880, 944,
	1024,
];
const SHORT_64K = [0, 4, 8, 12, 16, 20, 24, 32, 40, 48, 64, 92, 128];
const SHORT_48K = [0, 4, 8, 12, 16, 20, 28, 36, 44, 56, 68, 80, 96, 112, 128];
const SHORT_24K = [0, 4, 8, 12, 16, 20, 24, 28, 36, 44, 52, 64, 76, 92, 108, 128];
const SHORT_16K = [0, 4, 8, 12, 16, 20, 24, 28, 32, 40, 48, 60, 72, 88, 108, 128];
const SHORT_8K = [0, 4, 8, 12, 16, 20, 24, 28, 36, 44, 52, 60, 72, 88, 108, 128];
const LONG_BANDS = [
	LONG_96K,
	LONG_96K,
	LONG_64K,
	LONG_48K,
	LONG_48K,
	LONG_32K,
	LONG_24K,
	LONG_24K,
	LONG_16K,
	LONG_16K,
	LONG_16K,
	LONG_8K,
	LONG_8K,
];
const SHORT_BANDS = [
	SHORT_64K,
	SHORT_64K,
	SHORT_64K,
	SHORT_48K,
	SHORT_48K,
	SHORT_48K,
	SHORT_24K,
	SHORT_24K,
	SHORT_16K,
	SHORT_16K,
	SHORT_16K,
	SHORT_8K,
	SHORT_8K,
];
const LONG_TNS_LIMITS = [31, 31, 34, 40, 42, 51, 46, 46, 42, 42, 42, 39, 39];
const SHORT_TNS_LIMITS = [9, 9, 10, 14, 14, 14, 14, 14, 14, 14, 14, 14, 14];
