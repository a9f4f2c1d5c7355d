import type { CodedStream, PacketGroup, PacketTrack } from './packets';
import { RunningClock } from './runningClock';

/** Seconds, and part of what is stated, by which honest headers and clocks are wrong. */
const SLACK_SECONDS = 1;
const SLACK_PART = 0.1;
/** An Ogg page states where it ends: none holds more seconds than this. */
const LONGEST_PAGE_SECONDS = 60;

/**
 * How much sound a container says it holds: its headers in all, its clock so far. What is decoded may be far
 * more in a file that was made to look short.
 */
export class StatedLength {
	/** Seconds; those of streams joined end to end are added up. */
	private headers: number | undefined;
	/** Seconds by which clocks had gone on before the current stream. */
	private before = 0;
	private stream: CodedStream | undefined;
	private clock: RunningClock | undefined;
	/** Whether the latest group had its time: a page of Ogg in which no packet ends has none. */
	private isClocked = false;

	/** What headers state so far; undefined where they do not. */
	get seconds(): number | undefined {
		return this.headers === Infinity ? undefined : this.headers;
	}

	/** The same track, of whose groups each is noted before it is played. */
	watch(track: PacketTrack): PacketTrack {
		return { ...track, groups: () => this.noted(track.groups()) };
	}

	/** Whether so many seconds of sound are far more than was stated. */
	isExceededBy(seconds: number): boolean {
		const stated = Math.min(this.headers ?? Infinity, this.isClocked ? this.passed : Infinity);
		return seconds > stated + Math.max(SLACK_SECONDS, SLACK_PART * stated);
	}

	/** Seconds by which clocks have gone on. */
	private get passed(): number {
		return this.before + (this.clock?.elapsed ?? 0) / (this.stream?.timescale ?? 1);
	}

	private async *noted(
		batches: AsyncIterable<readonly PacketGroup[]>,
	): AsyncGenerator<readonly PacketGroup[]> {
		for await (const groups of batches) {
			for (const group of groups) this.note(group);
			yield groups;
		}
	}

	private note({ stream, start, end, packetDuration = 0, statedSeconds }: PacketGroup): void {
		if (statedSeconds !== undefined) this.headers = (this.headers ?? 0) + statedSeconds;
		const now = end ?? (start === undefined ? undefined : start + packetDuration);
		this.isClocked = now !== undefined;
		if (now === undefined) return;
		if (stream !== this.stream) {
			const { timescale, edits = [] } = stream;
			const silence = edits.reduce((sum, edit) => sum + edit.silence, 0);
			this.before = this.passed + silence / timescale;
			this.stream = stream;
			const earliest = Math.max(0, now - LONGEST_PAGE_SECONDS * timescale);
			this.clock = new RunningClock(start ?? Math.min(now, earliest), timescale);
		}
		this.clock!.reach(now);
	}
}
