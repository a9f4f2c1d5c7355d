import type { PcmBlock, Silence } from '../pcm';

const BLOCK_SAMPLES = 8192;

/** Samples, or that much silence where there are none. */
interface Span {
	count: number;
	samples: Float32Array | undefined;
}

/** Makes blocks of sound and silence of any length. */
export class BlockWriter {
	/** Whether anything has been written. */
	hasBegun = false;
	private readonly block = new Float32Array(BLOCK_SAMPLES);
	private filled = 0;
	private spans: Span[] = [];

	/** @param sampleRate of all blocks, Hertz */
	constructor(readonly sampleRate: number) {}

	/** Takes samples, which are read by `next` until it gives none, or silence. */
	write(count: number, samples?: Float32Array): void {
		if (count <= 0) return;
		this.hasBegun = true;
		this.spans.push({ count, samples });
	}

	/** The next full block, or a silence longer than one; valid until the next call. */
	next(): PcmBlock | Silence | undefined {
		for (let span = this.spans[0]; span; span = this.spans[0]) {
			if (!span.samples && span.count > BLOCK_SAMPLES) {
				if (this.filled > 0) return this.take();
				this.spans.shift();
				return { silence: span.count, sampleRate: this.sampleRate };
			}
			this.fill(span);
			if (span.count === 0) this.spans.shift();
			if (this.filled === BLOCK_SAMPLES) return this.take();
		}
		return undefined;
	}

	/** What is left at the end. */
	rest(): PcmBlock | undefined {
		return this.filled > 0 ? this.take() : undefined;
	}

	private fill(span: Span): void {
		const part = Math.min(span.count, BLOCK_SAMPLES - this.filled);
		if (span.samples) {
			this.block.set(span.samples.subarray(0, part), this.filled);
			span.samples = span.samples.subarray(part);
		} else {
			this.block.fill(0, this.filled, this.filled + part);
		}
		this.filled += part;
		span.count -= part;
	}

	private take(): PcmBlock {
		const samples = this.block.subarray(0, this.filled);
		this.filled = 0;
		return { samples, sampleRate: this.sampleRate };
	}
}
