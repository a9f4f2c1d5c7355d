import type { Codec } from '../codec';
import { AlacDecoder, parseAlacConfig } from './decoder';

/** Apple Lossless; `config` is an ALACSpecificConfig. */
export const alac: Codec = ({ config }) => {
	const parsed = parseAlacConfig(config);
	const { channels, sampleRate, frameLength } = parsed;
	return {
		channels,
		sampleRate,
		preSkip: 0,
		duration: (packets) => (packets.length * frameLength) / sampleRate,
		open: async () => new AlacDecoder(parsed),
	};
};
