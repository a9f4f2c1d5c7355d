import type { Codec } from '../codec';
import { AmrDecoder } from './decoder';
import { amrKind, FRAMES_PER_SECOND, framesIn } from './frames';

/** AMR-NB and AMR-WB (RFC 4867, 5.3): a packet is one frame or several, each with its type byte. */
export const amr: Codec = ({ codec }) => {
	const kind = amrKind(codec);
	return {
		channels: 1,
		sampleRate: kind.sampleRate,
		preSkip: 0,
		duration: (packets) =>
			packets.reduce((sum, packet) => sum + framesIn(packet, kind).frames.length, 0) /
			FRAMES_PER_SECOND,
		open: () => AmrDecoder.create(kind),
	};
};
