import { COLUMNS, KEYPAD, ROWS, type TimedDigit } from './tones';

/** A digit that was heard, and how it is written. */
export interface HeardDigit extends TimedDigit {
	word: string;
}

const WORDS: Record<string, string> = {
	'0': 'zero',
	'1': 'one',
	'2': 'two',
	'3': 'three',
	'4': 'four',
	'5': 'five',
	'6': 'six',
	'7': 'seven',
	'8': 'eight',
	'9': 'nine',
	'*': 'star',
	'#': 'pound',
	A: 'alpha',
	B: 'bravo',
	C: 'charlie',
	D: 'delta',
};

const FREQUENCIES = [...ROWS, ...COLUMNS];
const HALF = ROWS.length;

/** The signal is measured in hops; a window is this many hops, and is moved by one. */
const HOP_SECONDS = 0.004;
/** 28 ms: long enough to tell 697 from 770 Hz, shorter than the shortest gap between digits. */
const WINDOW_HOPS = 7;

/** What a window must show to count as a digit. Amplitudes are relative to full scale. */
const MIN_AMPLITUDE = 0.0015;
/** Part of the window's energy that lies in its two tones; speech and music spread theirs. */
const MIN_PURITY = 0.5;
/** Strongest over second strongest of the four rows (or columns), as a ratio of amplitudes. */
const MIN_LEAD = 2;
/** Row over column or the reverse, as a ratio of amplitudes. */
const MAX_TWIST = 4;

/** What a run of such windows must show to be a digit. */
const MIN_CORE_HOPS = 4;
const MIN_TONE_SECONDS = 0.045;
/** A codec may lose a frame in the middle of a tone; a shorter hole than this is no gap. */
const MAX_HOLE_SECONDS = 0.025;

/** A window's measurement: amplitudes of the eight tones, and the key that it shows, if any. */
interface Spectrum {
	/** Amplitude of tone `t` in window `w` at `w * 8 + t`. */
	amplitudes: Float32Array;
	/** Index of the key, `row * 4 + column`, or -1. */
	keys: Int8Array;
	hopSeconds: number;
}

/**
 * Hears telephone tones (DTMF, ITU-T Q.23/Q.24) in mono samples.
 *
 * Every digit comes with its true start and end in seconds, within 10 ms for tones of at least 60 ms that
 * are at least 40 ms apart. Anything else, speech and music included, is not heard.
 * @param samples -1 to 1
 * @param sampleRate Hz, 8000 to 48000
 */
export function hearDigits(samples: Float32Array, sampleRate: number): HeardDigit[] {
	const spectrum = measure(samples, sampleRate);
	const duration = samples.length / sampleRate;
	const digits: HeardDigit[] = [];
	for (const tone of joinHoles(findTones(spectrum))) {
		if (tone.end - tone.start < MIN_TONE_SECONDS) continue;
		const digit = KEYPAD[tone.key >> 2]?.[tone.key & 3] ?? '';
		digits.push({
			digit,
			word: WORDS[digit] ?? '',
			start: Math.max(0, tone.start),
			end: Math.min(duration, tone.end),
		});
	}
	return digits;
}

/**
 * Goertzel filters run once over each hop; the window's transform is the sum of its hops' transforms once
 * they are turned to a common phase, so overlapping windows cost no more than separate ones.
 */
function measure(samples: Float32Array, sampleRate: number): Spectrum {
	const hop = Math.max(1, Math.round(sampleRate * HOP_SECONDS));
	const count = Math.ceil(samples.length / hop);
	const tones = FREQUENCIES.length;
	const real = new Float64Array(count * tones);
	const imaginary = new Float64Array(count * tones);
	const energy = new Float64Array(count);
	const sum = new Float64Array(count);
	for (let block = 0; block < count; block++) {
		const piece = samples.subarray(block * hop, (block + 1) * hop);
		for (let index = 0; index < piece.length; index++) {
			energy[block]! += piece[index]! ** 2;
			sum[block]! += piece[index]!;
		}
		for (let tone = 0; tone < tones; tone++) {
			const omega = (2 * Math.PI * FREQUENCIES[tone]!) / sampleRate;
			const coefficient = 2 * Math.cos(omega);
			let last = 0;
			let previous = 0;
			for (let index = 0; index < piece.length; index++) {
				const next = piece[index]! + coefficient * last - previous;
				previous = last;
				last = next;
			}
			const x = last - Math.cos(omega) * previous;
			const y = Math.sin(omega) * previous;
			const turn = -omega * (block * hop + piece.length - 1);
			real[block * tones + tone] = x * Math.cos(turn) - y * Math.sin(turn);
			imaginary[block * tones + tone] = x * Math.sin(turn) + y * Math.cos(turn);
		}
	}

	const amplitudes = new Float32Array(count * tones);
	const keys = new Int8Array(count);
	const reach = (WINDOW_HOPS - 1) / 2;
	const length = WINDOW_HOPS * hop;
	for (let window = 0; window < count; window++) {
		const from = Math.max(0, window - reach);
		const to = Math.min(count - 1, window + reach);
		let power = 0;
		let offset = 0;
		for (let block = from; block <= to; block++) {
			power += energy[block]!;
			offset += sum[block]!;
		}
		for (let tone = 0; tone < tones; tone++) {
			let x = 0;
			let y = 0;
			for (let block = from; block <= to; block++) {
				x += real[block * tones + tone]!;
				y += imaginary[block * tones + tone]!;
			}
			amplitudes[window * tones + tone] = (2 * Math.hypot(x, y)) / length;
		}
		keys[window] = keyOf(
			amplitudes.subarray(window * tones, (window + 1) * tones),
			(power - (offset * offset) / length) / length,
		);
	}
	return { amplitudes, keys, hopSeconds: hop / sampleRate };
}

/** The key whose two tones make up a window of the given mean power, or -1. */
function keyOf(amplitudes: Float32Array, power: number): number {
	const row = strongest(amplitudes.subarray(0, HALF));
	const column = strongest(amplitudes.subarray(HALF));
	const twist = row.amplitude / column.amplitude;
	const isKey =
		row.amplitude + column.amplitude >= MIN_AMPLITUDE &&
		(row.amplitude ** 2 + column.amplitude ** 2) / 2 >= MIN_PURITY * power &&
		row.amplitude >= MIN_LEAD * row.second &&
		column.amplitude >= MIN_LEAD * column.second &&
		twist <= MAX_TWIST &&
		twist >= 1 / MAX_TWIST;
	return isKey ? row.index * HALF + column.index : -1;
}

function strongest(amplitudes: Float32Array) {
	let index = 0;
	let amplitude = 0;
	let second = 0;
	for (const [candidate, value] of amplitudes.entries()) {
		if (value > amplitude) {
			second = amplitude;
			amplitude = value;
			index = candidate;
		} else if (value > second) {
			second = value;
		}
	}
	return { index, amplitude, second };
}

interface Tone {
	key: number;
	start: number;
	end: number;
}

/** Finds runs of windows that show one key, and the times at which its two tones rise and fall. */
function findTones({ amplitudes, keys, hopSeconds }: Spectrum): Tone[] {
	const tones: Tone[] = [];
	for (let first = 0; first < keys.length; first++) {
		const key = keys[first]!;
		if (key < 0) continue;
		const envelope = (window: number) => {
			const row = amplitudes[window * FREQUENCIES.length + (key >> 2)] ?? 0;
			const column = amplitudes[window * FREQUENCIES.length + HALF + (key & 3)] ?? 0;
			return Math.sqrt(row * column);
		};
		let last = first;
		while (keys[last + 1] === key) last++;
		const threshold = steadyLevel(envelope, first, last) / 2;
		if (last - first + 1 >= MIN_CORE_HOPS) {
			for (const [from, to] of loudParts(envelope, first, last, threshold)) {
				tones.push({
					key,
					// A window half filled by the tone shows half its amplitude: there lies the tone's edge.
					start: (crossing(envelope, from, -1, threshold) + 0.5) * hopSeconds,
					end: (crossing(envelope, to, 1, threshold) + 0.5) * hopSeconds,
				});
			}
		}
		first = last;
	}
	return tones;
}

/** The level that a tone holds; not its peak, since codecs overshoot where a tone begins. */
function steadyLevel(envelope: (window: number) => number, first: number, last: number): number {
	const levels = Float32Array.from({ length: last - first + 1 }, (_, index) =>
		envelope(first + index),
	).sort();
	return levels[Math.floor(levels.length * 0.6)] ?? 0;
}

/** Splits a run where the tone falls below `threshold`: what a codec smears into a gap is no tone. */
function loudParts(
	envelope: (window: number) => number,
	first: number,
	last: number,
	threshold: number,
): [number, number][] {
	const parts: [number, number][] = [];
	for (let window = first; window <= last; window++) {
		if (envelope(window) < threshold) continue;
		const part = parts.at(-1);
		if (part && part[1] === window - 1) part[1] = window;
		else parts.push([window, window]);
	}
	return parts;
}

/** Walks from a loud window until the envelope falls through `threshold`; the (fractional) window where it does. */
function crossing(
	envelope: (window: number) => number,
	from: number,
	step: 1 | -1,
	threshold: number,
): number {
	let window = from;
	while (envelope(window + step) >= threshold) window += step;
	const inside = envelope(window);
	const outside = envelope(window + step);
	return window + (step * (inside - threshold)) / (inside - outside);
}

function joinHoles(tones: Tone[]): Tone[] {
	const joined: Tone[] = [];
	for (const tone of tones) {
		const before = joined.at(-1);
		if (before?.key === tone.key && tone.start - before.end < MAX_HOLE_SECONDS) {
			before.end = Math.max(before.end, tone.end);
		} else {
			joined.push({ ...tone });
		}
	}
	return joined;
}
