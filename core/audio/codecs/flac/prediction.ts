/** Room before the first sample of a block, so that predictors of any length can look there. */
export const HISTORY = 32;

/** Adds linear prediction to a residual (RFC 9639, 9.2.5 and 9.2.6). */
export interface Predictor {
	/** The first belongs to the latest sample. */
	coefficients: readonly number[];
	/** Bits by which the sum of products is shifted to the right. */
	shift: number;
}

/** The fixed predictors by their order. */
export const FIXED_PREDICTORS: readonly Predictor[] = [
	{ coefficients: [], shift: 0 },
	{ coefficients: [1], shift: 0 },
	{ coefficients: [2, -1], shift: 0 },
	{ coefficients: [3, -3, 1], shift: 0 },
	{ coefficients: [4, -6, 4, -1], shift: 0 },
];

/** Samples of a block after `HISTORY` others; more than 32 bits take floating point. */
export type Samples = Int32Array | Float64Array;

/**
 * Turns a residual into samples.
 *
 * @param samples hold the first samples before `from`; may be the same as `residual`
 * @param bits of a sample
 */
export function restore(
	{ coefficients, shift }: Predictor,
	residual: Int32Array,
	samples: Samples,
	from: number,
	to: number,
	bits: number,
): void {
	const order = coefficients.length;
	const size = coefficients.reduce((sum, coefficient) => sum + Math.abs(coefficient), 0);
	const isWide = size * 2 ** (bits - 1) >= 2 ** 31;
	if (isWide || samples instanceof Float64Array) {
		restoreWide(Float64Array.from(coefficients), shift, residual, samples, from, to);
	} else if (order > 12) {
		restoreLong(padded(coefficients, 32), shift, samples, from, to);
	} else if (order > 8) {
		restore12(padded(coefficients, 12), shift, samples, from, to);
	} else if (order > 4) {
		restore8(padded(coefficients, 8), shift, samples, from, to);
	} else if (order > 0) {
		restore4(padded(coefficients, 4), shift, samples, from, to);
	}
}

function padded(coefficients: readonly number[], length: number): Int32Array {
	const all = new Int32Array(length);
	all.set(coefficients);
	return all;
}

function restore4(c: Int32Array, shift: number, x: Int32Array, from: number, to: number): void {
	const [c0, c1, c2, c3] = c as unknown as [number, number, number, number];
	let [x0, x1, x2, x3] = [x[from - 1]!, x[from - 2]!, x[from - 3]!, x[from - 4]!];
	for (let index = from; index < to; index++) {
		const sum = Math.imul(c0, x0) + Math.imul(c1, x1) + Math.imul(c2, x2) + Math.imul(c3, x3);
		x3 = x2;
		x2 = x1;
		x1 = x0;
		x0 = (x[index]! + ((sum | 0) >> shift)) | 0;
		x[index] = x0;
	}
}

function restore8(c: Int32Array, shift: number, x: Int32Array, from: number, to: number): void {
	const [c0, c1, c2, c3] = [c[0]!, c[1]!, c[2]!, c[3]!];
	const [c4, c5, c6, c7] = [c[4]!, c[5]!, c[6]!, c[7]!];
	for (let index = from; index < to; index++) {
		const sum =
			Math.imul(c7, x[index - 8]!) +
			Math.imul(c6, x[index - 7]!) +
			Math.imul(c5, x[index - 6]!) +
			Math.imul(c4, x[index - 5]!) +
			Math.imul(c3, x[index - 4]!) +
			Math.imul(c2, x[index - 3]!) +
			Math.imul(c1, x[index - 2]!) +
			Math.imul(c0, x[index - 1]!);
		x[index] = x[index]! + ((sum | 0) >> shift);
	}
}

function restore12(c: Int32Array, shift: number, x: Int32Array, from: number, to: number): void {
	const [c0, c1, c2, c3] = [c[0]!, c[1]!, c[2]!, c[3]!];
	const [c4, c5, c6, c7] = [c[4]!, c[5]!, c[6]!, c[7]!];
	const [c8, c9, c10, c11] = [c[8]!, c[9]!, c[10]!, c[11]!];
	for (let index = from; index < to; index++) {
		const sum =
			Math.imul(c11, x[index - 12]!) +
			Math.imul(c10, x[index - 11]!) +
			Math.imul(c9, x[index - 10]!) +
			Math.imul(c8, x[index - 9]!) +
			Math.imul(c7, x[index - 8]!) +
			Math.imul(c6, x[index - 7]!) +
			Math.imul(c5, x[index - 6]!) +
			Math.imul(c4, x[index - 5]!) +
			Math.imul(c3, x[index - 4]!) +
			Math.imul(c2, x[index - 3]!) +
			Math.imul(c1, x[index - 2]!) +
			Math.imul(c0, x[index - 1]!);
		x[index] = x[index]! + ((sum | 0) >> shift);
	}
}

function restoreLong(c: Int32Array, shift: number, x: Int32Array, from: number, to: number): void {
	for (let index = from; index < to; index++) {
		let sum = 0;
		for (let tap = 0; tap < 32; tap += 4) {
			const products =
				Math.imul(c[tap + 3]!, x[index - tap - 4]!) +
				Math.imul(c[tap + 2]!, x[index - tap - 3]!) +
				Math.imul(c[tap + 1]!, x[index - tap - 2]!) +
				Math.imul(c[tap]!, x[index - tap - 1]!);
			sum = (sum + products) | 0;
		}
		x[index] = x[index]! + (sum >> shift);
	}
}

/** Sums of up to 53 bits, which is what 32 products of 33 and 15 bits need. */
function restoreWide(
	coefficients: Float64Array,
	shift: number,
	residual: Int32Array,
	samples: Samples,
	from: number,
	to: number,
): void {
	const order = coefficients.length;
	const scale = 2 ** -shift;
	for (let index = from; index < to; index++) {
		let sum = 0;
		for (let tap = 0; tap < order; tap++) sum += coefficients[tap]! * samples[index - tap - 1]!;
		samples[index] = residual[index]! + Math.floor(sum * scale);
	}
}
