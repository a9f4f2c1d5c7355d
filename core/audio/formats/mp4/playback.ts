import type { PcmBlock } from '../../pcm';
import type { Edit } from './editList';

const BLOCK_SAMPLES = 8192;
/** Steps in time that are longer than the sound before them by this much are pauses; shorter ones are jitter. */
const MIN_GAP_SECONDS = 0.1;
/** More than this, in all, is not a pause but wrong numbers. */
const MAX_GAPS_SECONDS = 3600;

/**
 * Lays decoded packets on the time line of a track: drops what its edits leave out, and puts silence
 * where they or the packets' times have a gap, so that what is heard is heard at the right time.
 */
export class Playback {
	/** Whether anything was heard so far. */
	hasBegun = false;
	private readonly writer: BlockWriter;
	/** In samples since the first packet. */
	private readonly edits: Edit[];
	private position = 0;
	/** Where the last packet should have ended by its time. */
	private expected = 0;
	private gapsLeft: number;
	private edit = 0;
	private isInEdit = false;
	private isAtStart = true;

	/**
	 * @param edits in units of `timescale`
	 * @param origin the time of the first packet, played or not, likewise
	 */
	constructor(
		edits: readonly Edit[],
		private readonly origin: number,
		private readonly timescale: number,
		private readonly sampleRate: number,
	) {
		this.writer = new BlockWriter(sampleRate);
		this.edits = edits.map(({ silence, start, end }) => ({
			silence: this.toSamples(silence),
			start: this.toSamples(start - origin),
			end: this.toSamples(end - origin),
		}));
		this.gapsLeft = MAX_GAPS_SECONDS * sampleRate;
	}

	/** Whether nothing that comes now will be heard. */
	get isOver(): boolean {
		return this.edit >= this.edits.length;
	}

	/** Plays what was decoded from a packet. */
	*play(time: number, samples: Float32Array): Generator<PcmBlock> {
		const at = this.toSamples(time - this.origin);
		// Both the step from the last packet and the whole way must be too long: late packets catch up.
		const gap = Math.min(at - this.expected, at - this.position);
		const minGap = this.isAtStart ? 0 : MIN_GAP_SECONDS * this.sampleRate;
		this.isAtStart = false;
		if (gap > minGap && gap <= this.gapsLeft) {
			this.gapsLeft -= gap;
			yield* this.advance(gap);
		}
		yield* this.advance(samples.length, samples);
		this.expected = at + samples.length;
	}

	/** What is left. */
	*end(): Generator<PcmBlock> {
		yield* this.writer.flush();
	}

	/** Moves on by so many samples, or by silence. */
	private *advance(count: number, samples?: Float32Array): Generator<PcmBlock> {
		const from = this.position;
		const to = from + count;
		while (!this.isOver) {
			const { silence, start, end } = this.edits[this.edit]!;
			const first = Math.max(from, start);
			const last = Math.min(to, end);
			if (first < last) {
				if (!this.isInEdit) yield* this.writer.write(silence);
				this.isInEdit = true;
				this.hasBegun = true;
				yield* this.writer.write(last - first, samples?.subarray(first - from, last - from));
			}
			if (end > to) break;
			this.edit++;
			this.isInEdit = false;
		}
		this.position = to;
	}

	private toSamples(time: number): number {
		return Math.round((time * this.sampleRate) / this.timescale);
	}
}

class BlockWriter {
	private readonly block = new Float32Array(BLOCK_SAMPLES);
	private filled = 0;

	constructor(private readonly sampleRate: number) {}

	/** Without samples, silence. */
	*write(count: number, samples?: Float32Array): Generator<PcmBlock> {
		for (let done = 0; done < count;) {
			const part = Math.min(count - done, BLOCK_SAMPLES - this.filled);
			if (samples) this.block.set(samples.subarray(done, done + part), this.filled);
			else this.block.fill(0, this.filled, this.filled + part);
			this.filled += part;
			done += part;
			if (this.filled === BLOCK_SAMPLES) yield* this.flush();
		}
	}

	*flush(): Generator<PcmBlock> {
		if (this.filled === 0) return;
		const samples = this.block.subarray(0, this.filled);
		this.filled = 0;
		yield { samples, sampleRate: this.sampleRate };
	}
}
