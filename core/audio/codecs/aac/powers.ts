const MAX_COEFFICIENT = 8191;
export const MAX_PULSES = 4;
/** Coefficients can be raised beyond their range, if the same one is hit by all pulses. */
const POWER_OFFSET = MAX_COEFFICIENT + MAX_PULSES * 15;
/** By `coefficient + POWER_OFFSET`. */
const POWERS = Float64Array.from({ length: 2 * POWER_OFFSET + 1 }, (_, index) => {
	const value = index - POWER_OFFSET;
	return Math.sign(value) * Math.abs(value) ** (4 / 3);
});
/** Powers of two in steps of a quarter, from -255 / 4 on. */
const QUARTER_POWERS = Float64Array.from({ length: 511 }, (_, index) => 2 ** ((index - 255) / 4));

/** 2 to the power of a number of quarters within ±255. */
export function quarterPower(quarters: number): number {
	return QUARTER_POWERS[quarters + 255]!;
}

/**
 * Inverse quantisation and scaling (ISO/IEC 14496-3, 4.6.1 and 4.6.2.3): the power of 4/3, signs kept,
 * of the coefficients between two places.
 */
export function dequantise(
	quantised: Int16Array,
	spectrum: Float64Array,
	from: number,
	to: number,
	scale: number,
): void {
	for (let k = from; k < to; k++) spectrum[k] = POWERS[quantised[k]! + POWER_OFFSET]! * scale;
}
