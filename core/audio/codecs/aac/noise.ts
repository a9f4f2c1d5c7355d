/** Where the noise of perceptual noise substitution comes from; a decoder has one. */
export interface NoiseSource {
	seed: number;
}

/**
 * Fills a band with noise of a given energy (perceptual noise substitution, ISO/IEC 14496-3, 4.6.13).
 *
 * @returns the seed to go on with
 */
export function drawNoise(
	spectrum: Float64Array,
	from: number,
	to: number,
	level: number,
	seed: number,
): number {
	let energy = 0;
	for (let k = from; k < to; k++) {
		// The generator of "Numerical Recipes"; the standard leaves the choice free.
		seed = (Math.imul(seed, 1664525) + 1013904223) | 0;
		spectrum[k] = seed;
		energy += seed * seed;
	}
	const scale = energy > 0 ? level / Math.sqrt(energy) : 0;
	for (let k = from; k < to; k++) spectrum[k]! *= scale;
	return seed;
}
