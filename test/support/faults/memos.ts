import { toneSamples, wavBytes, type ToneOptions } from '../../../dev/service/tones';
import { words } from '../hosts/recordings';

/** A short recording of its own: a wrong, swapped or doubled answer shows. */
export interface Memo {
	/** Of the file. */
	name: string;
	wav: Uint8Array<ArrayBuffer>;
	/** What the service hears in it. */
	text: string;
}

/** As short as the service can still hear. */
const SHORT: ToneOptions = {
	sampleRate: 8000,
	toneSeconds: 0.06,
	gapSeconds: 0.05,
	lead: 0.05,
	tail: 0.05,
};

/** A part of all ten thousand. */
export function memos(first: number, count: number): Memo[] {
	return Array.from({ length: count }, (_, index) => memo(first + index));
}

/** @param number 0 to 9999; its four digits are what is dialled */
function memo(number: number): Memo {
	const digits = String(number).padStart(4, '0');
	const { samples, sampleRate } = toneSamples(digits, SHORT);
	return { name: `memo-${digits}.wav`, wav: wavBytes(samples, sampleRate), text: words(digits) };
}
