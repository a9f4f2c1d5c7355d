import { toneSamples, wavBytes, type ToneOptions } from '../../../dev/service/tones';

const WORDS = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'];

/** A wav file in which `digits` are dialled. */
export function recording(digits: string, options?: ToneOptions): Blob {
	const { samples, sampleRate } = toneSamples(digits, options);
	return new Blob([wavBytes(samples, sampleRate)], { type: 'audio/wav' });
}

/** What the local service hears in `recording(digits)`. */
export function words(digits: string): string {
	return [...digits].map((digit) => WORDS[Number(digit)]).join(' ');
}

/** A multipart form with files: field name, content, file name. */
export function formOf(
	...files: Array<[field: string, content: Blob, fileName: string]>
): FormData {
	const form = new FormData();
	for (const [field, content, fileName] of files) form.append(field, content, fileName);
	return form;
}
