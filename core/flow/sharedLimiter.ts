import { Limiter, type Permit, type Turns } from './limiter';

/** More at a time than any plan of a hosted service allows. */
const MOST_AT_A_TIME = 64;
/** Milliseconds for which it is remembered what a service takes while nobody asks it anything. */
const MEMORY = 15 * 60 * 1000;

interface Entry {
	limiter: Limiter;
	/** When it was last asked for, in milliseconds. */
	lastUse: number;
}

const entries = new Map<string, Entry>();

/**
 * The one limiter of this process for an address and a key: a service counts the requests of a key,
 * whichever execution, node or message they belong to.
 */
function limiterOf(baseUrl: string, key: string): Limiter {
	const now = performance.now();
	for (const [name, { limiter, lastUse }] of entries) {
		if (limiter.isIdle && now - lastUse > MEMORY) entries.delete(name);
	}
	const name = `${baseUrl} ${key}`;
	const entry = entries.get(name) ?? { limiter: new Limiter(MOST_AT_A_TIME, 1), lastUse: now };
	entries.set(name, entry);
	entry.lastUse = now;
	return entry.limiter;
}

/** A part of what one process has under way at a service: so many requests at a time, and no more than the service takes. */
export class Share implements Turns {
	private readonly own: Limiter;

	/** @param most how many of this part may run at a time */
	constructor(
		private readonly baseUrl: string,
		private readonly key: string,
		private readonly most: number,
	) {
		this.own = new Limiter(most);
	}

	async acquire(owner: string, signal?: AbortSignal): Promise<Permit> {
		const place = await this.own.acquire(owner, signal);
		const shared = limiterOf(this.baseUrl, this.key);
		shared.expect(this.most);
		let permit: Permit;
		try {
			permit = await shared.acquire(owner, signal);
		} catch (error) {
			place.release();
			throw error;
		}
		return {
			...permit,
			release: (outcome) => {
				permit.release(outcome);
				place.release();
			},
		};
	}
}
