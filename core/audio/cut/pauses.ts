import type { Piece } from './piece';

/*
 * A recording is measured in steps of a few hundredths of a second, each with its power (mean square,
 * 1 being full scale, 0 when there is nothing to hear). Everything is judged relative to the recording
 * itself, since what is quiet in one is loud in another.
 */

/** The shortest pause that counts: shorter ones are inside words. */
const PAUSE_SECONDS = 0.3;
/** The fraction of the longest possible piece, at its end, in which the cut may lie. */
const SEARCHED_PART = 0.4;
/** A pause is at least this much quieter than the median sound (6 dB). */
const PAUSE_RATIO = 4;
const OVERLAP_SECONDS = 1.5;
/** Very short pieces overlap less, or they would make no progress. */
const LARGEST_OVERLAP = 1 / 4;

/** Where a piece ends, in steps from its beginning, and how many of them the next one repeats. */
export interface Cut {
	at: number;
	overlap: number;
}

/**
 * Finds the quietest place in the last part of the longest possible piece; without overlap when that
 * is a pause.
 *
 * @param powers of the steps of the longest possible piece
 */
export function findCut(powers: readonly number[], stepSeconds: number): Cut {
	const half = Math.max(1, Math.round(PAUSE_SECONDS / 2 / stepSeconds));
	const windows = windowPowers(powers, 2 * half);
	const first = Math.max(0, Math.ceil(powers.length * (1 - SEARCHED_PART)) - half);
	if (first >= windows.length) return { at: powers.length, overlap: 0 };
	const quietest = longestMinimum(windows, first);
	const at = quietest.middle + half;
	const isPause = quietest.power * PAUSE_RATIO <= quantile(windows, 0.5);
	const overlap = isPause
		? 0
		: Math.min(Math.round(OVERLAP_SECONDS / stepSeconds), Math.floor(at * LARGEST_OVERLAP));
	return { at, overlap };
}

/** Sounds this far below full scale (-60 dB) are converter or codec noise. */
const INAUDIBLE = 1e-6;
/** How much speech stands out from the noise around it (10 dB). */
const SOUND_RATIO = 10;

/**
 * Finds a piece's first and last sound, if there is any.
 *
 * @param timeOf the recording's time at which a step begins, in seconds
 * @param soundRatio how much speech stands out from the noise around it; more where powers are estimates
 */
export function whatIsHeard(
	powers: readonly number[],
	timeOf: (step: number) => number,
	soundRatio = SOUND_RATIO,
): Pick<Piece, 'isSilent' | 'spoken'> {
	const peak = powers.reduce((a, b) => (b > a ? b : a), 0);
	if (peak === 0) return { isSilent: true };
	const noise = quantile(powers, 0.1);
	const standsOut = Math.min(noise * soundRatio, Math.sqrt(noise * peak));
	const threshold = Math.min(Math.max(INAUDIBLE, standsOut), peak / SOUND_RATIO);
	const isLoud = (power = 0): boolean => power > threshold;
	// One step alone is a click, or an estimation error.
	const isSound = (power: number, step: number): boolean =>
		isLoud(power) && (isLoud(powers[step - 1]) || isLoud(powers[step + 1]));
	const isHeard = powers.some(isSound) ? isSound : isLoud;
	const [first, last] = [powers.findIndex(isHeard), powers.findLastIndex(isHeard)];
	return { isSilent: false, spoken: { start: timeOf(first), end: timeOf(last + 1) } };
}

/** The mean over each run of `length` steps. */
function windowPowers(powers: readonly number[], length: number): number[] {
	const windows: number[] = [];
	for (let first = 0; first + length <= powers.length; first++) {
		// Summed anew each time: a running sum would not return to exactly 0.
		let sum = 0;
		for (let step = first; step < first + length; step++) sum += powers[step]!;
		windows.push(sum / length);
	}
	return windows;
}

/** The smallest value from `first` on; if there are several, the middle of the longest run. */
function longestMinimum(
	values: readonly number[],
	first: number,
): { middle: number; power: number } {
	const power = values.slice(first).reduce((a, b) => (b < a ? b : a));
	let middle = first;
	let longest = 0;
	let length = 0;
	for (let index = first; index < values.length; index++) {
		length = values[index] === power ? length + 1 : 0;
		if (length > longest) {
			longest = length;
			middle = index - (length >> 1);
		}
	}
	return { middle, power };
}

function quantile(values: readonly number[], part: number): number {
	const sorted = Float64Array.from(values).sort();
	return sorted[Math.floor((sorted.length - 1) * part)] ?? 0;
}
