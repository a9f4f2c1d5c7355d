import { codedBlocks, type BlockCodec } from './blocks';
import type { Codec, PcmLayout } from './codec';

/** Uncompressed sound, integers and floats of any width; `pcm` says how it is written. */
export const pcm: Codec = (parameters) =>
	codedBlocks(parameters, () => {
		const { pcm: layout, channels } = parameters;
		const reader = layout && sampleReader(layout);
		return reader && interleaved(reader, layout.bytes, channels);
	});

/** One sample, -1 to 1, from where it begins. */
export type SampleReader = (view: DataView, offset: number) => number;

function sampleReader({
	bytes,
	isFloat,
	isLittleEndian,
	isUnsigned,
}: PcmLayout): SampleReader | undefined {
	if (isFloat) return floatReader(bytes, isLittleEndian);
	return isUnsigned && bytes === 1 ? unsigned8Reader : integerReader(bytes, isLittleEndian);
}

/** Signed integers, by their number of bytes, most significant byte last or first. */
function integerReader(bytes: number, isLittleEndian: boolean): SampleReader | undefined {
	const le = isLittleEndian;
	switch (bytes) {
		case 1:
			return (view, offset) => view.getInt8(offset) / 0x80;
		case 2:
			return (view, offset) => view.getInt16(offset, le) / 0x8000;
		case 3:
			return le
				? (view, at) => (view.getUint8(at) | (view.getInt16(at + 1, true) << 8)) / 0x800000
				: (view, at) => ((view.getInt16(at) << 8) | view.getUint8(at + 2)) / 0x800000;
		case 4:
			return (view, offset) => view.getInt32(offset, le) / 0x80000000;
		case 8:
			// The other 32 bits lie far below the precision of a float.
			return (view, offset) => view.getInt32(le ? offset + 4 : offset, le) / 0x80000000;
		default:
			return undefined;
	}
}

/** IEEE 754 numbers of 4 or 8 bytes. */
function floatReader(bytes: number, isLittleEndian: boolean): SampleReader | undefined {
	if (bytes === 4) return (view, offset) => view.getFloat32(offset, isLittleEndian);
	if (bytes === 8) return (view, offset) => view.getFloat64(offset, isLittleEndian);
	return undefined;
}

/** Eight unsigned bits. */
const unsigned8Reader: SampleReader = (view, offset) => (view.getUint8(offset) - 0x80) / 0x80;

/** Channels that take turns, sample by sample, each in as many bytes as any other. */
export function interleaved(
	readSample: SampleReader,
	sampleBytes: number,
	channels: number,
): BlockCodec {
	const blockBytes = sampleBytes * channels;
	return {
		blockBytes,
		samplesIn: (bytes) => Math.floor(bytes / blockBytes),
		decode(bytes, samples) {
			const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
			for (let index = 0, offset = 0; index < samples.length; index++) {
				let sum = 0;
				for (let channel = 0; channel < channels; channel++, offset += sampleBytes) {
					sum += readSample(view, offset);
				}
				samples[index] = toSample(sum / channels);
			}
		},
	};
}

/** Floats may be louder than full scale, and even NaN. */
function toSample(value: number): number {
	if (value > 1) return 1;
	if (value < -1) return -1;
	return value === value ? value : 0;
}
