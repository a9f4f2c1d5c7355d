import type { Codec } from '../codec';
import { openOpusDecoder } from './decoder';
import { OPUS_RATE, parseOpusHead } from './head';
import { opusPacketSamples } from './packet';

/** Opus (RFC 6716); `config` is an identification header (RFC 7845, 5.1). */
export const opus: Codec = ({ config }) => {
	const head = parseOpusHead(config);
	return {
		channels: head.channels,
		// Whatever rate went into the encoder: Opus itself has only one.
		sampleRate: OPUS_RATE,
		preSkip: head.preSkip / OPUS_RATE,
		duration: (packets) =>
			packets.reduce((sum, packet) => sum + opusPacketSamples(packet, head.streams), 0) / OPUS_RATE,
		open: () => openOpusDecoder(head),
	};
};
