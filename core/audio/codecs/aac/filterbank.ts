import { Fft } from '../fft';

/** Window sequences (ISO/IEC 14496-3, table 4.109). */
export const ONLY_LONG = 0;
export const LONG_START = 1;
export const EIGHT_SHORT = 2;
export const LONG_STOP = 3;

export const SHORT_WINDOWS = 8;

/** The windows that a frame is seen through. */
export interface Windowing {
	/** 0 to 3, as above. */
	windowSequence: number;
	/** 0: sine, 1: Kaiser-Bessel derived. */
	windowShape: number;
	/** The shape of the frame before. */
	previousShape: number;
}

const banks = new Map<number, Filterbank>();

/** The filterbank for a frame length; it keeps no state, so that all decoders share it. */
export function filterbankFor(frameLength: number): Filterbank {
	let bank = banks.get(frameLength);
	if (!bank) {
		bank = new Filterbank(frameLength);
		banks.set(frameLength, bank);
	}
	return bank;
}

/** Coefficients to samples: inverse transform, windows, overlap (ISO/IEC 14496-3, 4.6.11). */
export class Filterbank {
	private readonly long: CosineTransform;
	private readonly short: CosineTransform;
	/** Rising halves of windows by shape; falling ones are their mirror images. */
	private readonly longRise: Float64Array[];
	private readonly shortRise: Float64Array[];
	/** A short rise in the middle of a long window: zeros, the rise, ones. */
	private readonly edgeRise: Float64Array[];
	/** The short windows' common output. */
	private readonly shortSum: Float64Array;

	constructor(private readonly frameLength: number) {
		const shortLength = frameLength / SHORT_WINDOWS;
		this.long = new CosineTransform(frameLength);
		this.short = new CosineTransform(shortLength);
		this.longRise = [sineRise(frameLength), kaiserRise(frameLength, 4)];
		this.shortRise = [sineRise(shortLength), kaiserRise(shortLength, 6)];
		const flat = (frameLength - shortLength) / 2;
		this.edgeRise = this.shortRise.map((rise) => {
			const edge = new Float64Array(frameLength).fill(1, flat + shortLength);
			edge.set(rise, flat);
			return edge;
		});
		this.shortSum = new Float64Array((SHORT_WINDOWS + 1) * shortLength);
	}

	/**
	 * Adds a frame to `output`, and to `overlap` what it gives to the frame after it. All of it is
	 * linear, hence channels may be mixed by adding them to the same output and overlap.
	 */
	synthesize(
		spectrum: Float64Array,
		windowing: Windowing,
		gain: number,
		output: Float32Array,
		overlap: Float32Array,
	): void {
		if (windowing.windowSequence === EIGHT_SHORT) {
			this.addShort(spectrum, windowing, gain, output, overlap);
		} else {
			this.addLong(spectrum, windowing, gain, output, overlap);
		}
	}

	private addLong(
		spectrum: Float64Array,
		{ windowSequence, windowShape, previousShape }: Windowing,
		gain: number,
		output: Float32Array,
		overlap: Float32Array,
	): void {
		const rise = (windowSequence === LONG_STOP ? this.edgeRise : this.longRise)[previousShape]!;
		const fall = (windowSequence === LONG_START ? this.edgeRise : this.longRise)[windowShape]!;
		const folded = this.long.transform(spectrum, 0);
		const last = this.frameLength - 1;
		const half = this.frameLength / 2;
		for (let n = 0; n < half; n++) {
			const first = folded[half + n]! * gain;
			const second = folded[half - 1 - n]! * gain;
			output[n]! += rise[n]! * first;
			output[last - n]! -= rise[last - n]! * first;
			overlap[n]! -= fall[last - n]! * second;
			overlap[last - n]! -= fall[n]! * second;
		}
	}

	private addShort(
		spectrum: Float64Array,
		{ windowShape, previousShape }: Windowing,
		gain: number,
		output: Float32Array,
		overlap: Float32Array,
	): void {
		const length = this.frameLength / SHORT_WINDOWS;
		const last = length - 1;
		const half = length / 2;
		const sum = this.shortSum.fill(0);
		const fall = this.shortRise[windowShape]!;
		for (let window = 0; window < SHORT_WINDOWS; window++) {
			const rise = window === 0 ? this.shortRise[previousShape]! : fall;
			const folded = this.short.transform(spectrum, window * length);
			const start = window * length;
			const middle = start + length;
			for (let n = 0; n < half; n++) {
				const first = folded[half + n]! * gain;
				const second = folded[half - 1 - n]! * gain;
				sum[start + n]! += rise[n]! * first;
				sum[start + last - n]! -= rise[last - n]! * first;
				sum[middle + n]! -= fall[last - n]! * second;
				sum[middle + last - n]! -= fall[n]! * second;
			}
		}
		const flat = (this.frameLength - length) / 2;
		const inOutput = this.frameLength - flat;
		for (let n = 0; n < inOutput; n++) output[flat + n]! += sum[n]!;
		for (let n = inOutput; n < sum.length; n++) overlap[n - inOutput]! += sum[n]!;
	}
}

/**
 * A DCT-IV by a complex transform of half its length. The inverse modified transform is its output,
 * unfolded: second half, its mirror image negated, first half mirrored and negated, first half negated.
 */
class CosineTransform {
	private readonly fft: Fft;
	private readonly re: Float64Array;
	private readonly im: Float64Array;
	private readonly result: Float64Array;
	/** Cosine and sine for each complex value; each of its two uses scales by the root of 1 / length. */
	private readonly twiddles: Float64Array;

	constructor(private readonly length: number) {
		const half = length / 2;
		this.fft = new Fft(half);
		this.re = new Float64Array(half);
		this.im = new Float64Array(half);
		this.result = new Float64Array(length);
		this.twiddles = new Float64Array(length);
		const scale = Math.sqrt(1 / length);
		for (let n = 0; n < half; n++) {
			const angle = (-Math.PI * (8 * n + 1)) / (8 * length);
			this.twiddles[2 * n] = Math.cos(angle) * scale;
			this.twiddles[2 * n + 1] = Math.sin(angle) * scale;
		}
	}

	/** The transform of coefficients from an offset on; valid until the next call. */
	transform(coefficients: Float64Array, offset: number): Float64Array {
		const { re, im, result, twiddles, length } = this;
		const { order } = this.fft;
		const half = length / 2;
		for (let n = 0, low = offset, high = offset + length - 1; n < half; n++, low += 2, high -= 2) {
			const cos = twiddles[2 * n]!;
			const sin = twiddles[2 * n + 1]!;
			re[n] = coefficients[low]! * cos - coefficients[high]! * sin;
			im[n] = coefficients[low]! * sin + coefficients[high]! * cos;
		}
		this.fft.transform(re, im);
		for (let n = 0, low = 0, high = length - 1; n < half; n++, low += 2, high -= 2) {
			const cos = twiddles[2 * n]!;
			const sin = twiddles[2 * n + 1]!;
			const at = order[n]!;
			result[low] = re[at]! * cos - im[at]! * sin;
			result[high] = -(re[at]! * sin + im[at]! * cos);
		}
		return result;
	}
}

function sineRise(length: number): Float64Array {
	return Float64Array.from({ length }, (_, n) => Math.sin((Math.PI * (n + 0.5)) / (2 * length)));
}

function kaiserRise(length: number, alpha: number): Float64Array {
	const kaiser = Float64Array.from({ length: length + 1 }, (_, n) => {
		const place = (2 * n) / length - 1;
		return besselI0(Math.PI * alpha * Math.sqrt(1 - place * place));
	});
	const total = kaiser.reduce((sum, value) => sum + value, 0);
	let sum = 0;
	return Float64Array.from({ length }, (_, n) => {
		sum += kaiser[n]!;
		return Math.sqrt(sum / total);
	});
}

/** The modified Bessel function of the first kind, order 0, by its series. */
function besselI0(x: number): number {
	let sum = 1;
	let term = 1;
	for (let k = 1; term > sum * 1e-17; k++) {
		term *= (x / (2 * k)) ** 2;
		sum += term;
	}
	return sum;
}
