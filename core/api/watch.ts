import type { Connection } from './transport';

/** How long an answer may take, in seconds. */
export interface AnswerTimes {
	/** Without words. */
	idle: number;
	/** In all. */
	whole: number;
}

/** What an answer did not do in time. */
export type Delay = 'idle' | 'whole';

/** Ends an answer that brings no words for too long, or does not come to an end: bytes alone are no progress. */
export class AnswerWatch {
	/** Set when the time is over. */
	expired: Delay | undefined;

	private readonly began = performance.now();
	private latest = this.began;
	private cancel = () => {};

	constructor(
		private readonly times: AnswerTimes,
		private readonly after: Connection['after'],
		private readonly onExpire: () => void,
	) {
		this.arm();
	}

	/** Words have come. */
	progress(): void {
		this.latest = performance.now();
	}

	/** From now on no more than this is waited for words. */
	shorten(idle: number): void {
		if (idle >= this.times.idle) return;
		this.times.idle = idle;
		this.progress();
		this.cancel();
		this.arm();
	}

	stop(): void {
		this.cancel();
	}

	/** One timer at a time, however many words come: it looks at the clock when it fires. */
	private arm(): void {
		const { idle, whole } = this.left();
		this.cancel = this.after(Math.max(0, Math.min(idle, whole)), () => this.check());
	}

	private left(): AnswerTimes {
		const now = performance.now();
		return {
			idle: this.times.idle - (now - this.latest) / 1000,
			whole: this.times.whole - (now - this.began) / 1000,
		};
	}

	private check(): void {
		const { idle, whole } = this.left();
		if (idle > 0 && whole > 0) return this.arm();
		this.expired = whole > 0 ? 'idle' : 'whole';
		this.onExpire();
	}
}
