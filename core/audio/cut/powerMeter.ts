import type { PcmFormat } from './wavFile';

const STEP_SECONDS = 0.02;
const FULL_SCALE = 0x8000;
/** Sound that is never louder than this (66 dB below full scale) is silence. */
const SILENT_SQUARE = FULL_SCALE ** 2 * 10 ** (-66 / 10);

/**
 * Measures the power of samples in steps, as they come. What nobody hears is taken off first, in each
 * channel of each step: a constant, and a level that drifts.
 */
export class PowerMeter {
	/** Mean squares over all channels, 1 being full scale; exactly 0 in silence. */
	readonly powers: number[] = [];
	readonly stepBytes: number;
	readonly stepSeconds: number;
	private measured = 0;
	/** The samples of one channel of a step. */
	private readonly samples: Float64Array;

	constructor(private readonly format: PcmFormat) {
		const stepSamples = Math.max(1, Math.round(format.sampleRate * STEP_SECONDS));
		this.samples = new Float64Array(stepSamples);
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
		const { channels, sampleBytes } = this.format;
		const view = new DataView(step.buffer, step.byteOffset, step.length);
		const count = Math.floor(step.length / (channels * sampleBytes));
		if (count === 0) return 0;
		const samples = this.samples.subarray(0, count);
		let sum = 0;
		let isSilent = true;
		for (let channel = 0; channel < channels; channel++) {
			readChannel(view, channel, this.format, samples);
			const line = lineThrough(samples);
			sum += line.square;
			isSilent &&= line.square <= SILENT_SQUARE && peakAbout(line, samples) <= SILENT_SQUARE;
		}
		return isSilent ? 0 : sum / channels / FULL_SCALE ** 2;
	}
}

/** Reads the samples of one channel; the upper 16 bits are enough to tell how loud they are. */
export function readChannel(
	view: DataView,
	channel: number,
	{ channels, sampleBytes }: PcmFormat,
	samples: Float64Array,
): void {
	const stride = channels * sampleBytes;
	let at = channel * sampleBytes;
	if (sampleBytes === 1) {
		for (let index = 0; index < samples.length; index++, at += stride) {
			samples[index] = (view.getUint8(at) - 0x80) * 0x100;
		}
		return;
	}
	at += sampleBytes - 2;
	for (let index = 0; index < samples.length; index++, at += stride) {
		samples[index] = view.getInt16(at, true);
	}
}

/** The straight line through samples that leaves the least mean square, and what it leaves. */
interface Line {
	middle: number;
	/** A sample. */
	slope: number;
	square: number;
}

function lineThrough(samples: Float64Array): Line {
	const { length } = samples;
	const center = (length - 1) / 2;
	let sum = 0;
	let moment = 0;
	let squares = 0;
	for (let index = 0; index < length; index++) {
		const sample = samples[index]!;
		sum += sample;
		moment += (index - center) * sample;
		squares += sample * sample;
	}
	const spread = (length * (length * length - 1)) / 12;
	const middle = sum / length;
	const slope = spread > 0 ? moment / spread : 0;
	return { middle, slope, square: Math.max(0, squares - sum * middle - moment * slope) / length };
}

/** The square of the largest sample when the line is taken off. */
function peakAbout({ middle, slope }: Line, samples: Float64Array): number {
	const first = middle - (slope * (samples.length - 1)) / 2;
	let peak = 0;
	for (let index = 0; index < samples.length; index++) {
		const distance = samples[index]! - first - slope * index;
		const square = distance * distance;
		if (square > peak) peak = square;
	}
	return peak;
}
