import { EMPTY_CONFIG, readParameters, type CodecParameters } from '../../codecs';
import { UnsupportedAudioError } from '../../errors';
import type { ByteSource } from '../../source/bytes';
import { APPLE_BLOCKS, APPLE_CODECS, applePcm, pcmParameters } from '../appleFormat';
import { blockTrack, type BlockData } from '../blockTrack';
import type { OpenedAudio } from '../format';
import { readChunks, type Common } from './chunks';

/**
 * Opens an AIFF or AIFF-C file.
 *
 * @throws DamagedAudioError when there is no usable COMM or SSND chunk
 * @throws UnsupportedAudioError for an unknown compression
 */
export async function openAiff(source: ByteSource): Promise<OpenedAudio> {
	const { common, sound } = await readChunks(source);
	const parameters = parametersOf(common);
	const { blockBytes, sampleRate, channels, codec } = parameters;
	const { samplesInBytes } = await readParameters(parameters);
	const blockSamples = samplesInBytes!(blockBytes);
	const inFile = Math.floor(sound.dataBytes / blockBytes) * blockSamples;
	const stated = common.frames * blockSamples;
	// Programs that stream leave the number open.
	const sampleCount = stated > 0 ? Math.min(stated, inFile) : inFile;
	const data: BlockData = { ...sound, parameters, sampleCount, blockBytes };
	return {
		inspect: async () => ({
			codec,
			channels,
			sampleRate,
			duration: sampleCount / sampleRate,
			bitRate: Math.round((blockBytes * 8 * sampleRate) / blockSamples),
		}),
		sound: blockTrack(source, data),
	};
}

function parametersOf(common: Common): CodecParameters & { blockBytes: number } {
	const { compression, bitsPerSample, channels, sampleRate } = common;
	const pcm = applePcm(compression, bitsPerSample);
	if (pcm) return pcmParameters(pcm, common);
	const codec = APPLE_CODECS[compression];
	if (!codec) {
		const form = `${compression}, ${bitsPerSample} bits`;
		throw new UnsupportedAudioError(`its sound is in an unknown form (${form})`);
	}
	const blockBytes = APPLE_BLOCKS[codec]!.bytes * channels;
	return { codec, channels, sampleRate, config: EMPTY_CONFIG, blockBytes };
}
