import { BitReader } from './bitReader';
import { codedBlocks, type BlockCodec } from './blocks';
import type { Codec } from './codec';
import { LsbBitReader } from './lsbBitReader';

const FRAME_SAMPLES = 160;
const SUBFRAMES = 4;
const SUBFRAME_SAMPLES = 40;
const MAX_LAG = 120;
const MIN_LAG = 40;
const PULSES = 13;
const ORDER = 8;

/** Table 4.1: for each log. area ratio its bits, smallest code, B and 1/A. */
const LAR_BITS = [6, 6, 5, 5, 4, 4, 3, 3];
const LAR_MIN = [-32, -32, -16, -16, -8, -8, -4, -4];
const LAR_B = [0, 0, 2048, -2560, 94, -1792, -341, -1144];
const LAR_INVERSE_A = [13107, 13107, 13107, 13107, 19223, 17476, 31454, 29708];
/** Table 4.3b: the gain of the long-term predictor. */
const LTP_GAINS = [3277, 11469, 21299, 32767];
/** Table 4.6: normalised direct mantissa. */
const MANTISSAS = [18431, 20479, 22527, 24575, 26623, 28671, 30719, 32767];
/** Where within a frame the mix of the old and the new log. area ratios changes (5.3.2). */
const LAR_STRETCHES: readonly (readonly [from: number, to: number])[] = [
	[0, 13],
	[13, 27],
	[27, 40],
	[40, 160],
];
const DEEMPHASIS = 28180;

/**
 * GSM full rate (ETSI EN 300 961, GSM 06.10), in blocks of one frame of 33 bytes as QuickTime and AIFF-C
 * have it, or of two frames in 65 bytes as WAV does ("WAV49"). Bit-exact, as the standard demands.
 */
export const gsm: Codec = (parameters) =>
	codedBlocks(parameters, () => {
		const packing = PACKINGS.find(({ blockBytes }) => blockBytes === parameters.blockBytes);
		return packing && parameters.channels === 1 ? framesIn(packing) : undefined;
	});

/** Reads the numbers of frames one after the other. */
interface NumberReader {
	read(bits: number): number;
}

/** How frames are packed into blocks. */
interface Packing {
	blockBytes: number;
	frames: number;
	open: (block: Uint8Array) => NumberReader;
}

/** A signature in front of each frame, which fills it up to 33 bytes. */
const MARK_BITS = 4;

const PACKINGS: Packing[] = [
	{
		blockBytes: 33,
		frames: 1,
		open(block) {
			const bits = new BitReader('a GSM frame');
			bits.load(block);
			bits.skip(MARK_BITS);
			return bits;
		},
	},
	{
		blockBytes: 65,
		frames: 2,
		open(block) {
			const bits = new LsbBitReader();
			bits.open(block);
			return bits;
		},
	},
];

function framesIn({ blockBytes, frames, open }: Packing): BlockCodec {
	const decoder = new GsmDecoder();
	return {
		blockBytes,
		samplesIn: (bytes) => Math.floor(bytes / blockBytes) * frames * FRAME_SAMPLES,
		decode(bytes, samples) {
			let filled = 0;
			for (let at = 0; at + blockBytes <= bytes.length; at += blockBytes) {
				const bits = open(bytes.subarray(at, at + blockBytes));
				for (let frame = 0; frame < frames; frame++, filled += FRAME_SAMPLES) {
					decoder.decodeFrame(bits, samples.subarray(filled));
				}
			}
		},
	};
}

/** The decoder of section 5.3, in its 16-bit arithmetic with saturation. */
class GsmDecoder {
	/** The short-term residual: 120 samples of the past, then the frame's. */
	private readonly residual = new Int16Array(MAX_LAG + FRAME_SAMPLES);
	/** Log. area ratios of this frame and of the one before. */
	private ratios = new Int32Array(ORDER);
	private lastRatios = new Int32Array(ORDER);
	private readonly reflection = new Int32Array(ORDER);
	private readonly lattice = new Int32Array(ORDER + 1);
	private readonly pulses = new Int32Array(SUBFRAME_SAMPLES);
	private lag = MIN_LAG;
	private emphasis = 0;

	decodeFrame(bits: NumberReader, samples: Float32Array): void {
		[this.ratios, this.lastRatios] = [this.lastRatios, this.ratios];
		for (let index = 0; index < ORDER; index++) this.ratios[index] = readRatio(bits, index);
		this.residual.copyWithin(0, FRAME_SAMPLES);
		for (let subframe = 0; subframe < SUBFRAMES; subframe++) {
			this.decodeSubframe(bits, MAX_LAG + subframe * SUBFRAME_SAMPLES);
		}
		for (const [stretch, [from, to]] of LAR_STRETCHES.entries()) {
			this.mixReflection(stretch);
			this.synthesize(from, to, samples);
		}
	}

	/** Long-term synthesis (5.3.1, 4.3) of the regular pulse excitation. */
	private decodeSubframe(bits: NumberReader, at: number): void {
		const lag = bits.read(7);
		const gain = LTP_GAINS[bits.read(2)]!;
		const { residual, pulses } = this;
		readPulses(bits, pulses);
		if (lag >= MIN_LAG && lag <= MAX_LAG) this.lag = lag;
		for (let index = 0; index < SUBFRAME_SAMPLES; index++) {
			const predicted = multiply(gain, residual[at + index - this.lag]!);
			residual[at + index] = saturate(pulses[index]! + predicted);
		}
	}

	private mixReflection(stretch: number): void {
		for (let index = 0; index < ORDER; index++) {
			const now = this.ratios[index]!;
			const before = this.lastRatios[index]!;
			const mixed =
				stretch === 0
					? saturate(saturate((before >> 2) + (now >> 2)) + (before >> 1))
					: stretch === 1
						? saturate((before >> 1) + (now >> 1))
						: stretch === 2
							? saturate(saturate((before >> 2) + (now >> 2)) + (now >> 1))
							: now;
			this.reflection[index] = toReflection(mixed);
		}
	}

	/** Short-term synthesis (5.3.3) and de-emphasis (5.3.4). */
	private synthesize(from: number, to: number, samples: Float32Array): void {
		const { residual, reflection, lattice } = this;
		let emphasis = this.emphasis;
		for (let index = from; index < to; index++) {
			let value = residual[MAX_LAG + index]!;
			for (let stage = ORDER - 1; stage >= 0; stage--) {
				const coefficient = reflection[stage]!;
				value = saturate(value - multiply(coefficient, lattice[stage]!));
				lattice[stage + 1] = saturate(lattice[stage]! + multiply(coefficient, value));
			}
			lattice[0] = value;
			emphasis = saturate(value + multiply(emphasis, DEEMPHASIS));
			// The lowest three of sixteen bits are left out.
			samples[index] = (saturate(2 * emphasis) & ~7) / 0x8000;
		}
		this.emphasis = emphasis;
	}
}

/** Decoding of a coded log. area ratio (5.2.8). */
function readRatio(bits: NumberReader, index: number): number {
	const shifted = (bits.read(LAR_BITS[index]!) + LAR_MIN[index]!) << 10;
	const ratio = multiply(LAR_INVERSE_A[index]!, saturate(shifted - LAR_B[index]! * 2));
	return saturate(2 * ratio);
}

/** From a log. area ratio to a reflection coefficient (5.2.9.2). */
function toReflection(ratio: number): number {
	const size = Math.min(Math.abs(ratio), 32767);
	const coefficient =
		size < 11059 ? size << 1 : size < 20070 ? size + 11059 : saturate((size >> 2) + 26112);
	return ratio < 0 ? -coefficient : coefficient;
}

/** Inverse adaptive PCM and the grid on which its pulses lie (5.2.15 to 5.2.17). */
function readPulses(bits: NumberReader, pulses: Int32Array): void {
	const grid = bits.read(2);
	const maximum = bits.read(6);
	let exponent = maximum > 15 ? (maximum >> 3) - 1 : 0;
	let mantissa = maximum - (exponent << 3);
	if (mantissa === 0) {
		exponent = -4;
		mantissa = 7;
	} else {
		while (mantissa <= 7) {
			mantissa = (mantissa << 1) | 1;
			exponent--;
		}
		mantissa -= 8;
	}
	const shift = 6 - exponent;
	const rounding = shift > 0 ? 1 << (shift - 1) : 0;
	pulses.fill(0);
	for (let index = 0; index < PULSES; index++) {
		const code = ((bits.read(3) << 1) - 7) << 12;
		pulses[grid + 3 * index] = saturate(multiply(MANTISSAS[mantissa]!, code) + rounding) >> shift;
	}
}

/** `mult_r` of section 5.1: a product of fractions, rounded. */
function multiply(a: number, b: number): number {
	return saturate((a * b + 0x4000) >> 15);
}

function saturate(value: number): number {
	return value > 32767 ? 32767 : value < -32768 ? -32768 : value;
}
