import type { Segment } from '../api/answer';

/** SubRip, or WebVTT (W3C). */
export type SubtitleFormat = 'srt' | 'vtt';

const MAX_LINE_CHARACTERS = 42;
const MAX_LINES = 2;
/** A character of Chinese or Japanese is as wide as two of other scripts. */
const WIDE =
	/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\u3000-\u303f\uff00-\uffef]/u;

interface Cue {
	/** Seconds. */
	start: number;
	end: number;
	lines: string[];
}

/**
 * Subtitles of a transcript: cues of at most two lines of 42 columns, split at sentences before
 * clauses before words, never overlapping. A segment that needs several cues shares its time among
 * them by the length of their texts.
 */
export function subtitles(segments: Segment[], format: SubtitleFormat): string {
	const cues = withoutOverlap(segments.flatMap(cuesOf));
	return format === 'vtt' ? webVtt(cues) : subRip(cues);
}

function subRip(cues: Cue[]): string {
	return cues
		.map(
			({ start, end, lines }, index) =>
				`${index + 1}\n${timestamp(start, ',')} --> ${timestamp(end, ',')}\n${lines.join('\n')}\n`,
		)
		.join('\n');
}

function webVtt(cues: Cue[]): string {
	const blocks = cues.map(
		({ start, end, lines }) =>
			`${timestamp(start, '.')} --> ${timestamp(end, '.')}\n${lines.map(escapeVtt).join('\n')}\n`,
	);
	return ['WEBVTT\n', ...blocks].join('\n');
}

function escapeVtt(text: string): string {
	return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function timestamp(seconds: number, decimalMark: string): string {
	const milliseconds = Math.round(seconds * 1000);
	const part = (divisor: number, modulus: number, digits: number) =>
		String(Math.floor(milliseconds / divisor) % modulus).padStart(digits, '0');
	const hours = part(3_600_000, Number.MAX_SAFE_INTEGER, 2);
	return `${hours}:${part(60_000, 60, 2)}:${part(1000, 60, 2)}${decimalMark}${part(1, 1000, 3)}`;
}

function cuesOf({ start, end, text }: Segment): Cue[] {
	const lines = wrap(text.replace(/\s+/g, ' ').trim());
	const total = lines.reduce((sum, line) => sum + width(line), 0);
	const cues: Cue[] = [];
	let before = 0;
	for (let index = 0; index < lines.length; index += MAX_LINES) {
		const own = lines.slice(index, index + MAX_LINES);
		const upTo = before + own.reduce((sum, line) => sum + width(line), 0);
		const at = (share: number) => start + ((end - start) * share) / total;
		cues.push({ start: at(before), end: at(upTo), lines: own });
		before = upTo;
	}
	return cues;
}

/** Cues follow each other in reading order; players show overlapping ones on top of each other. */
function withoutOverlap(cues: Cue[]): Cue[] {
	let earliest = 0;
	return cues.flatMap((cue) => {
		const start = Math.max(cue.start, earliest);
		const end = Math.max(cue.end, start);
		earliest = end;
		return end > start ? [{ ...cue, start, end }] : [];
	});
}

/** Where a line may end, best first: after a sentence, after a clause, between words. */
const BREAKS = [/(?<=[.!?…。！？])(?=\s|\p{Script=Han}|$)/u, /(?<=[,;:，、；：])/u, /(?=\s)/u];

function wrap(text: string): string[] {
	const lines: string[] = [];
	let rest = text;
	for (let fitting = fit(rest); fitting < rest.length; fitting = fit(rest)) {
		const length = breakPosition(rest, fitting);
		lines.push(rest.slice(0, length).trim());
		rest = rest.slice(length).trimStart();
	}
	if (rest !== '') lines.push(rest);
	return lines;
}

/** A line should not be left nearly empty for the sake of a better place to break. */
const MIN_FILL = 0.4;

/** @param fitting how much of the text a line takes */
function breakPosition(text: string, fitting: number): number {
	for (const pattern of BREAKS) {
		const positions = [...text.slice(0, fitting + 1).matchAll(new RegExp(pattern, 'gu'))]
			.map(({ index }) => index)
			.filter((index) => index > 0 && index <= fitting);
		const last = positions.at(-1);
		const isFilled =
			last !== undefined && width(text.slice(0, last)) >= MAX_LINE_CHARACTERS * MIN_FILL;
		if (isFilled || (last !== undefined && pattern === BREAKS.at(-1))) return last;
	}
	return fitting;
}

/** How many UTF-16 units fit on a line. */
function fit(text: string): number {
	let columns = 0;
	let length = 0;
	for (const character of text) {
		columns += width(character);
		if (columns > MAX_LINE_CHARACTERS) break;
		length += character.length;
	}
	return length;
}

function width(text: string): number {
	let columns = 0;
	for (const character of text) columns += WIDE.test(character) ? 2 : 1;
	return columns;
}
