import { sliceSource, type ByteSource } from '../../source/bytes';
import type { StreamInfo } from '../../streamInfo';
import { blockTrack } from '../blockTrack';
import type { OpenedAudio } from '../format';
import { openMp3 } from '../mp3/open';
import { cutWav } from './cut';
import { readWavLayout, type WavLayout } from './layout';

/**
 * Opens a WAV file. Integers are cut without decoding, and so is the MP3 that some programs put into WAV.
 *
 * @throws DamagedAudioError when there is no usable `fmt ` or `data` chunk
 */
export async function openWav(source: ByteSource): Promise<OpenedAudio> {
	const layout = await readWavLayout(source);
	const { parameters, dataStart, dataBytes } = layout;
	if (parameters.codec === 'mp3') return openMp3(sliceSource(source, dataStart, dataBytes));
	return {
		inspect: async () => describe(layout),
		sound:
			parameters.codec === 'pcm'
				? { cut: (limits) => cutWav(source, layout, limits) }
				: blockTrack(source, layout),
	};
}

function describe({
	parameters,
	byteRate,
	isCounted,
	sampleCount,
	...data
}: WavLayout): StreamInfo {
	const { codec, channels, sampleRate } = parameters;
	const wholeBytes = data.dataBytes - (data.dataBytes % data.blockBytes);
	return {
		codec,
		channels,
		sampleRate,
		duration: isCounted ? sampleCount / sampleRate : wholeBytes / byteRate,
		bitRate: Math.round(byteRate * 8),
	};
}
