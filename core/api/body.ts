import type { HttpAnswer } from './transport';

/** The largest answer that is read, in bytes as they are after any decompression: hours of speech are well below it. */
export const MAX_ANSWER_BYTES = 16 * 1024 * 1024;
/** How many times as long as it was on the way an answer may be; text has no more than a fifth of it. */
const MAX_INFLATION = 200;
/** Characters that are handed on at a time, so that others have a turn between. */
const PART = 4096;

/** An answer that is longer than any transcript. */
export class TooLongError extends Error {}

/**
 * The text of a body in parts of bounded length; characters and a byte order mark may be split over
 * chunks.
 *
 * @throws TooLongError when it is larger than an answer may be
 */
export async function* bodyText({
	headers,
	body,
}: HttpAnswer): AsyncGenerator<string, void, undefined> {
	const decoder = new TextDecoder();
	// Where it counts fewer bytes than come, it counts compressed ones.
	const sent = Number(headers['content-length'] ?? NaN);
	const limit = sent > 0 ? Math.min(MAX_ANSWER_BYTES, sent * MAX_INFLATION) : MAX_ANSWER_BYTES;
	let length = 0;
	for await (const bytes of body) {
		length += bytes.byteLength;
		if (length > limit) throw new TooLongError();
		yield* parts(decoder.decode(bytes, { stream: true }));
	}
	yield* parts(decoder.decode());
}

function* parts(text: string): Generator<string> {
	for (let at = 0; at < text.length; at += PART) yield text.slice(at, at + PART);
}
