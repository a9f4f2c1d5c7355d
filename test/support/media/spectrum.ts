const WINDOW = 256;
const BANDS = 16;
/** Bands that are quieter than the loudest one by this much are left out. */
const MAX_BELOW_LOUDEST = 80;

/**
 * By how many decibels the energy of two signals differs in the band in which it differs most: 16
 * bands from 0 to half the sample rate, each over the whole length.
 */
export function bandDifference(
	expected: Float64Array,
	actual: Float64Array | Float32Array,
): number {
	const ours = bandEnergies(actual);
	const theirs = bandEnergies(expected);
	const loudest = Math.max(...theirs);
	const differences = theirs.map((energy, band) =>
		energy - loudest < -MAX_BELOW_LOUDEST ? 0 : Math.abs(ours[band]! - energy),
	);
	return Math.max(...differences);
}

/** Decibels. */
function bandEnergies(samples: Float64Array | Float32Array): number[] {
	const energies = new Float64Array(BANDS);
	const cosines = Float64Array.from({ length: WINDOW }, (_, n) =>
		Math.cos((2 * Math.PI * n) / WINDOW),
	);
	const windowed = new Float64Array(WINDOW);
	for (let at = 0; at + WINDOW <= samples.length; at += WINDOW / 2) {
		for (let n = 0; n < WINDOW; n++) windowed[n] = samples[at + n]! * (0.5 - 0.5 * cosines[n]!);
		for (let bin = 1; bin < WINDOW / 2; bin++) {
			let real = 0;
			let imaginary = 0;
			for (let n = 0; n < WINDOW; n++) {
				real += windowed[n]! * cosines[(bin * n) % WINDOW]!;
				imaginary += windowed[n]! * cosines[(bin * n + (WINDOW / 4) * 3) % WINDOW]!;
			}
			energies[Math.floor((bin * BANDS * 2) / WINDOW)]! += real ** 2 + imaginary ** 2;
		}
	}
	return [...energies].map((energy) => 10 * Math.log10(energy + Number.MIN_VALUE));
}
