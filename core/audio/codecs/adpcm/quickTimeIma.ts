import { codedBlocks, type BlockCodec } from '../blocks';
import type { Codec } from '../codec';
import { clamp16, LAST_STEP, nextStep, STEPS } from './imaSteps';

const PACKET_BYTES = 34;
const HEADER_BYTES = 2;
const PACKET_SAMPLES = 64;

/** IMA ADPCM as QuickTime and AIFF-C have it (Apple Technical Note TN1081, "ima4"): a packet per channel, 4 bits per sample. */
export const quickTimeIma: Codec = (parameters) =>
	codedBlocks(parameters, () => packetBlocks(parameters.channels));

function packetBlocks(channels: number): BlockCodec {
	const blockBytes = PACKET_BYTES * channels;
	const scale = 1 / (0x8000 * channels);
	const values = new Int32Array(channels);
	const steps = new Int32Array(channels).fill(-1);

	function decodePacket(view: DataView, at: number, channel: number, samples: Float32Array): void {
		const header = view.getInt16(at);
		const stated = header & ~0x7f;
		const statedStep = Math.min(header & 0x7f, LAST_STEP);
		// The header has the upper 9 bits only: the value decoded before is more precise where they agree.
		const isContinued =
			steps[channel] === statedStep && Math.abs(stated - values[channel]!) <= 0x7f;
		let value = isContinued ? values[channel]! : stated;
		let step = statedStep;
		for (let index = 0; index < PACKET_SAMPLES; index++) {
			const byte = view.getUint8(at + HEADER_BYTES + (index >> 1));
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
		samplesIn: (bytes) => Math.floor(bytes / blockBytes) * PACKET_SAMPLES,
		decode(bytes, samples) {
			const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
			const blocks = Math.floor(bytes.length / blockBytes);
			for (let block = 0; block < blocks; block++) {
				const room = samples.subarray(block * PACKET_SAMPLES);
				for (let channel = 0; channel < channels; channel++) {
					const at = block * blockBytes + channel * PACKET_BYTES;
					decodePacket(view, at, channel, room);
				}
			}
		},
	};
}
