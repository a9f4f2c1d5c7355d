import type { Answer } from './answer';
import { requestTranscript, type TranscriptRequest } from './request';
import { GlmAsrError } from '../errors/error';
import type { Permit } from '../flow/limiter';
import { Patience } from './patience';
import { StreamedWords } from '../transcript/streamedWords';
import type { Connection } from './transport';

/** What comes of a request that is tried again where that may help. */
export type RetriedEvent =
	| { type: 'delta'; delta: string }
	/** `differs` when the words that were streamed are not those of the answer. */
	| { type: 'done'; answer: Answer; differs: boolean };

/**
 * Makes a request when its turn comes, and again when it failed in a way that may pass. Where the service has too
 * many requests already, it waits for a place, which is no further try. Words that went out already are not
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
	let patience: Patience | undefined;
	let place = permit ?? (await takeTurn(connection, signal));
	try {
		for (let attempt = 1; ; attempt++) {
			const request = requestOf(attempt);
			patience ??= new Patience({ maxRetries, timeout: request.timeout });
			try {
				words.beginAnew();
				for await (const event of requestTranscript(request, connection, signal)) {
					if (event.type === 'done') {
						place.release('taken');
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
				if (error.pressure === 'busy') {
					const refusedAt = performance.now();
					const seconds = patience.afterRefusal(error, place.refuse());
					await place.waitAgain(signal);
					const waited = (performance.now() - refusedAt) / 1000;
					await connection.sleep(Math.max(0, seconds - waited), signal);
				} else {
					place.release();
					const seconds = patience.after(error);
					if (seconds === undefined) throw error;
					await connection.sleep(seconds, signal);
					place = await takeTurn(connection, signal);
				}
			}
		}
	} finally {
		place.release();
	}
}

/** Waits until one more request may run. @throws the reason of `signal` when that is aborted */
export async function takeTurn(connection: Connection, signal: AbortSignal): Promise<Permit> {
	const permit = await connection.limiter.acquire(connection.owner, signal);
	connection.onTurn?.();
	return permit;
}
