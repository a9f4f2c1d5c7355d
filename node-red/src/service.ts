import { setImmediate, setTimeout as wait } from 'node:timers/promises';
import type { ConnectionOptions } from 'node:tls';

import type { Node } from 'node-red';

import {
	checkKey,
	DEFAULT_PLATFORM,
	inputError,
	OPTIONS,
	resolveBaseUrl,
	Share,
	shownValue,
	warningOfKey,
	type Connection,
	type Platform,
} from '../../core';
import { Entrance } from './entrance';
import { openTransport, type PooledTransport } from './transport';

/** What the user set in a `glm-asr-service` node; in a flow file anything may be missing. */
export interface ServiceSettings {
	platform?: Platform;
	baseUrl?: string;
	concurrency?: number | string;
	apiKey?: string;
}

/** The part of a core `tls-config` node that is used. */
export interface TlsConfig {
	valid?: boolean;
	addTLSOptions(options: ConnectionOptions): ConnectionOptions;
}

/** Whose request it is, and who is told when its turn has come. */
export interface Sender {
	/** The id of the message: messages take turns. */
	id: string;
	onTurn: () => void;
}

/** A `glm-asr-service` node as `glm-asr` nodes find it. */
export type ServiceNode = Node<{ apiKey?: string }> & { service: Service };

/** A service that any number of `glm-asr` nodes share: one pool of connections, one queue. */
export class Service {
	readonly platform: Platform;
	private pool: PooledTransport | undefined;
	private share: Share | undefined;
	private theEntrance: Entrance | undefined;

	constructor(
		private readonly settings: ServiceSettings,
		private readonly tls: TlsConfig | null,
	) {
		this.platform = settings.platform || DEFAULT_PLATFORM;
	}

	/**
	 * Where recordings wait before they are opened.
	 *
	 * @throws GlmAsrError `invalid_parameter` when the service's concurrency is no number
	 */
	get entrance(): Entrance {
		return (this.theEntrance ??= new Entrance(this.checkedConcurrency()));
	}

	/**
	 * What `core` needs to send requests for a node.
	 *
	 * @throws GlmAsrError `invalid_parameter` when the service is not configured well
	 */
	connection({ id, onTurn }: Sender): Connection {
		const baseUrl = resolveBaseUrl({ platform: this.platform, baseUrl: this.settings.baseUrl });
		const apiKey = this.checkedKey();
		this.share ??= new Share(baseUrl, apiKey, this.checkedConcurrency());
		this.pool ??= this.open(apiKey);
		return {
			baseUrl,
			transport: this.pool.send,
			limiter: this.share,
			owner: id,
			onTurn,
			yieldToEventLoop: () => setImmediate(),
			sleep: (seconds, signal) => wait(seconds * 1000, undefined, { signal }),
			after: (seconds, callBack) => {
				const timer = setTimeout(callBack, seconds * 1000);
				return () => clearTimeout(timer);
			},
			secret: apiKey,
		};
	}

	/** A sentence for the log when the service is set up, where one is due. */
	get warning(): string | undefined {
		const { baseUrl, apiKey } = this.settings;
		return this.platform === 'custom' ? warningOfKey(String(baseUrl), apiKey) : undefined;
	}

	/** Ends every connection. */
	async close(): Promise<void> {
		await this.pool?.close();
	}

	private open(apiKey: string): PooledTransport {
		if (this.tls?.valid === false) {
			throw inputError(
				'invalid_parameter',
				'The TLS configuration of the service cannot be used.',
				'Correct it; the log says what is wrong with it.',
			);
		}
		try {
			return openTransport({ apiKey, tls: this.tls?.addTLSOptions({}) });
		} catch {
			// What was thrown may show the proxy's password.
			throw inputError(
				'invalid_parameter',
				'The proxy that the environment names cannot be used.',
				'Set http_proxy and https_proxy to addresses such as http://proxy.example:3128, and restart Node-RED.',
			);
		}
	}

	/** The key, which no message shows. */
	private checkedKey(): string {
		const apiKey = checkKey(this.settings.apiKey, 'the service');
		if (apiKey === '' && this.platform !== 'custom') {
			throw inputError(
				'invalid_parameter',
				'The service has no API key.',
				'Enter the key of the chosen platform in the service of this node.',
			);
		}
		return apiKey;
	}

	private checkedConcurrency(): number {
		const { concurrency = '' } = this.settings;
		if (concurrency === '') return OPTIONS.concurrency.default;
		const number = Number(concurrency);
		if (Number.isInteger(number) && number >= 1) return number;
		throw inputError(
			'invalid_parameter',
			`The concurrency of the service is ${shownValue(concurrency)}.`,
			'It must be a whole number of at least 1.',
		);
	}
}
