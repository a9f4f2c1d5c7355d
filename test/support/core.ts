import type { Answer } from '../../core/api/answer';
import { requestTranscript, type TranscriptRequest } from '../../core/api/request';
import { GlmAsrError } from '../../core/errors/error';
import { Limiter } from '../../core/flow/limiter';
import type { Connection, FormRequest, Transport } from '../../core/api/transport';

/** What a service answers: a status, headers, and a body in pieces; an Error piece breaks it off. */
export interface Script {
	status?: number;
	headers?: Record<string, string | undefined>;
	body?: readonly (string | Uint8Array | Error)[];
}

/** A service in memory: it notes what it was asked and how its answer was read. */
export class ScriptedService {
	readonly requests: FormRequest[] = [];
	/** Pieces of the body that were taken. */
	taken = 0;
	/** Whether the reader of the body has let go of it. */
	isClosed = false;

	private readonly scripts: (Script | Error)[];

	/** @param scripts one for each request; the last one goes on */
	constructor(...scripts: (Script | Error)[]) {
		this.scripts = scripts;
	}

	transport: Transport = async (request) => {
		const script = this.scripts[Math.min(this.requests.length, this.scripts.length - 1)]!;
		this.requests.push(request);
		if (script instanceof Error) throw script;
		const { status = 200, headers = {}, body = [] } = script;
		return { status, headers, body: this.send(body) };
	};

	private async *send(body: NonNullable<Script['body']>): AsyncGenerator<Uint8Array> {
		try {
			for (const piece of body) {
				if (piece instanceof Error) throw piece;
				this.taken++;
				yield typeof piece === 'string' ? new TextEncoder().encode(piece) : piece;
			}
		} finally {
			this.isClosed = true;
		}
	}
}

export const EVENT_STREAM = { 'content-type': 'text/event-stream;charset=UTF-8' };
export const JSON_BODY = { 'content-type': 'application/json' };

/** An answer in JSON. */
export const json = (body: object): Script => ({
	headers: JSON_BODY,
	body: [JSON.stringify(body)],
});
export const SUBJECT = 'memo.wav';

/** What came of a request: the deltas, then an answer or an error. */
export interface Outcome {
	deltas: string[];
	answer: Answer | undefined;
	error: GlmAsrError | undefined;
}

/** Makes a request and notes what comes. An error that is no GlmAsrError is thrown on: core must not leak any. */
export async function ask(
	service: ScriptedService,
	{ secret, ...request }: Partial<TranscriptRequest> & { secret?: string } = {},
): Promise<Outcome> {
	const outcome: Outcome = { deltas: [], answer: undefined, error: undefined };
	const events = requestTranscript(
		{
			fields: [],
			file: { fileName: 'memo.wav', mimeType: 'audio/wav', bytes: new Uint8Array(4) },
			stream: true,
			requestId: 'try-1',
			timeout: 300,
			duration: 3,
			subject: SUBJECT,
			...request,
		},
		{ ...connectionTo(service.transport), secret },
	);
	try {
		for await (const event of events) {
			if (outcome.answer) throw new Error('Something came after the end.');
			if (event.type === 'delta') outcome.deltas.push(event.delta);
			else outcome.answer = event.answer;
		}
	} catch (error) {
		if (!(error instanceof GlmAsrError)) throw error;
		outcome.error = error;
	}
	return outcome;
}

/** Asks for a stream that arrives in these pieces. */
export function askStream(...body: NonNullable<Script['body']>): Promise<Outcome> {
	return ask(new ScriptedService({ headers: EVENT_STREAM, body }));
}

/** Asks for a whole that is this JSON. */
export function askJson(body: unknown, status = 200): Promise<Outcome> {
	return ask(new ScriptedService({ status, headers: JSON_BODY, body: [JSON.stringify(body)] }), {
		stream: false,
	});
}

/** The error of a request that must fail. */
export async function refusalOf(
	script: Script | Error,
	request: Parameters<typeof ask>[1] = {},
): Promise<GlmAsrError> {
	const { error } = await ask(new ScriptedService(script), request);
	if (!error) throw new Error('The request succeeded.');
	return error;
}

export const data = (body: unknown): string =>
	`data: ${typeof body === 'string' ? body : JSON.stringify(body)}\n\n`;
export const delta = (words: string): string =>
	data({ id: 'a', created: 1, model: 'm', type: 'transcript.text.delta', delta: words });
export const done = (text?: string, more = {}): string =>
	data({ id: 'a', created: 1, model: 'm', type: 'transcript.text.done', text, ...more });
export const DONE = data('[DONE]');

/** Whatever a function or a promise throws. */
export async function thrownBy(action: () => unknown): Promise<unknown> {
	try {
		await action();
	} catch (error) {
		return error;
	}
	throw new Error('Nothing was thrown.');
}

/** The GlmAsrError that an action must throw. */
export async function failureOf(action: () => unknown): Promise<GlmAsrError> {
	const error = await thrownBy(action);
	if (error instanceof GlmAsrError) return error;
	throw error;
}

/** All that comes, in a list. */
export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
	const list: T[] = [];
	for await (const item of items) list.push(item);
	return list;
}

/** One half of a character that UTF-16 writes in two. */
export const HALF_CHARACTER = /\p{Surrogate}/u;

/** Nothing else wants a turn. */
export const noTurn = async (): Promise<void> => {};

/** A service behind a transport; whoever waits for another try does not wait long. */
export function connectionTo(transport: Transport): Connection {
	return {
		baseUrl: 'http://service.test/v1',
		transport,
		limiter: new Limiter(100),
		owner: 'test',
		yieldToEventLoop: noTurn,
		sleep: async (_, signal) => signal.throwIfAborted(),
		after: (seconds, callBack) => {
			const timer = setTimeout(callBack, seconds * 1000);
			return () => clearTimeout(timer);
		},
	};
}
