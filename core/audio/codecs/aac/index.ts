import { DamagedAudioError } from '../../errors';
import type { Codec, Decoder } from '../codec';
import { makeAudioSpecificConfig, parseAudioSpecificConfig } from './audioSpecificConfig';
import { AacDecoder } from './decoder';
import { AacPacketDecoder } from './packetDecoder';

/** AAC-LC, and HE-AAC by its LC core; `config` is an AudioSpecificConfig, constructed where there is none. */
export const aac: Codec = ({ config: given, channels, sampleRate }) => {
	const bytes = given.length >= 2 ? given : makeAudioSpecificConfig(sampleRate, channels);
	const config = parseAudioSpecificConfig(bytes);
	const { frameLength, coreSampleRate } = config;
	return {
		channels: config.hasPs ? 2 : config.channels || channels,
		sampleRate: config.sampleRate,
		preSkip: 0,
		duration: (packets) => (packets.length * frameLength) / coreSampleRate,
		channelsIn: (packet) => countChannels(new AacPacketDecoder(new AacDecoder(config)), packet),
		open: async () => new AacPacketDecoder(new AacDecoder(config, { isMono: true })),
	};
};

function countChannels(decoder: Decoder, packet: Uint8Array): number {
	try {
		return decoder.decode(packet).length;
	} catch (error) {
		if (error instanceof DamagedAudioError) return 1;
		throw error;
	}
}
