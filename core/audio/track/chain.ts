import type { PacketGroup } from './packets';

/** Streams that may be chained however short they are. */
const FREE_STREAMS = 64;
/** Less than a second of speech takes. */
const MIN_BYTES = 1024;

/**
 * Counts the streams that are chained in a file. Each costs a decoder of its own, as much as seconds of sound: a file
 * that is made of nothing but beginnings must not take more time than one of sound.
 */
export class Chain {
	private streams = 0;
	private bytes = 0;
	private stream: PacketGroup['stream'] | undefined;

	/** Takes the next group; false when there are too many streams for so little sound. */
	add({ stream, packets }: PacketGroup): boolean {
		if (stream !== this.stream) this.streams++;
		this.stream = stream;
		const isPossible = this.streams <= FREE_STREAMS + this.bytes / MIN_BYTES;
		for (const { length } of packets) this.bytes += length;
		return isPossible;
	}
}

/** Ends a sentence. */
export const TOO_MANY_STREAMS = 'too many recordings with hardly any sound are joined in it';
