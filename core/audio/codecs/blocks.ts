import { UnsupportedAudioError } from '../errors';
import type { CodecParameters, CodedSound, Decoder } from './codec';

/** A codec whose blocks all have one size; a packet holds any number of them, and all channels. */
export interface BlockCodec {
	/** Of a block, all channels. */
	blockBytes: number;
	/** Samples per channel in the given number of bytes of consecutive blocks, of which the last may be cut short. */
	samplesIn(bytes: number): number;
	/**
	 * Decodes consecutive blocks to the mean of their channels.
	 *
	 * @param samples room for all of them, -1 to 1; zero before
	 */
	decode(bytes: Uint8Array, samples: Float32Array): void;
}

/**
 * The sound of a block codec.
 *
 * @param make a decoder; undefined for parameters that nobody writes
 * @throws UnsupportedAudioError in that case
 */
export function codedBlocks(
	{ codec, channels, sampleRate }: CodecParameters,
	make: () => BlockCodec | undefined,
): CodedSound {
	const blocks = make();
	if (!blocks) throw new UnsupportedAudioError(`its sound is an unusual kind of "${codec}"`);
	return {
		channels,
		sampleRate,
		preSkip: 0,
		duration: (packets) => countSamples(blocks, packets) / sampleRate,
		samplesInBytes: (bytes) => blocks.samplesIn(bytes),
		// Decoders keep state: each has blocks of its own.
		open: async () => new BlockDecoder(make()!, sampleRate),
	};
}

/**
 * Blocks of one size that are decoded one by one.
 *
 * @param samplesIn a block, or what is left of one, of a given number of bytes
 * @param decodeBlock decodes what lies from a byte to another, and returns how many samples that gave
 */
export function singleBlocks(
	blockBytes: number,
	samplesIn: (bytes: number) => number,
	decodeBlock: (view: DataView, from: number, to: number, samples: Float32Array) => number,
): BlockCodec {
	const blockSamples = samplesIn(blockBytes);
	return {
		blockBytes,
		samplesIn: (bytes) =>
			Math.floor(bytes / blockBytes) * blockSamples + samplesIn(bytes % blockBytes),
		decode(bytes, samples) {
			const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
			let count = 0;
			for (let at = 0; at < bytes.length; at += blockBytes) {
				const end = Math.min(at + blockBytes, bytes.length);
				count += decodeBlock(view, at, end, samples.subarray(count));
			}
		},
	};
}

/** A few milliseconds of work, whatever the codec. */
const PART_BYTES = 16 * 1024;

class BlockDecoder implements Decoder {
	readonly partBytes: number;
	private samples = new Float32Array(0);

	constructor(
		private readonly blocks: BlockCodec,
		readonly sampleRate: number,
	) {
		const { blockBytes } = blocks;
		this.partBytes = Math.max(1, Math.floor(PART_BYTES / blockBytes)) * blockBytes;
	}

	samplesIn(packets: readonly Uint8Array[]): number {
		return countSamples(this.blocks, packets);
	}

	decode(packet: Uint8Array): Float32Array[] {
		const count = this.blocks.samplesIn(packet.length);
		if (this.samples.length < count) this.samples = new Float32Array(count);
		const samples = this.samples.subarray(0, count).fill(0);
		this.blocks.decode(packet, samples);
		return [samples];
	}
}

function countSamples(blocks: BlockCodec, packets: readonly Uint8Array[]): number {
	return packets.reduce((sum, { length }) => sum + blocks.samplesIn(length), 0);
}
