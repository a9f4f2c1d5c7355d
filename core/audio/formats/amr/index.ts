import { DamagedAudioError, TruncatedAudioError } from '../../errors';
import type { StreamInfo } from '../../streamInfo';
import { type PcmBlock } from '../../pcm';
import type { ByteSource } from '../../source/bytes';
import { AmrDecoder } from '../../codecs/amr/decoder';
import { FRAMES_PER_SECOND, readAmrFrames, readAmrKind } from '../../codecs/amr/frames';

/** Frames in a block: a second at most. */
const BLOCK_FRAMES = { amr_nb: 50, amr_wb: 25 };

/**
 * Reads what an AMR file holds (RFC 4867, 5) by counting its frames: it states nothing else.
 *
 * @throws DamagedAudioError when there is no frame
 */
export async function inspectAmr(source: ByteSource): Promise<StreamInfo> {
	const kind = await readAmrKind(source);
	let frames = 0;
	let bytes = 0;
	try {
		for await (const batch of readAmrFrames(source, kind)) {
			frames += batch.length;
			for (const { length } of batch) bytes += length;
		}
	} catch (error) {
		// What comes before the break can be decoded.
		if (!(error instanceof TruncatedAudioError)) throw error;
	}
	if (frames === 0) throw new DamagedAudioError('it has no AMR frames');
	const duration = frames / FRAMES_PER_SECOND;
	return {
		codec: kind.codec,
		channels: 1,
		sampleRate: kind.sampleRate,
		duration,
		bitRate: Math.round((bytes * 8) / duration),
	};
}

/**
 * Decodes AMR-NB (8 kHz) or AMR-WB (16 kHz).
 *
 * @throws DamagedAudioError when there is no frame
 * @throws TruncatedAudioError behind the last block when the file breaks or ends inside a frame
 */
export async function* decodeAmr(source: ByteSource): AsyncGenerator<PcmBlock> {
	const kind = await readAmrKind(source);
	const decoder = await AmrDecoder.create(kind);
	const { sampleRate } = kind;
	const blockFrames = BLOCK_FRAMES[kind.codec];
	let isEmpty = true;
	try {
		for await (const frames of readAmrFrames(source, kind)) {
			for (let at = 0; at < frames.length; at += blockFrames) {
				const samples = decoder.decode(frames.slice(at, at + blockFrames));
				isEmpty = false;
				yield { samples, sampleRate };
			}
		}
	} catch (error) {
		if (isEmpty && error instanceof TruncatedAudioError) {
			throw new DamagedAudioError('it has no AMR frames');
		}
		throw error;
	}
	if (isEmpty) throw new DamagedAudioError('it has no AMR frames');
}
