import { codedBlocks, singleBlocks, type BlockCodec } from '../blocks';
import type { Codec } from '../codec';

type Coefficients = readonly (readonly [number, number])[];

/** Pairs of predictor coefficients, in 1/256, that every file has and hardly any adds to. */
const STANDARD_COEFFICIENTS: Coefficients = [
	[256, 0],
	[512, -256],
	[0, 0],
	[192, 64],
	[240, 0],
	[460, -208],
	[392, -232],
];

/** How a code changes the step size, in 1/256. */
const ADAPTATION = Int32Array.of(
	...[230, 230, 230, 230, 307, 409, 512, 614],
	...[768, 614, 512, 409, 307, 230, 230, 230],
);
const MIN_STEP = 16;
/** Larger ones only come from damage; their products still fit in 32 bits. */
const MAX_STEP = Math.floor(0x7fffffff / 768);

const HEADER_BYTES = 7;
const HEADER_SAMPLES = 2;

/** Samples per channel in a block (or what is left of one). */
function blockSamplesIn(bytes: number, channels: number): number {
	const codes = (bytes - HEADER_BYTES * channels) * 2;
	return codes < 0 ? 0 : HEADER_SAMPLES + Math.floor(codes / channels);
}

/**
 * Microsoft ADPCM ("New Multimedia Data Types and Data Techniques", 1994), 4 bits per sample; `config`
 * holds what follows WAVEFORMATEX: samples per block, a count, and that many pairs of coefficients.
 */
export const microsoftAdpcm: Codec = (parameters) =>
	codedBlocks(parameters, () => {
		const { blockBytes = 0, channels, config } = parameters;
		const isPossible = blockSamplesIn(blockBytes, channels) > 0;
		return isPossible ? blocksOf(blockBytes, channels, coefficientsIn(config)) : undefined;
	});

function coefficientsIn(config: Uint8Array): Coefficients {
	const view = new DataView(config.buffer, config.byteOffset, config.byteLength);
	const count = config.length < 4 ? 0 : view.getUint16(2, true);
	if (count === 0 || 4 + 4 * count > config.length) return STANDARD_COEFFICIENTS;
	return Array.from({ length: count }, (_, index) => [
		view.getInt16(4 + 4 * index, true),
		view.getInt16(6 + 4 * index, true),
	]);
}

function blocksOf(blockBytes: number, channels: number, coefficients: Coefficients): BlockCodec {
	const scale = 1 / (0x8000 * channels);

	function decodeBlock(view: DataView, at: number, end: number, samples: Float32Array): number {
		const count = blockSamplesIn(end - at, channels);
		if (count === 0) return 0;
		const codesAt = at + HEADER_BYTES * channels;
		for (let channel = 0; channel < channels; channel++) {
			const [first, second] = coefficients[view.getUint8(at + channel)] ?? [0, 0];
			const wordsAt = at + channels + 2 * channel;
			let step = view.getInt16(wordsAt, true);
			let last = view.getInt16(wordsAt + 2 * channels, true);
			let previous = view.getInt16(wordsAt + 4 * channels, true);
			samples[0]! += previous * scale;
			samples[1]! += last * scale;
			for (let index = HEADER_SAMPLES, nibble = channel; index < count; index++) {
				const byte = view.getUint8(codesAt + (nibble >> 1));
				const code = nibble & 1 ? byte & 15 : byte >> 4;
				nibble += channels;
				const predicted = Math.trunc((last * first + previous * second) / 256);
				const value = predicted + (code > 7 ? code - 16 : code) * step;
				previous = last;
				last = value > 32767 ? 32767 : value < -32768 ? -32768 : value;
				step = Math.min(Math.max((ADAPTATION[code]! * step) >> 8, MIN_STEP), MAX_STEP);
				samples[index]! += last * scale;
			}
		}
		return count;
	}

	return singleBlocks(blockBytes, (bytes) => blockSamplesIn(bytes, channels), decodeBlock);
}
