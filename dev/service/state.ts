import type { FastifyRequest } from 'fastify';
import {
	now,
	type Fault,
	type OptionChanges,
	type RequestRecord,
	type ServiceOptions,
} from './types';

/** What all requests of one running service share. */
export class ServiceState {
	readonly options: ServiceOptions = {};
	readonly log: RequestRecord[] = [];
	readonly faults = new FaultQueue();
	readonly requestIds = new RecentIds(10_000);
	/** Authorized transcription requests that have not ended. */
	inFlight = 0;
	private count = 0;

	constructor(options: ServiceOptions) {
		Object.assign(this.options, options);
	}

	/** Null restores the default. */
	configure(changes: OptionChanges): void {
		for (const [name, value] of Object.entries(changes)) {
			Object.assign(this.options, { [name]: value ?? undefined });
		}
	}

	/** Begins the log record of a transcription request. */
	record(request: FastifyRequest): RequestRecord {
		const headers = { ...request.headers };
		if (headers.authorization !== undefined) headers.authorization = 'Bearer ***';
		const record: RequestRecord = {
			id: ++this.count,
			at: now(),
			path: request.url,
			headers,
			authorized: false,
			fields: {},
			deltas: [],
		};
		this.log.push(record);
		return record;
	}
}

/** Faults that wait for a request that matches. */
class FaultQueue {
	private waiting: { fault: Fault; times: number }[] = [];

	add(faults: Fault | Fault[]): void {
		this.waiting.push(...[faults].flat().map((fault) => ({ fault, times: fault.times ?? 1 })));
	}

	clear(): void {
		this.waiting = [];
	}

	/** Uses up one of the first fault that matches, in order of injection. */
	take(request: Required<NonNullable<Fault['match']>>): Fault | undefined {
		const next = this.waiting.find(({ fault: { match = {} } }) => {
			const { model = request.model, fileName = '', stream = request.stream } = match;
			return (
				model === request.model && request.fileName.includes(fileName) && stream === request.stream
			);
		});
		if (next && --next.times <= 0) {
			this.waiting = this.waiting.filter((candidate) => candidate !== next);
		}
		return next?.fault;
	}
}

/** Remembers the latest ids, so many of them. */
class RecentIds {
	private readonly ids = new Set<string>();

	constructor(private readonly capacity: number) {}

	/** @returns false when the id was there already */
	add(id: string): boolean {
		if (this.ids.has(id)) return false;
		this.ids.add(id);
		const [oldest] = this.ids;
		if (this.ids.size > this.capacity && oldest !== undefined) this.ids.delete(oldest);
		return true;
	}
}
