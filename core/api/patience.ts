import { GlmAsrError } from '../errors/error';
import { duration } from '../errors/text';

/** Seconds before the first further try at most, and before any; each try doubles them. */
interface Backoff {
	first: number;
	most: number;
}

/** What Zhipu's own SDKs wait. */
const USUAL: Backoff = { first: 0.5, most: 8 };
/** A place may become free at any moment. */
const BUSY: Backoff = { first: 0.25, most: 4 };
/** An overloaded service needs longer: 30 to 120 seconds in the field. */
const OVERLOADED: Backoff = { first: 8, most: 60 };
/** If the service asks for a longer wait than this, the error is more useful at once. */
const MAX_RETRY_AFTER = 600;
/** Those that were told to wait equally long should not all come back at the same moment. */
const RETRY_AFTER_JITTER = 0.1;
/** Seconds to wait in all for a server that cannot be reached: one that restarts is back by then. */
const RESTART = 60;
/** What the server is still at work on is asked for once more only: each try starts the same work again. */
const MAX_TIME_OUTS = 1;
/** Seconds for which a service may refuse all requests of a key. */
const MAX_REFUSING = 600;

/** How long and how often one request is tried again. */
export class Patience {
	private tries = 0;
	private timeOuts = 0;
	private refusals = 0;
	private restarts = 0;
	/** Seconds. */
	private waitedForServer = 0;

	/**
	 * @param options.maxRetries how often it is tried again after failures that are no refusal
	 * @param options.timeout of a request, in seconds
	 */
	constructor(private readonly options: { maxRetries: number; timeout: number }) {}

	/** Seconds to wait before the next try; undefined when there should be none. */
	after(error: GlmAsrError): number | undefined {
		const { maxRetries } = this.options;
		if (!error.retryable || maxRetries === 0) return undefined;
		if (error.pressure === 'unreachable') return this.afterRestart(error);
		if (error.pressure === 'slow' && this.timeOuts++ === MAX_TIME_OUTS) return undefined;
		return ++this.tries > maxRetries ? undefined : waitBefore(this.tries, error);
	}

	private afterRestart(error: GlmAsrError): number | undefined {
		if (this.waitedForServer >= RESTART) return undefined;
		const seconds = waitBefore(++this.restarts, error, () => (1 + Math.random()) / 2)!;
		this.waitedForServer += seconds;
		return seconds;
	}

	/**
	 * Seconds to wait before a request that was refused for the number of requests is made again.
	 *
	 * @param refusing seconds since the service took a request of the same key
	 * @throws GlmAsrError when that has been too long, or the service asks for too long a wait
	 */
	afterRefusal(error: GlmAsrError, refusing: number): number {
		const left = Math.max(MAX_REFUSING, 2 * this.options.timeout) - refusing;
		if (left <= 0) throw refusedTooLong(error, refusing);
		const told = waitBefore(++this.refusals, error);
		if (told === undefined) throw error;
		// Services that say "0" would be asked without a pause.
		const own = waitBefore(this.refusals, { pressure: 'busy' })!;
		return Math.min(Math.max(told, own), left);
	}
}

function refusedTooLong(error: GlmAsrError, refusing: number): GlmAsrError {
	const waited = `The node waited ${duration(refusing)} in which the service took no request of this key.`;
	return new GlmAsrError({
		...error,
		problem: `${error.problem} ${waited}`,
		reason: `${error.reason} ${waited}`,
	});
}

/**
 * Seconds to wait before the next try, with full jitter, or as long as the service says; undefined when it
 * would be too long.
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
	const { first, most } =
		pressure === 'overloaded' ? OVERLOADED : pressure === 'busy' ? BUSY : USUAL;
	return Math.min(most, first * 2 ** (attempt - 1)) * random();
}
