import { setTimeout as sleep } from 'node:timers/promises';
import {
	startService,
	type Fault,
	type LocalService,
	type ServiceOptions,
} from '../../../dev/service/server';
import { now } from '../../../dev/service/types';
import { recording } from '../hosts/recordings';

/** What may be under way when somebody cancels. */
interface Kind {
	name: string;
	/** Of the node. */
	options: { stream?: boolean; maxChunkSeconds?: number };
	service: ServiceOptions;
	fault?: Fault;
}

/** None ends by itself within two seconds. */
export const KINDS: readonly Kind[] = [
	{ name: 'a wait for an answer', options: {}, service: { delayMs: 5000 } },
	{ name: 'words that come', options: { stream: true }, service: { pace: 2 } },
	{
		name: 'pieces one after the other',
		options: { maxChunkSeconds: 2 },
		service: { delayMs: 3000 },
	},
	{
		name: 'a wait for another try',
		options: {},
		service: { delayMs: 5000 },
		fault: { status: 503, times: 2 },
	},
];

/** Four seconds of speech that can be cut anywhere. */
export const SPEECH = recording('01234  56789  01234  56789', { sampleRate: 8000 });

/** How long the service may go on after somebody cancelled, in milliseconds. */
export const PROMPT = 200;
const PATIENCE = 3000;

/** One of several transcriptions that are cancelled at the same time; it has a service of its own. */
export class Lane {
	/** How long requests went on after the cancellation, in milliseconds. */
	readonly lags: number[] = [];

	private constructor(
		readonly index: number,
		readonly kind: Kind,
		readonly service: LocalService,
	) {}

	static async open(index: number, apiKey: string): Promise<Lane> {
		const kind = KINDS[index % KINDS.length]!;
		return new Lane(index, kind, await startService({ apiKey, ...kind.service }));
	}

	/** Forgets what was before. */
	prepare(): void {
		this.service.log.length = 0;
		this.service.clearFaults();
		if (this.kind.fault) this.service.inject(this.kind.fault);
	}

	/** Waits until the service is asked. */
	async untilAsked(): Promise<void> {
		while (this.service.log.length === 0) await sleep(1);
	}

	/**
	 * Waits until nothing is under way any more.
	 *
	 * @param asked when somebody cancelled, as the service tells time
	 */
	async expectEnd(asked: number): Promise<void> {
		const { log } = this.service;
		while (log.some(({ outcome }) => outcome === undefined) && now() < asked + PATIENCE) {
			await sleep(5);
		}
		// What would begin anew, begins now.
		const left = asked + PROMPT - now();
		if (left > 0) await sleep(left);
		for (const { at, endedAt = Infinity } of log) {
			if (endedAt > asked) this.lags.push(Math.max(at, endedAt) - asked);
		}
	}
}

/** One line about how prompt the ends were. */
export function describeLags(lanes: Lane[]): string {
	const lags = lanes.flatMap((lane) => lane.lags).sort((a, b) => a - b);
	const at = (share: number) => lags[Math.floor(share * (lags.length - 1))]!.toFixed(0);
	return `${lags.length} requests were ended, half of them within ${at(0.5)} ms, 99 % within ${at(0.99)} ms, all within ${at(1)} ms`;
}
