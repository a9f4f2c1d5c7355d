import type { Answer } from './answer';
import { requestTranscript, type TranscriptRequest } from './request';
import { GlmAsrError } from '../errors/error';
import type { TranscriptEvent } from './eventStream';
import type { Permit } from '../flow/limiter';
import { StreamedWords } from '../transcript/streamedWords';
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
/** If the service asks for a longer wait than this, the error is more useful at once. */
const MAX_RETRY_AFTER = 600;
/** Those that were told to wait equally long should not all come back at the same moment. */
const RETRY_AFTER_JITTER = 0.1;

/**
 * Makes a request when its turn comes, and again when it failed in a way that may pass: exponential
 * backoff with full jitter, or as long as the service says. Words that went out already are not
 * repeated by a further try.
 *
 * @param requestOf makes the request for a try, counted from 1: each needs an id of its own
 * @param options.maxRetries how often it is tried again
 * @param options.permit the first try's, if it has one already
 * @throws GlmAsrError of the last try; the reason of `signal` when that is aborted
 */
export async function* requestWithRetries(
	requestOf: (attempt: number) => TranscriptRequest,
	connection: Connection,
	{ maxRetries, permit }: { maxRetries: number; permit?: Permit },
	signal: AbortSignal,
): AsyncGenerator<RetriedEvent, void, undefined> {
	const words = new StreamedWords();
	for (let attempt = 1; ; attempt++) {
		try {
			words.beginAnew();
			const own = attempt === 1 && permit ? permit : await takeTurn(connection, signal);
			for await (const event of requestWith(own, requestOf(attempt), connection, signal)) {
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

/** Waits until one more request may run. @throws the reason of `signal` when that is aborted */
export async function takeTurn(connection: Connection, signal: AbortSignal): Promise<Permit> {
	const permit = await connection.limiter.acquire(connection.owner, signal);
	connection.onTurn?.();
	return permit;
}

/** Holds the permit until the answer has been read. */
async function* requestWith(
	permit: Permit,
	request: TranscriptRequest,
	connection: Connection,
	signal: AbortSignal,
): AsyncGenerator<TranscriptEvent, void, undefined> {
	try {
		for await (const event of requestTranscript(request, connection, signal)) {
			if (event.type === 'done') permit.release('taken');
			yield event;
		}
	} catch (error) {
		const isRefused = error instanceof GlmAsrError && error.pressure === 'busy';
		permit.release(isRefused ? 'refused' : undefined);
		throw error;
	} finally {
		permit.release();
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
