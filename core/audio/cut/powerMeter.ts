import type { PcmFormat } from './wavFile';

const STEP_SECONDS = 0.02;
const FULL_SCALE = 0x8000;
/** Sound that is never louder than this (66 dB below full scale) is silence. */
const SILENT_SQUARE = FULL_SCALE ** 2 * 10 ** (-66 / 10);

/** Measures the power of samples in steps, as they come. */
export class PowerMeter {
	/** Mean squares over all channels, 1 being full scale; exactly 0 in silence. */
	readonly powers: number[] = [];
	readonly stepBytes: number;
	readonly stepSeconds: number;
	private measured = 0;

	constructor(private readonly format: PcmFormat) {
		const stepSamples = Math.max(1, Math.round(format.sampleRate * STEP_SECONDS));
		this.stepSeconds = stepSamples / format.sampleRate;
		this.stepBytes = stepSamples * format.channels * format.sampleBytes;
	}

	/** Measures the whole steps that are new in `samples`, which begin where `powers` do. */
	measure(samples: Uint8Array): void {
		for (; this.measured + this.stepBytes <= samples.length; this.measured += this.stepBytes) {
			this.powers.push(
				this.powerOf(samples.subarray(this.measured, this.measured + this.stepBytes)),
			);
		}
	}

	/** Measures what is left at the end as one step. */
	measureRest(samples: Uint8Array): void {
		this.measure(samples);
		if (this.measured < samples.length)
			this.powers.push(this.powerOf(samples.subarray(this.measured)));
		this.measured = samples.length;
	}

	/** Forgets steps at the beginning. */
	drop(steps: number): void {
		this.powers.splice(0, steps);
		this.measured -= steps * this.stepBytes;
	}

	private powerOf(step: Uint8Array): number {
		const { sampleBytes } = this.format;
		const { sum, peak } = sampleBytes === 1 ? squares8(step) : squares16(step, sampleBytes);
		if (peak <= SILENT_SQUARE) return 0;
		return sum / (step.length / sampleBytes) / FULL_SCALE ** 2;
	}
}

/** The upper 16 bits of each sample: enough to tell how loud it is. */
function squares16(step: Uint8Array, sampleBytes: number): { sum: number; peak: number } {
	const view = new DataView(step.buffer, step.byteOffset, step.length);
	const end = step.length - 2;
	let sum = 0;
	let peak = 0;
	for (let at = sampleBytes - 2; at <= end; at += sampleBytes) {
		const sample = view.getInt16(at, true);
		const square = sample * sample;
		sum += square;
		if (square > peak) peak = square;
	}
	return { sum, peak };
}

function squares8(step: Uint8Array): { sum: number; peak: number } {
	let sum = 0;
	let peak = 0;
	for (const byte of step) {
		const sample = (byte - 0x80) * 0x100;
		const square = sample * sample;
		sum += square;
		if (square > peak) peak = square;
	}
	return { sum, peak };
}
