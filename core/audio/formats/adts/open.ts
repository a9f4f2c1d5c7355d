import { readParameters, type CodecParameters } from '../../codecs';
import type { AdtsHeader } from '../../codecs/aac/adtsHeader';
import { audioSpecificConfig } from '../../codecs/aac/audioSpecificConfig';
import type { ByteSource } from '../../source/bytes';
import type { StreamInfo } from '../../streamInfo';
import { NO_GAPS, type CodedStream, type PacketGroup } from '../../track/packets';
import type { OpenedAudio } from '../format';
import { AdtsFrames } from './frames';

/** Of a raw data block, per channel: an ADTS header cannot say 960. */
const BLOCK_SAMPLES = 1024;
const BATCH_FRAMES = 16;

/**
 * Opens an ADTS file (`.aac`; ISO/IEC 14496-3, 1.A.3). Sample rate and channels are those of the AAC-LC
 * core, also where HE-AAC is wrapped around it.
 *
 * @throws DamagedAudioError when there are no frames
 */
export async function openAdts(source: ByteSource): Promise<OpenedAudio> {
	const { first } = await AdtsFrames.find(source);
	const parameters = parametersOf(first);
	return {
		inspect: async () => await inspect(source, parameters),
		sound: { parameters, gaps: NO_GAPS, groups: () => readGroups(source, parameters) },
	};
}

/** Sample rate and channels are read from the configuration. */
function parametersOf(header: AdtsHeader): CodecParameters {
	const { objectType, sampleRateIndex, channelConfiguration } = header;
	const config = audioSpecificConfig(objectType, sampleRateIndex, channelConfiguration);
	return { codec: 'aac', channels: 0, sampleRate: 0, config };
}

/** Counts frames. */
async function inspect(source: ByteSource, parameters: CodecParameters): Promise<StreamInfo> {
	const sound = await readParameters(parameters);
	const frames = await AdtsFrames.find(source);
	const { first } = frames;
	const channels = sound.channels || (sound.channelsIn?.(await frames.bytesOf(first)) ?? 1);
	let blocks = 0;
	let bytes = 0;
	for await (const frame of frames) {
		blocks += frame.blocks;
		bytes += frame.size;
	}
	const duration = (blocks * BLOCK_SAMPLES) / sound.sampleRate;
	return {
		codec: 'aac',
		channels,
		sampleRate: sound.sampleRate,
		duration,
		bitRate: Math.round((bytes * 8) / duration),
	};
}

async function* readGroups(
	source: ByteSource,
	parameters: CodecParameters,
): AsyncGenerator<PacketGroup[]> {
	const stream: CodedStream = { parameters, timescale: 1 };
	const frames = await AdtsFrames.find(source);
	let packets: Uint8Array[] = [];
	for await (const frame of frames) {
		packets.push(await frames.bytesOf(frame));
		if (packets.length < BATCH_FRAMES) continue;
		yield [{ stream, packets }];
		packets = [];
	}
	yield [{ stream, packets }];
	frames.assertComplete();
}
