import type { Codec } from '../codec';
import { HEADER_BYTES, parseHeader } from './frameHeader';

/** MP3, which services take as it is: it has no decoder here. */
export const mp3: Codec = ({ channels, sampleRate }) => ({
	channels,
	sampleRate,
	preSkip: 0,
	duration: (packets) => packets.reduce((sum, packet) => sum + frameSeconds(packet), 0),
});

function frameSeconds(packet: Uint8Array): number {
	if (packet.length < HEADER_BYTES) return 0;
	const header = parseHeader(new DataView(packet.buffer, packet.byteOffset, packet.byteLength));
	return header ? header.samples / header.sampleRate : 0;
}
