/**
 * Complex discrete Fourier transforms in place, of any length made of the factors 2, 3 and 5:
 * decimation in frequency, radix 4 as far as it goes. Results stay in the order in which the last
 * pass leaves them; `order` tells where each one is.
 */
export class Fft {
	/** Where the result for each frequency is. */
	readonly order: Uint16Array;
	private readonly passes: Pass[] = [];

	constructor(readonly length: number) {
		let block = length;
		for (const radix of factorsOf(length)) {
			this.passes.push({ radix, block, twiddles: twiddlesFor(radix, block) });
			block /= radix;
		}
		this.order = orderOf(length, this.passes);
	}

	transform(re: Float64Array, im: Float64Array): void {
		for (const pass of this.passes) {
			if (pass.radix === 4) radix4(re, im, this.length, pass);
			else if (pass.radix === 2) radix2(re, im, this.length, pass);
			else anyRadix(re, im, this.length, pass);
		}
	}
}

interface Pass {
	radix: number;
	/** Length of the transforms that this pass splits. */
	block: number;
	/** Cosine and sine for each result but the first of each butterfly, in the order of use. */
	twiddles: Float64Array;
}

function factorsOf(length: number): number[] {
	const factors: number[] = [];
	for (const radix of [4, 2, 3, 5]) {
		for (; length % radix === 0; length /= radix) factors.push(radix);
	}
	return factors;
}

function twiddlesFor(radix: number, block: number): Float64Array {
	const twiddles: number[] = [];
	for (let k = 0; k < block / radix; k++) {
		for (let j = 1; j < radix; j++) {
			const angle = (-2 * Math.PI * j * k) / block;
			twiddles.push(Math.cos(angle), Math.sin(angle));
		}
	}
	return Float64Array.from(twiddles);
}

function orderOf(length: number, passes: Pass[]): Uint16Array {
	return Uint16Array.from({ length }, (_, frequency) => {
		let position = 0;
		for (const { radix, block } of passes) {
			position += (frequency % radix) * (block / radix);
			frequency = Math.floor(frequency / radix);
		}
		return position;
	});
}

function radix4(
	re: Float64Array,
	im: Float64Array,
	length: number,
	{ block, twiddles }: Pass,
): void {
	const quarter = block >> 2;
	for (let start = 0; start < length; start += block) {
		const end = start + quarter;
		for (let a = start, t = 0; a < end; a++, t += 6) {
			const b = a + quarter;
			const c = b + quarter;
			const d = c + quarter;
			const acRe = re[a]! + re[c]!;
			const acIm = im[a]! + im[c]!;
			const acReDiff = re[a]! - re[c]!;
			const acImDiff = im[a]! - im[c]!;
			const bdRe = re[b]! + re[d]!;
			const bdIm = im[b]! + im[d]!;
			const bdReDiff = re[b]! - re[d]!;
			const bdImDiff = im[b]! - im[d]!;
			re[a] = acRe + bdRe;
			im[a] = acIm + bdIm;
			const re1 = acReDiff + bdImDiff;
			const im1 = acImDiff - bdReDiff;
			re[b] = re1 * twiddles[t]! - im1 * twiddles[t + 1]!;
			im[b] = re1 * twiddles[t + 1]! + im1 * twiddles[t]!;
			const re2 = acRe - bdRe;
			const im2 = acIm - bdIm;
			re[c] = re2 * twiddles[t + 2]! - im2 * twiddles[t + 3]!;
			im[c] = re2 * twiddles[t + 3]! + im2 * twiddles[t + 2]!;
			const re3 = acReDiff - bdImDiff;
			const im3 = acImDiff + bdReDiff;
			re[d] = re3 * twiddles[t + 4]! - im3 * twiddles[t + 5]!;
			im[d] = re3 * twiddles[t + 5]! + im3 * twiddles[t + 4]!;
		}
	}
}

function radix2(
	re: Float64Array,
	im: Float64Array,
	length: number,
	{ block, twiddles }: Pass,
): void {
	const half = block >> 1;
	for (let start = 0; start < length; start += block) {
		for (let k = 0; k < half; k++) {
			const a = start + k;
			const b = a + half;
			const reDiff = re[a]! - re[b]!;
			const imDiff = im[a]! - im[b]!;
			re[a] = re[a]! + re[b]!;
			im[a] = im[a]! + im[b]!;
			re[b] = reDiff * twiddles[2 * k]! - imDiff * twiddles[2 * k + 1]!;
			im[b] = reDiff * twiddles[2 * k + 1]! + imDiff * twiddles[2 * k]!;
		}
	}
}

function anyRadix(
	re: Float64Array,
	im: Float64Array,
	length: number,
	{ radix, block, twiddles }: Pass,
): void {
	const step = block / radix;
	const inRe = new Float64Array(radix);
	const inIm = new Float64Array(radix);
	for (let start = 0; start < length; start += block) {
		for (let k = 0; k < step; k++) {
			for (let n = 0; n < radix; n++) {
				inRe[n] = re[start + k + n * step]!;
				inIm[n] = im[start + k + n * step]!;
			}
			for (let j = 0; j < radix; j++) {
				let sumRe = 0;
				let sumIm = 0;
				for (let n = 0; n < radix; n++) {
					const angle = (-2 * Math.PI * ((j * n) % radix)) / radix;
					sumRe += inRe[n]! * Math.cos(angle) - inIm[n]! * Math.sin(angle);
					sumIm += inRe[n]! * Math.sin(angle) + inIm[n]! * Math.cos(angle);
				}
				const t = 2 * (k * (radix - 1) + j - 1);
				const cos = j === 0 ? 1 : twiddles[t]!;
				const sin = j === 0 ? 0 : twiddles[t + 1]!;
				re[start + k + j * step] = sumRe * cos - sumIm * sin;
				im[start + k + j * step] = sumRe * sin + sumIm * cos;
			}
		}
	}
}
