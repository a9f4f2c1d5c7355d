import { strikeOut } from '../errors/clean';
import { strikeOutOfWords } from '../errors/quote';
import { plainFields } from './plainFields';

/** A stretch of speech; times are seconds from the beginning of the audio. */
export interface Segment {
	id: number;
	start: number;
	end: number;
	text: string;
	/** Nothing could be recognised here; the text is empty. */
	missing?: true;
}

/** A transcript as the service gave it, brought into one shape. */
export interface Answer {
	text: string;
	/** Empty where the service sends none. */
	segments: Segment[];
	id?: string;
	/** Unix seconds. */
	created?: number;
	request_id?: string;
	model?: string;
	/** What the service sent beyond the documented fields. */
	extra: Record<string, unknown>;
}

/**
 * Reads a transcript out of a JSON body or out of a stream's `done` event. Documents disagree on
 * whether ids and times are numbers or strings, so both are taken; an empty text is a transcript.
 *
 * @param secret is struck out of everything
 * @returns undefined when the body holds neither a text nor segments
 */
export function readAnswer(body: unknown, secret?: string): Answer | undefined {
	if (typeof body !== 'object' || body === null || Array.isArray(body)) return undefined;
	const { text, segments, id, created, request_id, model, ...others } = body as Record<
		string,
		unknown
	>;
	const read = readSegments(segments, secret);
	if (typeof text !== 'string' && text !== null && read.length === 0) return undefined;
	return {
		text: typeof text === 'string' ? strikeOutOfWords(text, secret) : joinTexts(read),
		segments: read,
		...optional('id', textOf(id, secret)),
		...optional('created', numberOf(created)),
		...optional('request_id', textOf(request_id, secret)),
		...optional('model', textOf(model, secret)),
		extra: plainFields(others, secret),
	};
}

function readSegments(segments: unknown, secret: string | undefined): Segment[] {
	if (!Array.isArray(segments)) return [];
	return segments.flatMap((segment: unknown, index) => {
		if (typeof segment !== 'object' || segment === null) return [];
		const { id, start, end, text } = segment as Record<string, unknown>;
		const from = numberOf(start);
		const to = numberOf(end);
		if (from === undefined || to === undefined) return [];
		const words = typeof text === 'string' || typeof text === 'number' ? String(text) : '';
		return [
			{
				id: numberOf(id) ?? index,
				start: from,
				end: to,
				text: strikeOutOfWords(words, secret),
			},
		];
	});
}

function joinTexts(segments: Segment[]): string {
	return segments.map(({ text }) => text.trim()).join(' ');
}

function textOf(value: unknown, secret: string | undefined): string | undefined {
	const isText = typeof value === 'string' || typeof value === 'number';
	return isText ? strikeOut(String(value), secret) : undefined;
}

function numberOf(value: unknown): number | undefined {
	const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
	return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

function optional<K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } {
	return (value === undefined ? {} : { [key]: value }) as { [P in K]?: V };
}
