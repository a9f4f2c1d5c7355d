import { readParameters, type CodedSound } from '../codecs';
import { TruncatedAudioError } from '../errors';
import { Chain } from './chain';
import type { PacketGroup, PacketTrack } from './packets';
import { RunningClock } from './runningClock';

/**
 * The duration in seconds of a track that does not state it: all its groups are read, none is decoded.
 *
 * @param pause awaited before another stream, as what it says of itself takes time to read
 */
export async function measureTrack(
	track: PacketTrack,
	pause: () => Promise<unknown>,
): Promise<number> {
	const chain = new Chain();
	let seconds = 0;
	let span: Span | undefined;
	try {
		for await (const groups of track.groups()) {
			for (const group of groups) {
				// What follows is not played.
				if (!chain.add(group)) return seconds + (span?.seconds ?? 0);
				if (group.stream !== span?.first.stream) {
					await pause();
					seconds += span?.seconds ?? 0;
					// Streams of another kind are not played.
					if (span && !isSameCodec(span.first, group)) return seconds;
					span = new Span(group, await readParameters(group.stream.parameters));
				}
				span.add(group);
			}
		}
	} catch (error) {
		// What comes before the break can be heard.
		if (!(error instanceof TruncatedAudioError)) throw error;
	}
	return seconds + (span?.seconds ?? 0);
}

/** What a stream covers, beginning with its first group. */
class Span {
	/** How long it is heard before the clock runs, in the stream's time: less than nothing for what lies before 0. */
	private readonly before: number;
	private end: number;
	private readonly clock: RunningClock;

	constructor(
		readonly first: PacketGroup,
		private readonly sound: CodedSound,
	) {
		const start = first.start ?? (first.end === undefined ? 0 : first.end - this.lengthOf(first));
		// A clock that states only ends begins at 0: what is before it is not heard.
		const isBefore0 = first.start === undefined && (start < 0 || first.isLast === true);
		this.before = isBefore0 ? start : 0;
		this.end = start;
		this.clock = new RunningClock(start, first.stream.timescale);
	}

	/** Seconds that are heard. */
	get seconds(): number {
		const { timescale } = this.first.stream;
		return Math.max(0, (this.before + this.clock.elapsed) / timescale - this.sound.preSkip);
	}

	add(group: PacketGroup): void {
		const { start = this.end, end, discarded = 0 } = group;
		this.end = end ?? start + this.lengthOf(group) - discarded;
		this.clock.reach(this.end);
	}

	private lengthOf({ packets, stream }: PacketGroup): number {
		return this.sound.duration(packets) * stream.timescale;
	}
}

function isSameCodec(a: PacketGroup, b: PacketGroup): boolean {
	return a.stream.parameters.codec === b.stream.parameters.codec;
}
