import type { Turns } from '../flow/limiter';

/** One field of a multipart form: text, or the audio. */
export type FormField =
	| { name: string; value: string }
	| {
			name: string;
			fileName: string;
			mimeType: string;
			/** Valid until the answer has been read to its end. */
			bytes: Uint8Array;
	  };

/** A request as `core` wants it sent. The host's transport adds authorization, proxies and TLS. */
export interface FormRequest {
	url: string;
	headers: Record<string, string>;
	form: FormField[];
	/** How long the service may take to begin its answer, in seconds; what comes then is watched by `core`. */
	timeout: number;
	/** Ends the request, also while its answer is read. */
	signal?: AbortSignal;
}

/** An answer of any status; a transport throws only when there is no answer. */
export interface HttpAnswer {
	status: number;
	/** Names in lower case. */
	headers: Record<string, string | undefined>;
	body: AsyncIterable<Uint8Array>;
}

/** How a host sends a form: the one thing `core` needs of it. Redirects must not be followed. */
export type Transport = (request: FormRequest) => Promise<HttpAnswer>;

/** A service to talk to. */
export interface Connection {
	baseUrl: string;
	transport: Transport;
	/** Lets everything else in the process run. */
	yieldToEventLoop: () => Promise<void>;
	/** Waits for some seconds. @throws the reason of `signal` as soon as that is aborted */
	sleep: (seconds: number, signal: AbortSignal) => Promise<void>;
	/** Calls back after some seconds, unless the function that it returns has been called before. */
	after: (seconds: number, callBack: () => void) => () => void;
	/** Counts the requests of all that talk to the service. */
	limiter: Turns;
	/** Whose requests these are: owners take turns. */
	owner: string;
	/** Called when a request's turn has come. */
	onTurn?: () => void;
	/** The API key, only so that it can be removed from whatever a service answers. */
	secret?: string;
}
