import type { Holdings } from '../hosts/probe';
import type { FaultProxy } from './faultProxy';
import type { Outcomes } from './outcomes';

const MIB = 2 ** 20;

/** A host that was started with `PROBED`. */
interface Probed {
	holdings(): Promise<Holdings>;
}

/** What a host went through and what it holds of it. */
export class Report {
	private readonly began = performance.now();
	private before: Holdings | undefined;
	private after: Holdings | undefined;

	constructor(
		private readonly title: string,
		private readonly host: Probed,
	) {}

	/** Notes what the host holds once it is warm. */
	async begin(): Promise<void> {
		this.before = await this.host.holdings();
	}

	/** Notes what it holds at the end. */
	async end(): Promise<void> {
		this.after = await this.host.holdings();
	}

	/** MiB that it holds more at the end. */
	get growth(): number {
		return (held(this.after!) - held(this.before!)) / MIB;
	}

	print(outcomes: Outcomes, { faultCount, counts, asks }: FaultProxy): void {
		const requests = [...asks.values()].flat().length;
		const { texts, errors } = outcomes.counts;
		console.log(
			[
				`${this.title}: ${asks.size} recordings in ${((performance.now() - this.began) / 1000).toFixed(0)} s`,
				`${requests} requests, ${faultCount} of them broken: ${JSON.stringify(counts, null, 1)}`,
				`${texts} texts, ${errors} errors`,
				`held after collection: ${(held(this.before!) / MIB).toFixed(1)} MiB when warm, ${(held(this.after!) / MIB).toFixed(1)} MiB at the end`,
			].join('\n'),
		);
	}
}

const held = ({ memory }: Holdings): number => memory.heapUsed + memory.external;
