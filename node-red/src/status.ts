import type { NodeStatus } from 'node-red';

import { clock, type Progress } from '../../core';

/** One recording's way through the service, for the node's status. */
export interface Activity {
	/** Its turn has come. */
	sending(): void;
	/** Words arrive. */
	hearing(): void;
	/** A later piece of a long recording has its turn. */
	reach(progress: Progress): void;
	end(): void;
}

/** The recordings of one message. */
export interface MessageStatus {
	/** So many more than the one of every message wait for their turn. */
	expect(more: number): void;
	/** One of those that wait is opened. */
	begin(): Activity;
	/** Those that still wait are given up. */
	end(): void;
}

interface Entry {
	phase: 'sending' | 'hearing';
	/** When its turn came, in milliseconds. */
	since: number;
	progress?: Progress;
}

/** Says in a node's status what its recordings are doing: blue while busy, red after a failure. */
export class StatusBoard {
	private queued = 0;
	private readonly active = new Set<Entry>();
	/** Those from before the latest `clear` count no more. */
	private epoch = 0;
	private isDue = false;
	private failure = '';
	private shown = '';

	constructor(private readonly show: (status: NodeStatus) => void) {}

	/** A message begins to wait; it is taken to bring one recording. */
	open(): MessageStatus {
		if (this.queued + this.active.size === 0) this.failure = '';
		const { epoch } = this;
		/** Not begun yet. */
		let waiting = 0;
		const count = (more: number, alter = () => {}) => {
			if (epoch !== this.epoch) return false;
			this.queued += more;
			alter();
			return true;
		};
		const expect = (more: number) => {
			waiting += more;
			if (count(more)) this.updateSoon();
		};
		expect(1);
		return {
			expect,
			begin: () => {
				waiting--;
				return this.begin((more, alter) => {
					if (count(more, alter)) this.update();
				});
			},
			end: () => expect(-waiting),
		};
	}

	/** Shown once nothing runs any more, until something begins again. */
	fail(reason: string): void {
		this.failure = reason;
		this.update();
	}

	clear(): void {
		this.epoch++;
		this.queued = 0;
		this.active.clear();
		this.failure = '';
		this.update();
	}

	private begin(count: (more: number, alter: () => void) => void): Activity {
		let isQueued = true;
		const entry: Entry = { phase: 'sending', since: 0 };
		const leaveQueue = (alter: () => void) => {
			count(isQueued ? -1 : 0, alter);
			isQueued = false;
		};
		const alter = (now: Partial<Entry>) =>
			leaveQueue(() => this.active.add(Object.assign(entry, now)));
		return {
			sending: () => alter({ phase: 'sending', since: performance.now() }),
			hearing: () => alter({ phase: 'hearing' }),
			reach: (progress) => alter({ progress }),
			end: () => leaveQueue(() => this.active.delete(entry)),
		};
	}

	/** Messages come in crowds, and one that is no use has its error at once. */
	private updateSoon(): void {
		if (this.isDue) return;
		this.isDue = true;
		setImmediate(() => {
			this.isDue = false;
			this.update();
		});
	}

	/** Every change goes to editors and Status nodes, so that only real ones are shown. */
	private update(): void {
		const status = this.current();
		const text = JSON.stringify(status);
		if (text === this.shown) return;
		this.shown = text;
		this.show(status);
	}

	private current(): NodeStatus {
		const count = this.queued + this.active.size;
		if (count > 0) {
			const [first] = this.active;
			const only = first ? describe(first) : 'queued';
			return { fill: 'blue', shape: 'dot', text: count === 1 ? only : this.counts() };
		}
		return this.failure === '' ? {} : { fill: 'red', shape: 'ring', text: this.failure };
	}

	private counts(): string {
		const { queued, active } = this;
		return [active.size > 0 && `${active.size} active`, queued > 0 && `${queued} queued`]
			.filter(Boolean)
			.join(' · ');
	}
}

function describe({ phase, since, progress }: Entry): string {
	if (progress) {
		return `${progress.chunk}/${progress.chunks} · ${clock(progress.seconds)}`;
	}
	return phase === 'hearing' ? `hearing · ${clock((performance.now() - since) / 1000)}` : phase;
}
