import type { TimedDigit } from '../../../dev/service/tones';
import type { Transcription } from '../../../core';
import { words } from '../hosts/recordings';

/** The words that are spoken in a recording of digits. */
export function spokenWords(digits: TimedDigit[]): string[] {
	return words(digits.map(({ digit }) => digit).join('')).split(' ');
}

/**
 * How far off the segments are, in seconds: for each the distance of its start from that of its first
 * word, or of its end from that of its last, whichever is larger. Words are counted off in order.
 */
export function segmentErrors({ segments }: Transcription, digits: TimedDigit[]): number[] {
	let next = 0;
	return segments.map(({ start, end, text }) => {
		const first = digits[next];
		next += text.split(' ').length;
		const last = digits[next - 1];
		return Math.max(Math.abs(start - first!.start), Math.abs(end - last!.end));
	});
}
