import type { TrackFormat } from '../../track/trackFormat';
import { openOpusDecoder } from './decoder';
import { parseOpusHead } from './head';
import { opusPacketSamples } from './packet';

/** What the clock of Opus counts (RFC 7845, section 4). */
const CLOCK_RATE = 48000;

/**
 * A track of Opus.
 *
 * @param headPacket the identification header (RFC 7845, section 5.1)
 * @throws DamagedAudioError when the header makes no sense
 */
export function opusFormat(headPacket: Uint8Array): TrackFormat {
	const head = parseOpusHead(headPacket);
	return {
		codec: 'opus',
		channels: head.channels,
		// Whatever went into the encoder: Opus itself has one rate.
		sampleRate: CLOCK_RATE,
		clockRate: CLOCK_RATE,
		preSkip: head.preSkip,
		ticks: (packets) =>
			packets.reduce((sum, packet) => sum + opusPacketSamples(packet, head.streams), 0),
		open: () => openOpusDecoder(head),
	};
}
