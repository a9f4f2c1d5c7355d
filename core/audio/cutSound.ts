import { cutPcm, type Limits, type Piece } from './cut';
import { readParameters } from './codecs';
import { TruncatedAudioError } from './errors';
import type { Cuttable } from './formats';
import { cutMp3Packets } from './formats/mp3/cutPackets';
import type { PcmBlock } from './pcm';
import { Resampler } from './resample/resampler';
import { withYields, type Yielder } from './source/yielding';
import type { PacketTrack } from './track/packets';
import { playTrack } from './track/playTrack';
import { RepeatedPackets } from './track/repeatedPackets';

/** Decoded sound is sent at this rate: ample for speech recognition. */
const SAMPLE_RATE = 16_000;

/**
 * Pieces the service accepts: cut from sound it takes as it is, or decoded and resampled to WAV.
 *
 * @throws UnreadableAudioError when nothing can be read
 * @throws TruncatedAudioError after the last piece of a recording that breaks off
 */
export function cutSound(
	sound: PacketTrack | Cuttable,
	limits: Limits,
	yielder: Yielder,
): AsyncIterable<Piece> {
	if ('cut' in sound) return sound.cut(limits);
	if (sound.parameters.codec === 'mp3') return cutMp3Packets(sound, limits);
	const repeated = new RepeatedPackets();
	const blocks = repeated.counted(playTrack(sound, repeated.watch(readParameters)));
	return cutPcm(resampled(withYields(blocks, yielder)), limits, (start, end) =>
		repeated.cover(start, end),
	);
}

async function* resampled(blocks: AsyncIterable<PcmBlock>): AsyncGenerator<PcmBlock> {
	let resampler: Resampler | undefined;
	let truncation: TruncatedAudioError | undefined;
	try {
		for await (const { samples, sampleRate } of blocks) {
			resampler ??= new Resampler(sampleRate, SAMPLE_RATE);
			yield { samples: resampler.push(samples), sampleRate: SAMPLE_RATE };
		}
	} catch (error) {
		if (!(error instanceof TruncatedAudioError)) throw error;
		truncation = error;
	}
	if (resampler) yield { samples: resampler.flush(), sampleRate: SAMPLE_RATE };
	if (truncation) throw truncation;
}
