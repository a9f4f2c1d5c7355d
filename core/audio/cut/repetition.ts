import { whatIsHeard } from './pauses';
import type { Piece } from './piece';
import { readChannel } from './powerMeter';
import type { PcmFormat } from './wavFile';

/** Seconds; what is shorter costs little. */
const MIN_SECONDS = 1;
/** Steps with sound in a row: no syllable, and no digit that a telephone dials, is as short. */
const CLICK_STEPS = 2;
/** Seconds of the longest block that is looked for; music repeats longer ones. */
const LONGEST_BLOCK = 1;
/** Seconds at either end that are not looked at: there decoders and filters swing in and out. */
const EDGE = 0.25;

/** Samples whose spectrum is looked at, and how often in a piece. */
const WINDOW = 512;
const WINDOWS = 24;
/** What has this part of its power in so many lines of the spectrum is a tone, or a few at a time. */
interface Tones {
	lines: number;
	part: number;
}
/** Notes with all that resounds in them; noise has a quarter. */
const NOTES: Tones = { lines: 16, part: 0.75 };
/** One or two pure tones: whatever a packet holds may sound like a note when it is repeated. */
const PURE: Tones = { lines: 8, part: 0.97 };

/** What is known of a stretch of sound besides its samples: whether what was decoded there is all repeated. */
export type IsRepeated = (start: number, end: number) => boolean;

/**
 * What of a piece is worth sending: neither silence, nor clicks alone, nor one sound over and over. Tones are
 * as they should be.
 *
 * @param samples of the piece, as in `format`, channels interleaved
 * @param powers of its steps
 * @param timeOf the recording's time at which a step begins, in seconds
 * @param isKnown whether it is known to be repeated
 */
export function whatIsWorthSending(
	samples: Uint8Array,
	format: PcmFormat,
	powers: readonly number[],
	timeOf: (step: number) => number,
	isKnown = false,
): Pick<Piece, 'isSilent' | 'spoken' | 'isRepetition'> {
	const heard = whatIsHeard(powers, timeOf);
	const { channels, sampleBytes, sampleRate } = format;
	const isShort = samples.length < MIN_SECONDS * sampleRate * channels * sampleBytes;
	if (heard.isSilent || isShort) return heard;
	if (!isLasting(powers)) return { isSilent: true };
	const isRepetition =
		(isKnown || isRepeated(samples, format)) && !isTone(samples, format, isKnown ? PURE : NOTES);
	return isRepetition ? { isSilent: true, isRepetition } : heard;
}

/** Whether anything is heard longer than a click, as where a level changes. */
function isLasting(powers: readonly number[]): boolean {
	let length = 0;
	return powers.some((power) => {
		length = power > 0 ? length + 1 : 0;
		return length > CLICK_STEPS;
	});
}

/**
 * Whether samples are one short block, repeated exactly and throughout. What was recorded never is.
 *
 * @param samples as in `format`, channels interleaved
 */
function isRepeated(samples: Uint8Array, format: PcmFormat): boolean {
	const { channels, sampleBytes, sampleRate } = format;
	const frameBytes = channels * sampleBytes;
	const edge = Math.round(EDGE * sampleRate);
	const first = edge * frameBytes;
	const count = Math.floor(samples.length / frameBytes) - 2 * edge;
	const longest = Math.min(Math.round(LONGEST_BLOCK * sampleRate), Math.floor(count / 2));
	if (longest < 1) return false;
	const view = new DataView(samples.buffer, samples.byteOffset + first, samples.length - first);
	return hasPeriod(count, longest, (index) => frameAt(view, index * frameBytes, frameBytes));
}

/** Whether a piece is a tone or a few at a time, such as the ones that telephones dial with. */
function isTone(samples: Uint8Array, format: PcmFormat, tones: Tones): boolean {
	const { channels, sampleBytes } = format;
	const frameBytes = channels * sampleBytes;
	const windowBytes = WINDOW * frameBytes;
	const step = Math.max(frameBytes, (samples.length - windowBytes) / (WINDOWS - 1));
	const window = new Float64Array(WINDOW);
	let inLines = 0;
	let inAll = 0;
	for (let at = 0; at + windowBytes <= samples.length; at += step) {
		const start = Math.floor(at / frameBytes) * frameBytes;
		const view = new DataView(samples.buffer, samples.byteOffset + start, windowBytes);
		for (let channel = 0; channel < channels; channel++) {
			readChannel(view, channel, format, window);
			const lines = spectrum(window).sort();
			inAll += sumOf(lines);
			inLines += sumOf(lines.subarray(-tones.lines));
		}
	}
	return inLines >= tones.part * inAll;
}

/**
 * Whether all of a sequence repeats its first `longest` items or fewer: the failure function of Knuth, Morris
 * and Pratt tells the shortest period of each beginning. A beginning of twice the longest that has a period has
 * no other (Fine and Wilf), so that the rest need only keep to it.
 */
function hasPeriod(count: number, longest: number, at: (index: number) => number): boolean {
	const known = Math.min(count, 2 * longest);
	const borders = new Int32Array(known);
	let border = 0;
	for (let index = 1; index < known; index++) {
		const item = at(index);
		while (border > 0 && at(border) !== item) border = borders[border - 1]!;
		if (at(border) === item) border++;
		borders[index] = border;
		if (index + 1 - border > longest) return false;
	}
	const period = known - border;
	for (let index = known; index < count; index++) {
		if (at(index) !== at(index - period)) return false;
	}
	return true;
}

/** The bytes of a frame as a number: all of them, or of long ones a hash. */
function frameAt(view: DataView, offset: number, bytes: number): number {
	if (bytes === 2) return view.getInt16(offset, true);
	let number = 0;
	for (let index = 0; index < bytes; index++) {
		number = (Math.imul(number, 0x01000193) ^ view.getUint8(offset + index)) | 0;
	}
	return number;
}

/** The power in each line but the lowest, which a constant fills. */
function spectrum(samples: Float64Array): Float64Array {
	const { length } = samples;
	const windowed = samples.map(
		(sample, index) => sample * (0.5 - 0.5 * Math.cos((2 * Math.PI * index) / length)),
	);
	return Float64Array.from({ length: length / 2 - 2 }, (_, index) => {
		// Goertzel's recurrence, a line at a time.
		const turn = 2 * Math.cos((2 * Math.PI * (index + 2)) / length);
		let last = 0;
		let before = 0;
		for (let at = 0; at < length; at++) {
			const next = windowed[at]! + turn * last - before;
			before = last;
			last = next;
		}
		return last * last + before * before - turn * last * before;
	});
}

function sumOf(values: Float64Array): number {
	return values.reduce((sum, value) => sum + value, 0);
}
