/**
 * The discrete cosine transform of type IV, of which an inverse MDCT (Vorbis I, section 4.3.7) is a mirrored
 * and shifted copy: X[j] = Σ x[k] cos(π/size (j + 1/2)(k + 1/2)).
 */
export class Dct4 {
	private readonly twiddleReal: Float64Array;
	private readonly twiddleImaginary: Float64Array;
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
		this.fft = new Fft(half);
	}

	transform(input: Float64Array, output: Float64Array): void {
		const { size, fft, twiddleReal, twiddleImaginary } = this;
		const half = size / 2;
		for (let index = 0; index < half; index++) {
			const a = input[2 * index]!;
			const b = input[size - 1 - 2 * index]!;
			const c = twiddleReal[index]!;
			const s = twiddleImaginary[index]!;
			fft.real[index] = a * c - b * s;
			fft.imaginary[index] = a * s + b * c;
		}
		fft.transform();
		for (let index = 0; index < half; index++) {
			const a = fft.real[index]!;
			const b = fft.imaginary[index]!;
			const c = twiddleReal[index]!;
			const s = twiddleImaginary[index]!;
			output[2 * index] = a * c - b * s;
			output[size - 1 - 2 * index] = -(a * s + b * c);
		}
	}
}

/** A complex Fourier transform in place of `real` and `imaginary`, sorted as it goes (Stockham), mostly by fours. */
class Fft {
	real: Float64Array;
	imaginary: Float64Array;
	private otherReal: Float64Array;
	private otherImaginary: Float64Array;
	private readonly cosines: Float64Array;
	private readonly sines: Float64Array;

	constructor(private readonly size: number) {
		this.real = new Float64Array(size);
		this.imaginary = new Float64Array(size);
		this.otherReal = new Float64Array(size);
		this.otherImaginary = new Float64Array(size);
		const angle = (index: number) => (2 * Math.PI * index) / size;
		this.cosines = Float64Array.from({ length: size }, (_, index) => Math.cos(angle(index)));
		this.sines = Float64Array.from({ length: size }, (_, index) => -Math.sin(angle(index)));
	}

	transform(): void {
		let stride = 1;
		for (let length = this.size; length > 1;) {
			if (length % 4 === 0) {
				this.passByFour(length / 4, stride);
				length /= 4;
				stride *= 4;
			} else {
				this.passByTwo(stride);
				length /= 2;
				stride *= 2;
			}
			[this.real, this.otherReal] = [this.otherReal, this.real];
			[this.imaginary, this.otherImaginary] = [this.otherImaginary, this.imaginary];
		}
	}

	private passByFour(quarter: number, stride: number): void {
		const { real, imaginary, otherReal, otherImaginary, cosines, sines } = this;
		const step = quarter * stride;
		for (let group = 0; group < quarter; group++) {
			const turn = group * stride;
			const c1 = cosines[turn]!;
			const s1 = sines[turn]!;
			const c2 = cosines[2 * turn]!;
			const s2 = sines[2 * turn]!;
			const c3 = cosines[3 * turn]!;
			const s3 = sines[3 * turn]!;
			let to = 4 * turn;
			for (let from = turn; from < turn + stride; from++, to++) {
				const ar = real[from]!;
				const ai = imaginary[from]!;
				const br = real[from + step]!;
				const bi = imaginary[from + step]!;
				const cr = real[from + 2 * step]!;
				const ci = imaginary[from + 2 * step]!;
				const dr = real[from + 3 * step]!;
				const di = imaginary[from + 3 * step]!;
				const sumR = ar + cr;
				const sumI = ai + ci;
				const differenceR = ar - cr;
				const differenceI = ai - ci;
				const crossSumR = br + dr;
				const crossSumI = bi + di;
				const crossR = bi - di;
				const crossI = dr - br;
				otherReal[to] = sumR + crossSumR;
				otherImaginary[to] = sumI + crossSumI;
				const r1 = differenceR + crossR;
				const i1 = differenceI + crossI;
				otherReal[to + stride] = r1 * c1 - i1 * s1;
				otherImaginary[to + stride] = r1 * s1 + i1 * c1;
				const r2 = sumR - crossSumR;
				const i2 = sumI - crossSumI;
				otherReal[to + 2 * stride] = r2 * c2 - i2 * s2;
				otherImaginary[to + 2 * stride] = r2 * s2 + i2 * c2;
				const r3 = differenceR - crossR;
				const i3 = differenceI - crossI;
				otherReal[to + 3 * stride] = r3 * c3 - i3 * s3;
				otherImaginary[to + 3 * stride] = r3 * s3 + i3 * c3;
			}
		}
	}

	/** The last pass of a size that is no power of four. */
	private passByTwo(stride: number): void {
		const { real, imaginary, otherReal, otherImaginary } = this;
		for (let at = 0; at < stride; at++) {
			otherReal[at] = real[at]! + real[at + stride]!;
			otherImaginary[at] = imaginary[at]! + imaginary[at + stride]!;
			otherReal[at + stride] = real[at]! - real[at + stride]!;
			otherImaginary[at + stride] = imaginary[at]! - imaginary[at + stride]!;
		}
	}
}
