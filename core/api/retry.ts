import type { Answer } from './answer';
import { requestTranscript, type TranscriptRequest } from './request';
import { GlmAsrError } from '../errors/error';
import type { TranscriptEvent } from './eventStream';
import type { Place } from '../flow/limiter';
import { wordsOf } from '../transcript/joinText';
import type { Connection } from './transport';

/** What comes of a request that is tried again where that may help. */
export type RetriedEvent =
	| { type: 'delta'; delta: string }
	/** `differs` when the words that were streamed are not those of the answer. */
	| { type: 'done'; answer: Answer; differs: boolean };

/** Seconds before the first further try at most, and before any; each try doubles them. */
interface Backoff {
	first: number;
	most: number;
}

/** What Zhipu's own SDKs wait. */
const USUAL: Backoff = { first: 0.5, most: 8 };
/** An overloaded service needs longer: 30 to 120 seconds in the field. */
const OVERLOADED: Backoff = { first: 8, most: 60 };
/** Nobody waits longer than this because the service says so: then the error is more use. */
const MAX_RETRY_AFTER = 600;
/** Who was told to wait for the same time should not come back at the same moment. */
const RETRY_AFTER_JITTER = 0.1;

/**
 * Makes a request in its turn, and makes it again when it failed in a way that may pass: exponential
 * backoff with full jitter, or as long as the service says. Words that went out already are not
 * repeated by a further try.
 *
 * @param requestOf makes the request for a try, counted from 1: each needs an id of its own
 * @param options.maxRetries how often it is tried again
 * @param options.place the first try's, if it has one already
 * @throws GlmAsrError of the last try; the reason of `signal` when that is aborted
 */
export async function* requestWithRetries(
	requestOf: (attempt: number) => TranscriptRequest,
	connection: Connection,
	{ maxRetries, place }: { maxRetries: number; place?: Place },
	signal: AbortSignal,
): AsyncGenerator<RetriedEvent, void, undefined> {
	const words = new StreamedWords();
	for (let attempt = 1; ; attempt++) {
		try {
			words.beginAnew();
			const turn = attempt === 1 && place ? place : await takeTurn(connection, signal);
			for await (const event of requestInPlace(turn, requestOf(attempt), connection, signal)) {
				if (event.type === 'done') {
					yield { ...event, differs: words.differFrom(event.answer.text) };
					return;
				}
				const delta = words.take(event.delta);
				if (delta !== '') yield { type: 'delta', delta };
			}
			return;
		} catch (error) {
			if (!(error instanceof GlmAsrError)) throw error;
			error.partialText = words.text;
			const seconds = waitBefore(attempt, error);
			if (!error.retryable || attempt > maxRetries || seconds === undefined) throw error;
			await connection.sleep(seconds, signal);
		}
	}
}

/** Waits for a place among the requests that run. @throws the reason of `signal` when that is aborted */
export async function takeTurn(connection: Connection, signal: AbortSignal): Promise<Place> {
	const place = await connection.limiter.acquire(connection.owner, signal);
	connection.onTurn?.();
	return place;
}

/** Holds the place until the answer has been read. */
async function* requestInPlace(
	place: Place,
	request: TranscriptRequest,
	connection: Connection,
	signal: AbortSignal,
): AsyncGenerator<TranscriptEvent, void, undefined> {
	try {
		for await (const event of requestTranscript(request, connection, signal)) {
			if (event.type === 'done') place.leave('taken');
			yield event;
		}
	} catch (error) {
		const isRefused = error instanceof GlmAsrError && error.pressure === 'busy';
		place.leave(isRefused ? 'refused' : undefined);
		throw error;
	} finally {
		place.leave();
	}
}

/**
 * Seconds to wait before the next try; undefined when it would be too long.
 *
 * @param attempt how many there were, from 1
 */
export function waitBefore(
	attempt: number,
	{ retryAfter, pressure }: Pick<GlmAsrError, 'retryAfter' | 'pressure'>,
	random: () => number = Math.random,
): number | undefined {
	if (retryAfter !== undefined) {
		if (retryAfter > MAX_RETRY_AFTER) return undefined;
		return retryAfter * (1 + random() * RETRY_AFTER_JITTER);
	}
	const { first, most } = pressure === 'overloaded' ? OVERLOADED : USUAL;
	return Math.min(most, first * 2 ** (attempt - 1)) * random();
}

/**
 * The words of one piece as they go out, over several tries: each goes on where the one before broke
 * off. Recognition is sampled, so that a further try may hear otherwise; then it goes on behind as many
 * words as went out, and the answer as a whole counts.
 */
class StreamedWords {
	/** All that went out. */
	text = '';
	/** What went out in earlier tries. */
	private before = '';
	/** What this try has said, and how much of it went out. */
	private said = '';
	private given = 0;

	beginAnew(): void {
		this.before = this.text;
		this.said = '';
		this.given = 0;
	}

	/** What of the next words is new. */
	take(delta: string): string {
		this.said += delta;
		const { said, before } = this;
		if (before.startsWith(said)) return '';
		const known = said.startsWith(before) ? before : firstWords(said, wordsOf(before).length);
		if (known === undefined) return '';
		const fresh = said.slice(Math.max(known.length, this.given));
		this.given = said.length;
		this.text += fresh;
		return fresh;
	}

	/** Whether an answer has other words than went out, white space aside. */
	differFrom(answer: string): boolean {
		return this.text !== '' && letters(this.text) !== letters(answer);
	}
}

/** So many words of a text; undefined while the last of them may still grow. */
function firstWords(text: string, count: number): string | undefined {
	const words = wordsOf(text);
	return words.length > count ? words.slice(0, count).join('') : undefined;
}

function letters(text: string): string {
	return text.replace(/\s+/g, '');
}
