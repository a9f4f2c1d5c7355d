import { DamagedAudioError, TruncatedAudioError } from '../../errors';
import type { StreamInfo } from '../../streamInfo';
import { type PcmBlock } from '../../pcm';
import type { ByteSource } from '../../source/bytes';
import { BLOCK_SAMPLES, CRC_BYTES, AdtsFrames } from './frames';
import { channelsOf } from '../../codecs/aac/audioSpecificConfig';
import { AacDecoder } from '../../codecs/aac/decoder';

const BLOCKS_PER_YIELD = 8;
/** When so many cannot be decoded in the beginning, none ever will. */
const MAX_DAMAGED_AHEAD = 64;

/**
 * Reads what an ADTS file (`.aac`; ISO/IEC 14496-3, 1.A.3) holds by counting its frames. Sample rate
 * and channels are those of the AAC-LC core, also where HE-AAC is wrapped around it.
 *
 * @throws DamagedAudioError when there are no frames, or when they are in a profile other than LC
 */
export async function inspectAdts(source: ByteSource): Promise<StreamInfo> {
	const frames = await AdtsFrames.find(source);
	const { first } = frames;
	const decoder = new AacDecoder(first);
	const channels =
		channelsOf(first.channelConfiguration) ||
		tryDecode(decoder, await frames.payload(first))?.length;
	let blocks = 0;
	let bytes = 0;
	for await (const frame of frames) {
		blocks += frame.blocks;
		bytes += frame.size;
	}
	const { sampleRate } = decoder;
	const duration = (blocks * BLOCK_SAMPLES) / sampleRate;
	return {
		codec: 'aac',
		channels: channels ?? 1,
		sampleRate,
		duration,
		bitRate: Math.round((bytes * 8) / duration),
	};
}

/**
 * Decodes an ADTS file to mono at the core's sample rate. Damaged frames fade out and in again (at
 * the beginning they are left out); that is told at the end.
 *
 * @throws DamagedAudioError when nothing can be decoded
 * @throws TruncatedAudioError at the end, when frames are damaged, cut off or missing
 */
export async function* decodeAdts(source: ByteSource): AsyncGenerator<PcmBlock> {
	const frames = await AdtsFrames.find(source);
	const decoder = new AacDecoder(frames.first, { isMono: true });
	const { sampleRate } = decoder;
	const samples = new Float32Array(BLOCKS_PER_YIELD * BLOCK_SAMPLES);
	let filled = 0;
	let decoded = 0;
	let damaged = 0;
	for await (const frame of frames) {
		let rest = await frames.payload(frame);
		for (let block = 0; block < frame.blocks; block++) {
			const output = tryDecode(decoder, rest)?.[0];
			if (output) decoded++;
			else damaged++;
			// Behind a damaged block nobody knows where the next one begins.
			rest = rest.subarray(
				output ? decoder.consumedBytes + (frame.hasCrc ? CRC_BYTES : 0) : rest.length,
			);
			if (decoded === 0 && damaged === MAX_DAMAGED_AHEAD) throw undecodable();
			if (decoded === 0) continue;
			copyLimited(output ?? decoder.conceal()[0]!, samples, filled);
			filled += BLOCK_SAMPLES;
			if (filled === samples.length) {
				yield { samples, sampleRate };
				filled = 0;
			}
		}
	}
	if (decoded === 0) throw undecodable();
	if (filled > 0) yield { samples: samples.subarray(0, filled), sampleRate };
	if (damaged > 0) {
		throw new TruncatedAudioError(`${damaged} of its ${damaged + decoded} AAC frames are damaged`);
	}
	frames.assertComplete();
}

function undecodable(): DamagedAudioError {
	return new DamagedAudioError('none of its AAC frames can be decoded');
}

/** Copies samples as 16-bit ones would be stored: loud ones end at ±1. */
function copyLimited(from: Float32Array, to: Float32Array, offset: number): void {
	for (let n = 0; n < from.length; n++) {
		const sample = from[n]!;
		to[offset + n] = sample > 1 ? 1 : sample < -1 ? -1 : sample;
	}
}

function tryDecode(decoder: AacDecoder, block: Uint8Array): Float32Array[] | undefined {
	try {
		return decoder.decode(block);
	} catch (error) {
		if (error instanceof DamagedAudioError) return undefined;
		throw error;
	}
}
