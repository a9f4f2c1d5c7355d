import type { ServerResponse } from 'node:http';
import { setImmediate, setTimeout } from 'node:timers/promises';
import type { HeardDigit } from './dtmf';
import type { Transcription } from './transcript';
import { now, type Fault, type RequestRecord, type ServiceOptions } from './types';

/** A part of the answer's body that is written at one time. */
interface Piece {
	bytes: string | Uint8Array;
	/** Milliseconds after the answer began. */
	due: number;
	/** For the log. */
	delta?: string;
}

export interface Answer {
	status: number;
	headers: Record<string, string | number>;
	pieces: Piece[];
}

/** The answer to a request without `stream`, or an error. */
export function jsonAnswer(status: number, body: object): Answer {
	return wholeAnswer(status, JSON.stringify(body), 'application/json; charset=UTF-8');
}

function wholeAnswer(status: number, body: string, contentType: string): Answer {
	return {
		status,
		headers: { 'content-type': contentType, 'content-length': Buffer.byteLength(body) },
		pieces: [{ bytes: body, due: 0 }],
	};
}

/** The answer to a request with `stream`: an event per word when it has been spoken, then the whole text. */
export function streamAnswer(
	transcription: Transcription,
	words: HeardDigit[],
	duration: number,
	options: Pick<ServiceOptions, 'pace' | 'deltaSpaces'>,
): Answer {
	const { id, created, model, text } = transcription;
	const { pace = 0, deltaSpaces = 'none' } = options;
	const due = (seconds: number) => (pace > 0 ? (seconds * 1000) / pace : 0);
	const event = (data: object) => `data: ${JSON.stringify({ id, created, model, ...data })}\n\n`;
	const pieces: Piece[] = words.map(({ word, end }, index) => {
		const delta = deltaSpaces === 'leading' && index > 0 ? ` ${word}` : word;
		return {
			bytes: event({ delta, type: 'transcript.text.delta' }),
			due: due(end),
			delta,
		};
	});
	pieces.push(
		{ bytes: event({ type: 'transcript.text.done', text }), due: due(duration) },
		{ bytes: 'data: [DONE]\n\n', due: due(duration) },
	);
	return { status: 200, headers: EVENT_STREAM, pieces };
}

const EVENT_STREAM = {
	'content-type': 'text/event-stream; charset=UTF-8',
	'cache-control': 'no-cache',
};

/** The answer that a fault gives in place of the service's own, if it does. */
export function answerOfFault(fault: Fault): Answer | undefined {
	const { status = 200, body, events, gapMs = 0 } = fault;
	if (events) {
		const pieces = events.map((bytes, index) => ({ bytes, due: index * gapMs }));
		return { status, headers: EVENT_STREAM, pieces };
	}
	if (typeof body === 'object') return jsonAnswer(status, body);
	if (body !== undefined || fault.status !== undefined) {
		return wholeAnswer(status, body ?? '', 'text/plain; charset=UTF-8');
	}
	return undefined;
}

/**
 * Writes an answer, piece by piece, each when it is due, and records its deltas.
 *
 * `fault` may add headers, and may break the answer off.
 * @throws when `signal` says that the client is gone
 */
export async function writeAnswer(
	response: ServerResponse,
	answer: Answer,
	{ fault = {}, record, signal }: { fault?: Fault; record: RequestRecord; signal: AbortSignal },
): Promise<void> {
	const { stallAfter, resetAfter } = fault;
	const breaksOff = stallAfter !== undefined || resetAfter !== undefined;
	const pieces = breaksOff ? splitSingle(answer.pieces) : answer.pieces;
	const began = performance.now();
	if (resetAfter === 0) return void response.destroy();
	record.status = answer.status;
	response.writeHead(answer.status, {
		...answer.headers,
		...(fault.contentType && { 'content-type': fault.contentType }),
		...fault.headers,
	});
	if (breaksOff || pieces.some(({ due }) => due > 0)) response.flushHeaders();
	if (stallAfter === 0) await untilGone(signal);

	for (const [index, piece] of pieces.entries()) {
		const wait = began + piece.due - performance.now();
		if (wait > 0) await setTimeout(wait, undefined, { signal });
		await write(response, piece.bytes);
		if (piece.delta !== undefined) record.deltas.push({ delta: piece.delta, at: now() });
		if (index + 1 === resetAfter) return void response.destroy();
		if (index + 1 === stallAfter) await untilGone(signal);
		// Without a turn of the event loop the next piece would share this one's socket write.
		if (index + 1 < pieces.length) await setImmediate();
		signal.throwIfAborted();
	}
	await Promise.race([new Promise<void>((resolve) => response.end(resolve)), untilGone(signal)]);
}

/** So that an answer in one piece can break off in the middle. */
function splitSingle(pieces: Piece[]): Piece[] {
	const [piece] = pieces;
	if (pieces.length !== 1 || !piece) return pieces;
	const bytes = Buffer.from(piece.bytes);
	const middle = bytes.length >> 1;
	return [
		{ ...piece, bytes: bytes.subarray(0, middle) },
		{ ...piece, bytes: bytes.subarray(middle) },
	];
}

/** Hands bytes to the socket. @throws Error when it has been closed */
function write(response: ServerResponse, bytes: string | Uint8Array): Promise<void> {
	return new Promise((resolve, reject) =>
		response.write(bytes, (error) => (error ? reject(error) : resolve())),
	);
}

/** Never resolves; rejects once the client is gone. */
export function untilGone(signal: AbortSignal): Promise<never> {
	return new Promise((_, reject) => {
		const leave = () => reject(new Error('the client is gone'));
		if (signal.aborted) leave();
		signal.addEventListener('abort', leave, { once: true });
	});
}
