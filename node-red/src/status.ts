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

interface Entry {
	phase: 'queued' | 'sending' | 'hearing';
	/** When its turn came, in milliseconds. */
	since: number;
	progress?: Progress;
}

/** Says in a node's status what its recordings are doing: blue while busy, red after a failure. */
export class StatusBoard {
	private readonly entries = new Set<Entry>();
	private failure = '';
	private shown = '';

	constructor(private readonly show: (status: NodeStatus) => void) {}

	/** A recording begins to wait for its turn. */
	begin(): Activity {
		if (this.entries.size === 0) this.failure = '';
		const entry: Entry = { phase: 'queued', since: 0 };
		this.entries.add(entry);
		this.update();
		return {
			sending: () => {
				Object.assign(entry, { phase: 'sending', since: performance.now() });
				this.update();
			},
			hearing: () => {
				entry.phase = 'hearing';
				this.update();
			},
			reach: (progress) => {
				entry.progress = progress;
				this.update();
			},
			end: () => {
				if (this.entries.delete(entry)) this.update();
			},
		};
	}

	/** Shown once nothing runs any more, until something begins again. */
	fail(reason: string): void {
		this.failure = reason;
		this.update();
	}

	clear(): void {
		this.entries.clear();
		this.failure = '';
		this.update();
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
		const [first, ...others] = this.entries;
		if (first) {
			const text = others.length > 0 ? this.counts() : describe(first);
			return { fill: 'blue', shape: 'dot', text };
		}
		return this.failure === '' ? {} : { fill: 'red', shape: 'ring', text: this.failure };
	}

	private counts(): string {
		const queued = [...this.entries].filter(({ phase }) => phase === 'queued').length;
		const busy = this.entries.size - queued;
		return [busy > 0 && `${busy} active`, queued > 0 && `${queued} queued`]
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
