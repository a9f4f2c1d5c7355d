import type { BlockCodec } from '../blocks';

/** IMA Digital Audio Focus and Technical Working Group (1992): step sizes, and how a code moves between them. */
const STEPS = Int32Array.of(
	...[7, 8, 9, 10, 11, 12, 13, 14, 16, 17, 19, 21, 23, 25, 28, 31, 34, 37, 41, 45, 50, 55],
	...[60, 66, 73, 80, 88, 97, 107, 118, 130, 143, 157, 173, 190, 209, 230, 253, 279, 307, 337],
	...[371, 408, 449, 494, 544, 598, 658, 724, 796, 876, 963, 1060, 1166, 1282, 1411, 1552, 1707],
	...[1878, 2066, 2272, 2499, 2749, 3024, 3327, 3660, 4026, 4428, 4871, 5358, 5894, 6484, 7132],
	...[7845, 8630, 9493, 10442, 11487, 12635, 13899, 15289, 16818, 18500, 20350, 22385, 24623],
	...[27086, 29794, 32767],
);
const STEP_CHANGES = Int32Array.of(-1, -1, -1, -1, 2, 4, 6, 8, -1, -1, -1, -1, 2, 4, 6, 8);
const LAST_STEP = STEPS.length - 1;

const WAV_HEADER_BYTES = 4;
const WAV_GROUP_BYTES = 4;
const WAV_GROUP_SAMPLES = 8;

const QUICKTIME_PACKET_BYTES = 34;
const QUICKTIME_HEADER_BYTES = 2;
const QUICKTIME_PACKET_SAMPLES = 64;

/** Samples per channel in a block (or what is left of one) of IMA ADPCM as WAV has it. */
export function imaBlockSamples(bytes: number, channels: number): number {
	const groups = Math.floor((bytes - WAV_HEADER_BYTES * channels) / (WAV_GROUP_BYTES * channels));
	return groups < 0 ? 0 : 1 + groups * WAV_GROUP_SAMPLES;
}

/** IMA ADPCM as WAV has it (Microsoft, "New Multimedia Data Types", DVI ADPCM), 4 bits a sample. */
export function imaAdpcm(blockBytes: number, channels: number): BlockCodec {
	const blockSamples = imaBlockSamples(blockBytes, channels);
	const scale = 1 / (0x8000 * channels);

	function decodeBlock(view: DataView, at: number, end: number, samples: Float32Array): number {
		const count = imaBlockSamples(end - at, channels);
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

	return {
		blockBytes,
		blockSamples,
		decode(bytes, samples) {
			const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
			let count = 0;
			for (let at = 0; at < bytes.length; at += blockBytes) {
				const end = Math.min(at + blockBytes, bytes.length);
				count += decodeBlock(view, at, end, samples.subarray(count));
			}
			return count;
		},
	};
}

/** IMA ADPCM as AIFF-C has it (Apple Technical Note TN1081, "ima4"): a packet a channel, 4 bits a sample. */
export function quickTimeIma(channels: number): BlockCodec {
	const blockBytes = QUICKTIME_PACKET_BYTES * channels;
	const scale = 1 / (0x8000 * channels);
	const values = new Int32Array(channels);
	const steps = new Int32Array(channels).fill(-1);

	function decodePacket(view: DataView, at: number, channel: number, samples: Float32Array): void {
		const header = view.getInt16(at);
		const stated = header & ~0x7f;
		const statedStep = Math.min(header & 0x7f, LAST_STEP);
		// The header has the upper 9 bits only: what was decoded before is better where they agree.
		const isContinued =
			steps[channel] === statedStep && Math.abs(stated - values[channel]!) <= 0x7f;
		let value = isContinued ? values[channel]! : stated;
		let step = statedStep;
		for (let index = 0; index < QUICKTIME_PACKET_SAMPLES; index++) {
			const byte = view.getUint8(at + QUICKTIME_HEADER_BYTES + (index >> 1));
			const code = index & 1 ? byte >> 4 : byte & 15;
			const size = STEPS[step]!;
			let change = size >> 3;
			if (code & 4) change += size;
			if (code & 2) change += size >> 1;
			if (code & 1) change += size >> 2;
			value = clamp16(code & 8 ? value - change : value + change);
			step = nextStep(step, code);
			samples[index]! += value * scale;
		}
		values[channel] = value;
		steps[channel] = step;
	}

	return {
		blockBytes,
		blockSamples: QUICKTIME_PACKET_SAMPLES,
		decode(bytes, samples) {
			const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
			const blocks = Math.floor(bytes.length / blockBytes);
			for (let block = 0; block < blocks; block++) {
				const room = samples.subarray(block * QUICKTIME_PACKET_SAMPLES);
				for (let channel = 0; channel < channels; channel++) {
					const at = block * blockBytes + channel * QUICKTIME_PACKET_BYTES;
					decodePacket(view, at, channel, room);
				}
			}
			return blocks * QUICKTIME_PACKET_SAMPLES;
		},
	};
}

function nextStep(step: number, code: number): number {
	const next = step + STEP_CHANGES[code]!;
	return next < 0 ? 0 : next > LAST_STEP ? LAST_STEP : next;
}

function clamp16(value: number): number {
	return value > 32767 ? 32767 : value < -32768 ? -32768 : value;
}
