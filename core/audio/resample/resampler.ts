import { DamagedAudioError } from '../errors';
import { MAX_SAMPLE_RATE, MIN_SAMPLE_RATE } from '../streamInfo';
import { dotProducts, type DotProducts } from './dotProducts';

const SPEECH_RATE = 16000;

/** Of the lower of the two Nyquist frequencies: everything passes up to the former, nothing from the latter on. */
const PASS_EDGE = 0.9;
const STOP_EDGE = 1;
/** Attenuation of the stop band in decibels. */
const ATTENUATION = 98;
/** Kaiser's formulas for the shape of the window and for its length (Oppenheim and Schafer, 7.5.3). */
const KAISER_BETA = 0.1102 * (ATTENUATION - 8.7);
const tapsFor = (radians: number): number => (ATTENUATION - 7.95) / (2.285 * radians);

/** Where the ratio needs a larger table than this, rows are interpolated. */
const MAX_TABLE = 200_000;
/** Rows per sample of the lower rate, such that linear interpolation errs by less than -105 dB. */
const INTERPOLATED_STEPS = 512;

/** Input and output samples that are handled at once. */
const INPUT_BLOCK = 8192;
const OUTPUT_BLOCK = 1024;

/**
 * Changes the sample rate of mono sound: a Kaiser-windowed sinc as a polyphase filter, flat to 90 % of the lower
 * Nyquist frequency (7.2 kHz for 16 kHz) and silent above it. Sample `n` of all that comes out is the sound at
 * `n / to` seconds, and as many come out as the sound is long: `round(samples * to / from)`. What comes out
 * does not depend on how the sound is cut into pieces.
 */
export class Resampler {
	private readonly filter: Filter | undefined;

	/**
	 * @param from Hertz, fractions are rounded
	 * @param to Hertz
	 * @throws DamagedAudioError for rates at which nobody records, by which the filter's size grows
	 */
	constructor(from: number, to = SPEECH_RATE) {
		const rate = Math.round(from);
		if (!(rate >= MIN_SAMPLE_RATE && rate <= MAX_SAMPLE_RATE)) {
			throw new DamagedAudioError(`its sample rate is ${from} Hz`);
		}
		this.filter = rate === to ? undefined : new Filter(rate, to);
	}

	/**
	 * Takes the next samples and gives what can be computed by now, which is a few milliseconds less; valid until
	 * the next call.
	 */
	push(samples: Float32Array): Float32Array {
		return this.filter ? this.filter.push(samples) : samples;
	}

	/**
	 * Takes that many samples of silence, in no more time than a few take: gives what comes out before the filter
	 * has forgotten the sound, and how many samples of silence follow.
	 */
	skip(count: number): { samples: Float32Array; silence: number } {
		return this.filter ? this.filter.skip(count) : { samples: new Float32Array(0), silence: count };
	}

	/** Gives the rest. Nothing can be pushed afterwards. */
	flush(): Float32Array {
		return this.filter ? this.filter.flush() : new Float32Array(0);
	}
}

class Filter {
	/** Output sample `n` lies at input sample `n * down / up`. */
	private readonly up: number;
	private readonly down: number;
	private readonly taps: number;
	/** Intervals between two input samples for which there is a row of the filter. */
	private readonly steps: number;
	/** Whether an output sample may lie between two rows. */
	private readonly isInterpolated: boolean;
	private readonly products: DotProducts;

	/** Input samples in memory. */
	private filled: number;
	/** Which of them is the first that the next output sample needs; it may not have come yet. */
	private first = 0;
	/** How far the next output sample lies after an input sample, in 1 / up. */
	private phase = 0;
	private pushed = 0;
	private given = 0;
	private output = new Float32Array(0);

	constructor(
		private readonly from: number,
		private readonly to: number,
	) {
		const divisor = greatestCommonDivisor(from, to);
		this.up = to / divisor;
		this.down = from / divisor;
		const edge = Math.min(1, to / from);
		this.taps = Math.ceil(tapsFor(Math.PI * edge * (STOP_EDGE - PASS_EDGE)) / 16) * 16;
		this.isInterpolated = this.up * this.taps > MAX_TABLE;
		this.steps = this.isInterpolated ? Math.ceil(INTERPOLATED_STEPS * edge) : this.up;
		const rows = this.isInterpolated ? this.steps + 1 : this.steps;
		this.products = dotProducts({
			length: this.taps,
			rows,
			signal: this.taps + INPUT_BLOCK,
			products: this.isInterpolated ? 2 * OUTPUT_BLOCK : OUTPUT_BLOCK,
		});
		const cutoff = (edge * (PASS_EDGE + STOP_EDGE)) / 2;
		for (let row = 0; row < rows; row++) {
			const at = row * this.taps;
			designRow(this.products.table.subarray(at, at + this.taps), row / this.steps, cutoff);
		}
		// Silence before the first sample, as far as the filter looks back from it.
		this.filled = this.taps / 2 - 1;
	}

	push(samples: Float32Array): Float32Array {
		this.pushed += samples.length;
		return this.run(samples);
	}

	skip(count: number): { samples: Float32Array; silence: number } {
		const heard = Math.min(count, this.taps);
		const samples = this.push(new Float32Array(heard));
		return { samples, silence: this.skipSilence(count - heard) };
	}

	/** Moves on by so many samples of silence when nothing but silence is in memory; gives how many come out. */
	private skipSilence(count: number): number {
		if (count === 0) return 0;
		const { up, down, taps } = this;
		const end = this.filled + count;
		const room = end - taps - this.first;
		const silence = room < 0 ? 0 : Math.floor(((room + 1) * up - 1 - this.phase) / down) + 1;
		const total = this.phase + silence * down;
		const first = this.first + Math.floor(total / up);
		this.phase = total % up;
		const past = Math.min(first, end);
		this.first = first - past;
		this.filled = end - past;
		this.products.signal.fill(0, 0, this.filled);
		this.pushed += count;
		this.given += silence;
		return silence;
	}

	flush(): Float32Array {
		const total = Math.floor((2 * this.pushed * this.to + this.from) / (2 * this.from));
		const left = total - this.given;
		const beyond = this.taps + Math.ceil(this.down / this.up);
		return this.run(new Float32Array(beyond)).subarray(0, left);
	}

	private run(samples: Float32Array): Float32Array {
		const { signal } = this.products;
		const output = this.room(Math.ceil(((samples.length + this.taps) * this.up) / this.down) + 1);
		let count = 0;
		for (let at = 0; at < samples.length; at += INPUT_BLOCK) {
			const piece = samples.subarray(at, at + INPUT_BLOCK);
			signal.set(piece, this.filled);
			this.filled += piece.length;
			while (this.first + this.taps <= this.filled) count += this.filter(output.subarray(count));
			const past = Math.min(this.first, this.filled);
			signal.copyWithin(0, past, this.filled);
			this.filled -= past;
			this.first -= past;
		}
		this.given += count;
		return output.subarray(0, count);
	}

	/** Memory for the given number of output samples, the same as before if it is enough. */
	private room(samples: number): Float32Array {
		if (this.output.length < samples) this.output = new Float32Array(samples);
		return this.output;
	}

	/** Makes up to a block of output samples from what is in memory. */
	private filter(output: Float32Array): number {
		const { products, up, down, taps, steps } = this;
		const { signalOffsets, rowIndices, results } = products;
		const width = this.isInterpolated ? 2 : 1;
		const last = this.filled - taps;
		let count = 0;
		let { first, phase } = this;
		for (; first <= last && count < OUTPUT_BLOCK; count++) {
			const row = this.isInterpolated ? Math.floor((phase * steps) / up) : phase;
			for (let index = 0; index < width; index++) {
				signalOffsets[count * width + index] = first;
				rowIndices[count * width + index] = row + index;
			}
			phase += down;
			first += Math.floor(phase / up);
			phase %= up;
		}
		products.run(count * width);
		for (let index = 0; index < count; index++) output[index] = results[index * width]!;
		if (this.isInterpolated) {
			for (let index = 0; index < count; index++) {
				const place = (((this.phase + index * down) % up) * steps) / up;
				const part = place - Math.floor(place);
				output[index]! += part * (results[2 * index + 1]! - results[2 * index]!);
			}
		}
		this.first = first;
		this.phase = phase;
		return count;
	}
}

/** The filter's taps for an output sample that lies `delay` of a sample after the one in their middle. */
function designRow(row: Float32Array, delay: number, cutoff: number): void {
	const half = row.length / 2;
	const taps = new Float64Array(row.length);
	let sum = 0;
	for (let index = 0; index < taps.length; index++) {
		const time = index - half + 1 - delay;
		const phase = Math.PI * cutoff * time;
		const sinc = phase === 0 ? 1 : Math.sin(phase) / phase;
		const tap = sinc * bessel(KAISER_BETA ** 2 * (1 - (time / half) ** 2));
		taps[index] = tap;
		sum += tap;
	}
	for (let index = 0; index < taps.length; index++) row[index] = taps[index]! / sum;
}

/** The modified Bessel function of the first kind and order zero, of a square root: its power series. */
function bessel(square: number): number {
	const quarter = square / 4;
	let sum = 1;
	let term = 1;
	for (let index = 1; term > sum * 1e-9; index++) {
		term *= quarter / (index * index);
		sum += term;
	}
	return sum;
}

function greatestCommonDivisor(a: number, b: number): number {
	return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
