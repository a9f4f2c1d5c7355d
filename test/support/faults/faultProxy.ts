import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { FAULTS, passOn, STORM, type Exchange, type Fault } from './faults';
import { choose, randomOf } from './random';

/** One request for a recording, and what came of it. */
export interface Ask {
	/** 'none' when the answer was passed on as it was. */
	fault: string;
	leavesTranscript: Fault['leavesTranscript'];
	costs: Fault['costs'];
	/** How long the answer took; absent when the client left or was left before it had all. */
	seconds?: number;
}

export interface FaultProxyOptions {
	/** The base URL of the service behind it. */
	target: string;
	/** The same seed gives the same faults to the same recordings. */
	seed: number;
	/** The share of requests that something happens to, from 0 to 1. */
	rate: number;
	/** What may happen; default everything. */
	faults?: readonly Fault[];
	/** After every so many requests all are refused for some seconds, whatever they are for. */
	storms?: { every: number; seconds: number };
}

const TRANSCRIPTIONS = '/audio/transcriptions';
const NONE: Omit<Fault, 'weight'> = { name: 'none', leavesTranscript: 'yes', send: passOn };

/**
 * Stands before a service and breaks a share of its answers. Every request reaches the service, so that
 * a try that comes again meets what a real service remembers of the one before.
 */
export class FaultProxy {
	/** What was asked for each recording, by the name of its file, in order. */
	readonly asks = new Map<string, Ask[]>();
	private requests = 0;
	private stormUntil = 0;
	private readonly server: http.Server;
	private readonly agent = new http.Agent({ keepAlive: true });

	private constructor(private readonly options: FaultProxyOptions) {
		this.server = http.createServer((request, response) => {
			// Who leaves in the middle is noted where it counts.
			this.exchange(request, response).catch(() => response.destroy());
		});
	}

	/** Starts it on a free port of 127.0.0.1. */
	static async start(options: FaultProxyOptions): Promise<FaultProxy> {
		const proxy = new FaultProxy(options);
		proxy.server.listen(0, '127.0.0.1');
		await once(proxy.server, 'listening');
		return proxy;
	}

	/** Base URL for a node. */
	get url(): string {
		const { port } = this.server.address() as AddressInfo;
		return `http://127.0.0.1:${port}${new URL(this.options.target).pathname}`;
	}

	/** How often each fault befell a request. */
	get counts(): Record<string, number> {
		const counts: Record<string, number> = {};
		for (const { fault } of [...this.asks.values()].flat()) {
			counts[fault] = (counts[fault] ?? 0) + 1;
		}
		return counts;
	}

	/** How many requests something befell. */
	get faultCount(): number {
		const { [NONE.name]: _, ...faults } = this.counts;
		return Object.values(faults).reduce((sum, count) => sum + count, 0);
	}

	/** Ends every connection and stops. */
	async close(): Promise<void> {
		this.server.close();
		this.server.closeAllConnections();
		this.agent.destroy();
		await once(this.server, 'close');
	}

	private async exchange(
		request: http.IncomingMessage,
		response: http.ServerResponse,
	): Promise<void> {
		const began = performance.now();
		const body = await buffer(request);
		const answer = await this.askService(request, body);
		if (!request.url?.endsWith(TRANSCRIPTIONS)) return passOn({ answer, response });

		const name = /filename="([^"]*)"/.exec(body.toString('latin1'))?.[1] ?? '';
		const asks = this.asks.get(name) ?? [];
		this.asks.set(name, asks);
		const chance = (what: string) => randomOf(this.options.seed, name, asks.length, what);
		const isFaulty = chance('whether') < this.options.rate;
		const usual = isFaulty ? this.chooseFault(answer, chance('which')) : NONE;
		const fault = this.isStormy() ? STORM : usual;
		const { name: what, leavesTranscript, costs } = fault;
		const ask: Ask = { fault: what, leavesTranscript, costs };
		asks.push(ask);
		response.once('finish', () => {
			ask.seconds = (performance.now() - began) / 1000;
		});
		const { authorization = '' } = request.headers;
		await fault.send({ answer, response, authorization, random: chance('how') });
	}

	private async askService(
		{ method, url, headers }: http.IncomingMessage,
		body: Buffer,
	): Promise<Exchange['answer']> {
		const { hostname, port } = new URL(this.options.target);
		const forwarded = http.request({
			agent: this.agent,
			hostname,
			port,
			path: url,
			method,
			headers: { ...headers, connection: 'keep-alive' },
		});
		forwarded.end(body);
		const [answer] = (await once(forwarded, 'response')) as [http.IncomingMessage];
		return { status: answer.statusCode!, headers: answer.headers, body: await buffer(answer) };
	}

	private isStormy(): boolean {
		const { every, seconds } = this.options.storms ?? { every: Infinity, seconds: 0 };
		if (this.requests++ % every === 0) this.stormUntil = performance.now() + seconds * 1000;
		return performance.now() < this.stormUntil;
	}

	private chooseFault({ headers }: Exchange['answer'], random: number): Fault {
		const { faults = FAULTS } = this.options;
		const kind = headers['content-type']?.includes('text/event-stream') ? 'stream' : 'json';
		return choose(
			faults.filter(({ on = kind }) => on === kind),
			random,
		);
	}
}
