import { DamagedAudioError, TruncatedAudioError } from '../errors';
import { type PcmBlock } from '../pcm';
import type { ByteSource } from '../source/bytes';

/** A codec whose blocks all have one size and need nothing but what came before them. */
export interface BlockCodec {
	/** Bytes of a block, all channels. */
	blockBytes: number;
	/** Samples of a block, per channel. */
	blockSamples: number;
	/**
	 * Decodes consecutive blocks, the last of which may be cut short, to the mean of their channels.
	 *
	 * @param samples room for all of them, -1 to 1; zero before
	 * @returns how many samples it filled in
	 */
	decode(bytes: Uint8Array, samples: Float32Array): number;
}

/** Where coded samples lie in a file. */
export interface BlockData {
	sampleRate: number;
	/** First byte in the source. */
	dataStart: number;
	/** Bytes that the source has. */
	dataBytes: number;
	/** Bytes that were promised and are not there. */
	missingBytes: number;
	/** Samples per channel; the last block may be filled up with more. */
	sampleCount: number;
}

/** Limits of what is read, and decoded, at once. */
const READ_BYTES = 64 * 1024;
const READ_SAMPLES = 32 * 1024;
const YIELD_SAMPLES = 8192;

/**
 * Decodes blocks from the first to the last.
 *
 * @throws DamagedAudioError when there is nothing to decode
 * @throws TruncatedAudioError behind the last sample of a file that was cut short
 */
export async function* decodeBlocks(
	source: ByteSource,
	{ sampleRate, dataStart, dataBytes, missingBytes, sampleCount }: BlockData,
	codec: BlockCodec,
): AsyncGenerator<PcmBlock> {
	const { blockBytes, blockSamples } = codec;
	const blocksPerRead = Math.max(
		1,
		Math.floor(Math.min(READ_BYTES / blockBytes, READ_SAMPLES / blockSamples)),
	);
	const readBytes = blocksPerRead * blockBytes;
	const decoded = new Float32Array(blocksPerRead * blockSamples);
	let remaining = sampleCount;
	let isShort = missingBytes > 0;
	for (let at = 0; at < dataBytes && remaining > 0; at += readBytes) {
		const expected = Math.min(readBytes, dataBytes - at);
		const bytes = await source.read(dataStart + at, expected);
		const count = Math.min(codec.decode(bytes, decoded.fill(0)), remaining);
		for (let from = 0; from < count; from += YIELD_SAMPLES) {
			yield { samples: decoded.subarray(from, Math.min(from + YIELD_SAMPLES, count)), sampleRate };
		}
		remaining -= count;
		if (bytes.length < expected) {
			isShort = true;
			break;
		}
	}
	if (remaining === sampleCount) throw new DamagedAudioError('it holds no sound');
	if (isShort) throw new TruncatedAudioError('the file ends before its sound does');
}
