import type { AudioFormat } from './decode';

/** How the service behaves; every option can be changed while it runs. */
export interface ServiceOptions {
	/** The only key that is accepted; unset, any key is. */
	apiKey?: string;
	/** 0 writes all deltas at once; N speaks N times faster than real time. Default 0. */
	pace?: number;
	/** Whether every delta but the first begins with a space. The documented example has none. */
	deltaSpaces?: 'leading' | 'none';
	/** Requests beyond this number are answered with 429. Default: no limit. */
	maxInFlight?: number;
	/** Time from the last byte of the request to the first byte of the answer. Default 0. */
	delayMs?: number;
}

/** What goes wrong with a coming transcription request. */
export interface Fault {
	/** How many requests it befalls; default 1. */
	times?: number;
	/** Which requests it befalls; `fileName` is any part of the name. */
	match?: { model?: string; fileName?: string; stream?: boolean };
	/** With `status`, `body` or `events`, that is the answer, and the request is not checked any further. */
	status?: number;
	/** Added to the answer's own. */
	headers?: Record<string, string>;
	/** An object is sent as JSON. */
	body?: string | object;
	contentType?: string;
	/** The answer's body, written verbatim, each as a socket write of its own. */
	events?: (string | Uint8Array)[];
	/** Time between two of `events`. */
	gapMs?: number;
	/** Time until the answer begins, on top of the service's own. */
	delayMs?: number;
	/** Writes this many deltas (or events, or halves of a JSON body), then nothing until the client goes. */
	stallAfter?: number;
	/** Writes this many, then destroys the socket; 0: before any byte of the answer. */
	resetAfter?: number;
	/** Never answers. */
	hang?: boolean;
}

/** How a request ended; absent while it has not. */
export type Outcome =
	| 'finished'
	/** The client went away, in whatever phase. */
	| 'aborted'
	/** Answered with an error of the service's own. */
	| 'refused'
	/** Answered, or broken off, as a fault asked for. */
	| 'fault';

/** What the service saw and did of one transcription request. Times are epoch milliseconds with fractions. */
export interface RequestRecord {
	/** Counts from 1. */
	id: number;
	at: number;
	path: string;
	/** The key is replaced by `***`. */
	headers: Record<string, string | string[] | undefined>;
	/** Whether the request carried a key that is accepted. */
	authorized: boolean;
	/** Form fields; those that came more than once are lists. */
	fields: Record<string, string | string[]>;
	file?: {
		name: string;
		mimeType: string;
		/** Bytes. */
		size: number;
		/** Seconds; absent, like `format`, when the file was not looked into or is no audio. */
		duration?: number;
		format?: AudioFormat;
	};
	/** HTTP status, once the answer has begun. */
	status?: number;
	/** The service's error code, if the answer has one. */
	code?: string;
	/** The caller's, or the one the service made for its answer. */
	requestId?: string;
	deltas: { delta: string; at: number }[];
	outcome?: Outcome;
	endedAt?: number;
}

/** Null restores an option's default. */
export type OptionChanges = { [Name in keyof ServiceOptions]?: ServiceOptions[Name] | null };

export interface LocalService {
	/** Base URL for a node: everything before `/audio/transcriptions`. */
	url: string;
	port: number;
	/** One record per transcription request, in order of arrival. */
	log: RequestRecord[];
	/** Each fault befalls the next transcription requests that carry an accepted key and match. */
	inject(faults: Fault | Fault[]): void;
	clearFaults(): void;
	configure(changes: OptionChanges): void;
	/** Ends every connection and stops. */
	close(): Promise<void>;
}

/** Now, in epoch milliseconds with fractions. */
export function now(): number {
	return performance.timeOrigin + performance.now();
}
