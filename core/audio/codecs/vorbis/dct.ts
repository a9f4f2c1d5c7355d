import { Fft } from '../fft';

const transforms = new Map<number, Dct4>();

/** The transform of a size, of which Vorbis has eight: chained streams need not make it anew. */
export function dct4(size: number): Dct4 {
	const known = transforms.get(size) ?? new Dct4(size);
	transforms.set(size, known);
	return known;
}

/**
 * The discrete cosine transform of type IV, of which an inverse MDCT (Vorbis I, section 4.3.7) is a mirrored
 * and shifted copy: X[j] = Σ x[k] cos(π/size (j + 1/2)(k + 1/2)).
 */
export class Dct4 {
	private readonly twiddleReal: Float64Array;
	private readonly twiddleImaginary: Float64Array;
	private readonly real: Float64Array;
	private readonly imaginary: Float64Array;
	private readonly fft: Fft;

	/** @param size a power of two, at least 8 */
	constructor(readonly size: number) {
		const half = size / 2;
		const angle = (index: number) => (Math.PI * (8 * index + 1)) / (8 * size);
		this.twiddleReal = Float64Array.from({ length: half }, (_, index) => Math.cos(angle(index)));
		this.twiddleImaginary = Float64Array.from(
			{ length: half },
			(_, index) => -Math.sin(angle(index)),
		);
		this.real = new Float64Array(half);
		this.imaginary = new Float64Array(half);
		this.fft = new Fft(half);
	}

	transform(input: Float64Array, output: Float64Array): void {
		const { size, fft, real, imaginary, twiddleReal, twiddleImaginary } = this;
		const { order } = fft;
		const half = size / 2;
		for (let index = 0; index < half; index++) {
			const a = input[2 * index]!;
			const b = input[size - 1 - 2 * index]!;
			const c = twiddleReal[index]!;
			const s = twiddleImaginary[index]!;
			real[index] = a * c - b * s;
			imaginary[index] = a * s + b * c;
		}
		fft.transform(real, imaginary);
		for (let index = 0; index < half; index++) {
			const a = real[order[index]!]!;
			const b = imaginary[order[index]!]!;
			const c = twiddleReal[index]!;
			const s = twiddleImaginary[index]!;
			output[2 * index] = a * c - b * s;
			output[size - 1 - 2 * index] = -(a * s + b * c);
		}
	}
}
