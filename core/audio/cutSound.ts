import { cutPcm, type Limits, type Piece } from './cut';
import { readParameters } from './codecs';
import { TruncatedAudioError } from './errors';
import type { Cuttable } from './formats';
import { cutMp3Packets } from './formats/mp3/cutPackets';
import type { PcmBlock, Silence } from './pcm';
import { Resampler } from './resample/resampler';
import { withYields, type Yielder } from '../flow/yielder';
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
	const blocks = repeated.counted(playTrack(sound, yielder, repeated.watch(readParameters)));
	return cutPcm(withYields(resampled(blocks), yielder), limits, (start, end) =>
		repeated.cover(start, end),
	);
}

async function* resampled(blocks: AsyncIterable<PcmBlock | Silence>): AsyncGenerator<PcmBlock> {
	let resampler: Resampler | undefined;
	let truncation: TruncatedAudioError | undefined;
	try {
		for await (const block of blocks) {
			resampler ??= new Resampler(block.sampleRate, SAMPLE_RATE);
			if ('samples' in block) {
				yield { samples: resampler.push(block.samples), sampleRate: SAMPLE_RATE };
			} else {
				const { samples, silence } = resampler.skip(block.silence);
				yield { samples, sampleRate: SAMPLE_RATE };
				yield* silentBlocks(silence);
			}
		}
	} catch (error) {
		if (!(error instanceof TruncatedAudioError)) throw error;
		truncation = error;
	}
	if (resampler) yield { samples: resampler.flush(), sampleRate: SAMPLE_RATE };
	if (truncation) throw truncation;
}

const SILENT = new Float32Array(8192);

function* silentBlocks(count: number): Generator<PcmBlock> {
	for (let left = count; left > 0; left -= SILENT.length) {
		yield { samples: SILENT.subarray(0, left), sampleRate: SAMPLE_RATE };
	}
}
