import { UnsupportedAudioError } from '../../errors';
import type { StreamInfo } from '../../streamInfo';
import type { PcmBlock } from '../../pcm';
import { sliceSource, type ByteSource } from '../../source/bytes';
import { inspectMp3 } from '../mp3';
import { decodeBlocks, type BlockCodec } from '../../codecs/blocks';
import { readALaw, readMuLaw } from '../../codecs/g711';
import { gsmFullRate } from '../../codecs/gsm';
import { imaAdpcm } from '../../codecs/adpcm/ima';
import { readWavLayout, type WavLayout } from './layout';
import { msAdpcm } from '../../codecs/adpcm/microsoft';
import { floatReader, integerReader, interleaved, unsigned8Reader } from '../../codecs/pcm';

export { readWavLayout, type WavLayout } from './layout';

/**
 * Reads what a WAV file says of its audio, without decoding.
 *
 * @throws DamagedAudioError when there is no usable `fmt ` or `data` chunk
 */
export async function inspectWav(source: ByteSource): Promise<StreamInfo> {
	const layout = await readWavLayout(source);
	const { codec, channels, sampleRate, byteRate, blockAlign, dataBytes } = layout;
	if (codec === 'mp3') return await inspectMp3(mp3In(source, layout));
	const wholeBytes = dataBytes - (dataBytes % blockAlign);
	return {
		codec,
		channels,
		sampleRate,
		duration: layout.blockSamples > 0 ? layout.sampleCount / sampleRate : wholeBytes / byteRate,
		bitRate: Math.round(byteRate * 8),
	};
}

/** The MP3 that some programs put into WAV files. */
export function mp3In(source: ByteSource, { dataStart, dataBytes }: WavLayout): ByteSource {
	return sliceSource(source, dataStart, dataBytes);
}

/** Whether `decodeWav` can decode what a layout describes; `mp3` and `mp2` are left to others. */
export function isDecodableWav(layout: WavLayout): boolean {
	return codecOf(layout) !== undefined;
}

/**
 * Decodes PCM of any width, floats, G.711, IMA and MS ADPCM and GSM 6.10 to mono at the file's sample rate.
 *
 * @throws DamagedAudioError when there is no sound, or in a codec that `isDecodableWav` denies
 * @throws TruncatedAudioError behind what there is of a file that was cut short
 */
export async function* decodeWav(source: ByteSource): AsyncGenerator<PcmBlock> {
	const layout = await readWavLayout(source);
	const codec = codecOf(layout);
	if (!codec) throw new UnsupportedAudioError(`its sound is in an unknown form (${layout.codec})`);
	yield* decodeBlocks(source, layout, codec);
}

function codecOf(layout: WavLayout): BlockCodec | undefined {
	const { codec, channels, blockAlign, blockSamples, bitsPerSample, coefficients } = layout;
	const sampleBytes = blockAlign / channels;
	switch (codec) {
		case 'pcm': {
			const reader = sampleBytes === 1 ? unsigned8Reader : integerReader(sampleBytes, true);
			return reader && interleaved(reader, sampleBytes, channels);
		}
		case 'pcm_float': {
			const reader = floatReader(sampleBytes, true);
			return reader && interleaved(reader, sampleBytes, channels);
		}
		case 'mulaw':
			return interleaved(readMuLaw, 1, channels);
		case 'alaw':
			return interleaved(readALaw, 1, channels);
		case 'adpcm_ima':
			return blockSamples > 0 && bitsPerSample === 4 ? imaAdpcm(blockAlign, channels) : undefined;
		case 'adpcm_ms':
			return blockSamples > 0 ? msAdpcm(blockAlign, channels, coefficients) : undefined;
		case 'gsm':
			return blockSamples > 0 && channels === 1 ? gsmFullRate() : undefined;
		default:
			return undefined;
	}
}
