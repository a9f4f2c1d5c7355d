/**
 * Passes the body of an answer on, and ends its request when nothing arrives for too long or it is no
 * longer read: n8n's HTTP helper does neither for a streamed answer.
 *
 * @param seconds the longest pause between two chunks
 * @param request aborting it closes the connection
 */
export async function* withIdleTimeout(
	body: AsyncIterable<Uint8Array>,
	seconds: number,
	request: AbortController,
): AsyncGenerator<Uint8Array, void, undefined> {
	const watch = new IdleWatch(seconds * 1000, () => request.abort());
	try {
		for await (const chunk of body) {
			watch.reset();
			yield chunk;
			watch.reset();
		}
	} catch (error) {
		throw watch.hasExpired ? new SilentError() : error;
	} finally {
		watch.stop();
		request.abort();
	}
}

class SilentError extends Error {
	readonly code = 'ERR_BODY_TIMEOUT';
	override readonly message = 'no byte arrived';
}

/** One timer at a time, however many chunks arrive: it looks at the clock when it fires. */
class IdleWatch {
	hasExpired = false;

	private lastReset = performance.now();
	private timer: AbortSignal | undefined;
	private readonly onTimer = () => this.check();

	constructor(
		private readonly limit: number,
		private readonly onExpire: () => void,
	) {
		this.arm(limit);
	}

	reset(): void {
		this.lastReset = performance.now();
	}

	stop(): void {
		this.timer?.removeEventListener('abort', this.onTimer);
	}

	private arm(milliseconds: number): void {
		// The only timer that n8n's rules for packages allow.
		this.timer = AbortSignal.timeout(Math.ceil(milliseconds));
		this.timer.addEventListener('abort', this.onTimer);
	}

	private check(): void {
		const left = this.lastReset + this.limit - performance.now();
		if (left > 0) {
			this.arm(left);
			return;
		}
		this.hasExpired = true;
		this.onExpire();
	}
}
