/** The order that stands for a plain sum of differences. */
export const FIRST_ORDER = 31;

/**
 * Turns prediction errors into samples, in place: a linear predictor whose coefficients are moved by
 * the sign of each error.
 *
 * @param bits of a sample; overflow wraps around
 * @param coefficients for the oldest sample first; changed as it goes
 * @param shift fractional bits of the coefficients
 */
export function predict(
	samples: Int32Array,
	count: number,
	bits: number,
	coefficients: Int32Array,
	order: number,
	shift: number,
): void {
	if (order === 0) return;
	const unused = 32 - bits;
	const warmUp = order === FIRST_ORDER ? count : Math.min(order + 1, count);
	for (let index = 1; index < warmUp; index++) {
		samples[index] = ((samples[index - 1]! + samples[index]!) << unused) >> unused;
	}
	for (let index = warmUp; index < count; index++) {
		const first = index - order;
		const base = samples[first - 1]!;
		let error = samples[index]!;
		let sum = 0;
		for (let tap = 0; tap < order; tap++) {
			sum = (sum + Math.imul(samples[first + tap]! - base, coefficients[tap]!)) | 0;
		}
		// Rounded to the nearest, without an overflow.
		const predicted = (sum >> shift) + ((sum >> (shift - 1)) & 1);
		samples[index] = ((predicted + base + error) << unused) >> unused;

		if (error > 0) {
			for (let tap = 0; tap < order && error > 0; tap++) {
				const difference = (base - samples[first + tap]!) | 0;
				const sign = difference >> 31;
				coefficients[tap]! -= sign | (-difference >>> 31);
				const magnitude = (difference ^ sign) - sign;
				error = (error - Math.imul(magnitude >> shift, tap + 1)) | 0;
			}
		} else {
			for (let tap = 0; tap < order && error < 0; tap++) {
				const difference = (base - samples[first + tap]!) | 0;
				const sign = difference >> 31;
				coefficients[tap]! += sign | (-difference >>> 31);
				const magnitude = (difference ^ sign) - sign;
				error = (error - Math.imul(-magnitude >> shift, tap + 1)) | 0;
			}
		}
	}
}
