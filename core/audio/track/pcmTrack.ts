import type { PcmBlock } from '../pcm';
import type { PacketDecoder, TrackFormat } from './trackFormat';

const BLOCK_SAMPLES = 4096;

/** Gathers samples into blocks. */
export class PcmGatherer {
	private block = new Float32Array(BLOCK_SAMPLES);
	private filled = 0;
	private readonly full: PcmBlock[] = [];
	/** Whether anything was ever added. */
	isEmpty = true;

	constructor(readonly sampleRate: number) {}

	add(samples: Float32Array): void {
		for (let at = 0; at < samples.length;) {
			this.isEmpty = false;
			const part = samples.subarray(at, at + BLOCK_SAMPLES - this.filled);
			this.block.set(part, this.filled);
			this.filled += part.length;
			at += part.length;
			if (this.filled === BLOCK_SAMPLES) this.finish();
		}
	}

	/** The next block that is full. */
	next(): PcmBlock | undefined {
		return this.full.shift();
	}

	/** What is left at the end. */
	rest(): PcmBlock | undefined {
		if (this.filled > 0) this.finish();
		return this.full.shift();
	}

	private finish(): void {
		const samples = this.block.subarray(0, this.filled);
		this.full.push({ samples, sampleRate: this.sampleRate });
		this.block = new Float32Array(BLOCK_SAMPLES);
		this.filled = 0;
	}
}

/** Longer gaps in the clock are jumps of the clock, not missing sound. */
const MAX_GAP_SECONDS = 10;
/** More than this and what there is of sound must not be silence: a small file would become endless. */
const MAX_SILENCE_SECONDS = 60;
/** Clocks of live recorders waver. */
const MIN_GAP_SECONDS = 0.1;

/** Decodes a track's packets to the part that is to be heard, and keeps its clock. */
export class PcmTrack {
	/** Samples made since the track's beginning, unheard ones too. */
	private made = 0;
	/** How many of them stand for what is missing. */
	private silence = 0;
	private firstHeard: number;
	private readonly ticksPerSample: number;

	constructor(
		format: TrackFormat,
		readonly decoder: PacketDecoder,
		private readonly gatherer: PcmGatherer,
	) {
		this.ticksPerSample = format.clockRate / decoder.sampleRate;
		this.firstHeard = this.samples(format.preSkip);
	}

	/** Ticks of the format's clock since the track's beginning. */
	get position(): number {
		return this.made * this.ticksPerSample;
	}

	/** Leaves out more of the beginning. */
	skip(ticks: number): void {
		this.firstHeard += this.samples(ticks);
	}

	/** Decodes a packet; what lies at or behind `until` (ticks) is not heard. */
	decode(packet: Uint8Array, until = Infinity): void {
		const samples = this.decoder.decode(packet);
		const from = Math.max(0, this.firstHeard - this.made);
		const to = Math.max(0, Math.min(samples.length, this.samples(until) - this.made));
		this.made += samples.length;
		this.gatherer.add(samples.subarray(from, Math.max(from, to)));
	}

	/** Where the next packet begins later than the last one ended, puts silence for what is missing. */
	fillGap(nextPosition: number): void {
		let gap = this.samples(nextPosition) - this.made;
		const { sampleRate } = this.decoder;
		const isGap = gap > MIN_GAP_SECONDS * sampleRate && gap <= MAX_GAP_SECONDS * sampleRate;
		const limit = this.made - this.silence + MAX_SILENCE_SECONDS * sampleRate;
		if (!isGap || this.silence + gap > limit) return;
		this.made += gap;
		this.silence += gap;
		for (const silence = new Float32Array(BLOCK_SAMPLES); gap > 0; gap -= BLOCK_SAMPLES) {
			this.gatherer.add(silence.subarray(0, Math.min(gap, BLOCK_SAMPLES)));
		}
	}

	private samples(ticks: number): number {
		return Math.round(ticks / this.ticksPerSample);
	}
}
