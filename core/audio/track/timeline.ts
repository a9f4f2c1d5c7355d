import type { BlockWriter } from './blockWriter';
import type { Edit, GapRules } from './packets';

/**
 * Lays decoded packets on the timeline of a stream: drops what its edits leave out, and puts silence
 * where they or the packets' times have a gap, so that what is heard is heard at the right time.
 * All numbers are samples of the decoder, counted from the first packet.
 */
export class Timeline {
	/** Where the next packet begins. */
	position = 0;
	/** Where the last packet should have ended by its time. */
	private expected = 0;
	/** How much silence stands in for what is missing. */
	private silence = 0;
	private edit = 0;
	private isInEdit = false;
	private isAtStart = true;

	/** @param edits at least one */
	constructor(
		private readonly edits: readonly Edit[],
		private readonly gaps: GapRules,
		private readonly writer: BlockWriter,
	) {}

	/** Whether nothing that comes now will be heard. */
	get isOver(): boolean {
		return this.edit >= this.edits.length;
	}

	/** Moves on to where a packet begins by its time, if that is later than expected. */
	reach(at: number): void {
		const { min, max, total, isStep = false } = this.gaps;
		const rate = this.writer.sampleRate;
		const late = at - this.position;
		// Sound that was late for a moment catches up: so both the step and the total distance must be too long.
		const gap = isStep ? Math.min(at - this.expected, late) : late;
		const isGap = gap > (this.isAtStart ? 0 : min * rate) && gap <= max * rate;
		const sound = this.position - this.silence;
		if (isGap && this.silence + gap <= sound + total * rate) {
			this.silence += gap;
			this.advance(gap);
		}
		this.expected = at;
	}

	/**
	 * Plays what was decoded from a packet.
	 *
	 * @param until where the recording ends, should that be within the packet
	 */
	play(samples: Float32Array, until = Infinity): void {
		this.isAtStart = false;
		this.expected += samples.length;
		const heard = Math.max(0, Math.min(samples.length, until - this.position));
		this.advance(heard, samples);
		this.position += samples.length - heard;
	}

	/** Puts silence in place of the given number of samples. */
	skip(count: number): void {
		this.isAtStart = false;
		this.expected += count;
		this.advance(count);
	}

	/** Moves on by the given number of samples, or by silence. */
	private advance(count: number, samples?: Float32Array): void {
		const from = this.position;
		const to = from + count;
		while (!this.isOver) {
			const { silence, start, end } = this.edits[this.edit]!;
			const first = Math.max(from, start);
			const last = Math.min(to, end);
			if (first < last) {
				if (!this.isInEdit) this.writer.write(silence);
				this.isInEdit = true;
				this.writer.write(last - first, samples?.subarray(first - from, last - from));
			}
			if (end > to) break;
			this.edit++;
			this.isInEdit = false;
		}
		this.position = to;
	}
}
