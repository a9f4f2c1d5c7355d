import { codedBlocks, singleBlocks, type BlockCodec } from '../blocks';
import type { Codec } from '../codec';
import { clamp16, LAST_STEP, nextStep, STEPS } from './imaSteps';

const WAV_HEADER_BYTES = 4;
const WAV_GROUP_BYTES = 4;
const WAV_GROUP_SAMPLES = 8;

/** IMA ADPCM as WAV has it (Microsoft, "New Multimedia Data Types", DVI ADPCM), 4 bits per sample. */
export const imaAdpcm: Codec = (parameters) =>
	codedBlocks(parameters, () => {
		const { blockBytes = 0, channels } = parameters;
		const isPossible = blockSamplesIn(blockBytes, channels) > 0;
		return isPossible ? wavBlocks(blockBytes, channels) : undefined;
	});

/** Samples per channel in a block (or what is left of one) of IMA ADPCM as WAV has it. */
function blockSamplesIn(bytes: number, channels: number): number {
	const groups = Math.floor((bytes - WAV_HEADER_BYTES * channels) / (WAV_GROUP_BYTES * channels));
	return groups < 0 ? 0 : 1 + groups * WAV_GROUP_SAMPLES;
}

function wavBlocks(blockBytes: number, channels: number): BlockCodec {
	const scale = 1 / (0x8000 * channels);

	function decodeBlock(view: DataView, at: number, end: number, samples: Float32Array): number {
		const count = blockSamplesIn(end - at, channels);
		if (count === 0) return 0;
		const groupsAt = at + WAV_HEADER_BYTES * channels;
		for (let channel = 0; channel < channels; channel++) {
			let value = view.getInt16(at + WAV_HEADER_BYTES * channel, true);
			let step = Math.min(view.getUint8(at + WAV_HEADER_BYTES * channel + 2), LAST_STEP);
			samples[0]! += value * scale;
			let codesAt = groupsAt + WAV_GROUP_BYTES * channel;
			for (let index = 1; index < count; codesAt += WAV_GROUP_BYTES * channels) {
				let codes = view.getUint32(codesAt, true);
				for (let code = 0; code < WAV_GROUP_SAMPLES; code++, codes >>>= 4) {
					const size = STEPS[step]!;
					const change = ((2 * (codes & 7) + 1) * size) >> 3;
					value = clamp16(codes & 8 ? value - change : value + change);
					step = nextStep(step, codes & 15);
					samples[index++]! += value * scale;
				}
			}
		}
		return count;
	}

	return singleBlocks(blockBytes, (bytes) => blockSamplesIn(bytes, channels), decodeBlock);
}
