import type { Codec } from '../codec';
import { FlacDecoder } from './decoder';
import { parseStreamInfo } from './streamInfo';

/** FLAC (RFC 9639); `config` is the body of the STREAMINFO block, a packet is a frame. */
export const flac: Codec = ({ config }) => {
	const stream = parseStreamInfo(config);
	const { channels, sampleRate } = stream;
	return {
		channels,
		sampleRate,
		preSkip: 0,
		duration: (packets) => new FlacDecoder(stream).samplesIn(packets) / sampleRate,
		open: async () => new FlacDecoder(stream),
	};
};
