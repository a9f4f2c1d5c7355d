import { createParser, type EventSourceMessage, type EventSourceParser } from 'eventsource-parser';

import { readAnswer, type Answer } from './answer';
import { asObject, parseObject } from './json';
import { JsonParser, MAX_STRING_CHARACTERS } from './jsonParser';
import type { GlmAsrError } from '../errors/error';
import type { RequestContext } from '../errors/requestError';
import { strikeOutOfWords } from '../errors/quote';
import {
	answerError,
	findServiceError,
	finishError,
	serviceError,
	type ServiceError,
} from '../errors/service';

/** What arrives while audio is recognised: words as they come, then once the whole. */
export type TranscriptEvent = { type: 'delta'; delta: string } | { type: 'done'; answer: Answer };

/** Turns the text of an answer, piece by piece, into events. */
export interface AnswerReader {
	/** Nothing that follows matters. */
	readonly isFinished: boolean;
	/** The whole transcript has been read, though the answer may go on. */
	readonly isComplete: boolean;
	/** The words read so far. */
	readonly partialText: string;
	/** @throws GlmAsrError when the service reports an error or the text is none of the protocol's */
	feed(text: string): Generator<TranscriptEvent, void, undefined>;
	/** Call once after the last piece. @throws GlmAsrError when the transcript is not complete */
	end(): Generator<TranscriptEvent, void, undefined>;
}

/** The largest event that is held, in characters; reading it holds up everything else. */
const MAX_EVENT_CHARACTERS = 2 * 1024 * 1024;
/** What comes after so many deltas of one answer goes out as one. */
const MAX_DELTAS = 20_000;
/** Comments and events without words in one answer: a sign of life every ten seconds for two days. */
const MAX_EMPTY = 20_000;
/** How much of a body that is no JSON is read, as errors quote it. */
const MAX_FOREIGN_CHARACTERS = 64 * 1024;

/** Marks the end of a stream; not JSON. */
const END_MARK = '[DONE]';

/**
 * Reads an event stream (WHATWG HTML, section 9.2) of GLM-ASR or of the OpenAI shape: events
 * `transcript.text.delta` and `transcript.text.done`, or `transcription.chunk` of vLLM and SGLang,
 * then `data: [DONE]`. A server may leave out the `done` event or the `[DONE]`, but not both: then
 * nobody can tell a finished stream from a broken one.
 */
export class EventStreamReader implements AnswerReader {
	isFinished = false;
	partialText = '';

	private readonly parser: EventSourceParser;
	private events: TranscriptEvent[] = [];
	private deltas = 0;
	/** Words behind the last delta that goes out by itself. */
	private late = '';
	private empty = 0;
	private failure: GlmAsrError | undefined;
	/** What is read now is what was left when the stream ended. */
	private isAtEnd = false;
	private done: Answer | undefined;
	/** The latest event's fields besides its words; a `done` event may leave them out. */
	private common: Partial<Answer> = {};

	constructor(private readonly context: RequestContext) {
		this.parser = createParser({
			onEvent: (message) => this.take(message),
			onError: ({ type }) => {
				if (type === 'max-buffer-size-exceeded') this.failure = answerError(context, 'bad_answer');
				else this.countEmpty();
			},
			onComment: () => this.countEmpty(),
			maxBufferSize: MAX_EVENT_CHARACTERS,
		});
	}

	get isComplete(): boolean {
		return this.done !== undefined;
	}

	*feed(text: string): Generator<TranscriptEvent, void, undefined> {
		// What has failed is not read on.
		if (!this.failure) this.parser.feed(text);
		// Words that came before an error in the same packet go out before it.
		yield* this.events.splice(0);
		if (this.failure) throw this.failure;
	}

	*end(): Generator<TranscriptEvent, void, undefined> {
		if (!this.isFinished && !this.isComplete) {
			// The last event may lack the blank line that ends it.
			this.isAtEnd = true;
			yield* this.feed('\n\n');
			if (!this.isFinished && !this.isComplete)
				throw answerError(this.context, 'incomplete_answer');
		}
		if (this.late !== '') yield { type: 'delta', delta: this.late };
		const answer = this.done ?? { text: '', segments: [], extra: {} };
		const text = answer.text === '' ? this.partialText.trim() : answer.text;
		yield { type: 'done', answer: { ...this.common, ...answer, text } };
	}

	private take({ event, data }: EventSourceMessage): void {
		if (this.isFinished || this.isComplete || this.failure) {
			this.isFinished ||= data.trim() === END_MARK;
			return;
		}
		if (data.trim() === END_MARK) {
			this.isFinished = true;
			return;
		}
		const body = parseObject(data);
		const error =
			findServiceError(body) ?? (event === 'error' ? plainError(body, data) : undefined);
		if (error) this.failure = serviceError(this.context, error);
		else if (body) this.takeBody(body);
		else if (this.isAtEnd) this.failure = answerError(this.context, 'incomplete_answer');
		else this.failure = answerError(this.context, 'bad_answer', data);
	}

	private takeBody(body: Record<string, unknown>): void {
		const { type, delta, choices, object: _, finish_reason: _reason, ...fields } = body;
		const answer = readAnswer({ ...fields, text: fields.text ?? null }, this.context.secret);
		if (!answer) return;
		if (type === 'transcript.text.done') {
			this.failure = failureToFinish(body, this.context);
			if (!this.failure) this.done = answer;
			else if (answer.text.startsWith(this.partialText))
				this.takeWords(answer.text.slice(this.partialText.length));
			return;
		}
		const { id, created, model, request_id } = { ...this.common, ...answer };
		this.common = { id, created, model, request_id };
		const words = typeof delta === 'string' ? delta : chunkContent(choices);
		if (words === '') this.countEmpty();
		else this.takeWords(strikeOutOfWords(words, this.context.secret));
		this.failure ??= failureToFinish(body, this.context);
	}

	private takeWords(words: string): void {
		if (words === '') return;
		if (this.partialText.length + words.length > MAX_STRING_CHARACTERS) {
			this.failure = answerError(this.context, 'bad_answer');
			return;
		}
		this.partialText += words;
		if (this.deltas++ < MAX_DELTAS) this.events.push({ type: 'delta', delta: words });
		else this.late += words;
	}

	private countEmpty(): void {
		if (++this.empty > MAX_EMPTY) this.failure ??= answerError(this.context, 'bad_answer');
	}
}

/** Reads a whole JSON body. */
export class JsonReader implements AnswerReader {
	readonly isFinished = false;
	readonly isComplete = false;
	partialText = '';
	private readonly parser = new JsonParser();
	/** For errors. */
	private beginning = '';

	constructor(private readonly context: RequestContext) {}

	// eslint-disable-next-line require-yield -- a JSON body gives nothing before its end
	*feed(text: string): Generator<TranscriptEvent, void, undefined> {
		if (this.beginning.length < MAX_FOREIGN_CHARACTERS) this.beginning += text;
		else if (this.parser.isBroken) throw this.explain(undefined);
		this.parser.feed(text);
	}

	*end(): Generator<TranscriptEvent, void, undefined> {
		const body = asObject(this.parser.end());
		const answer = readAnswer(body, this.context.secret);
		// Some services send an error beside an empty text.
		if (!answer || (answer.text === '' && findServiceError(body))) throw this.explain(body);
		const failure = body && failureToFinish(body, this.context);
		if (failure) {
			this.partialText = answer.text;
			if (answer.text !== '') yield { type: 'delta', delta: answer.text };
			throw failure;
		}
		yield { type: 'done', answer };
	}

	private explain(body: Record<string, unknown> | undefined): GlmAsrError {
		const error = findServiceError(body);
		if (error) return serviceError(this.context, error);
		const isCutShort = body === undefined && this.parser.isCutShort;
		return answerError(
			this.context,
			isCutShort ? 'incomplete_answer' : 'bad_answer',
			this.beginning,
		);
	}
}

function plainError(body: Record<string, unknown> | undefined, data: string): ServiceError {
	const message = body?.message ?? body?.msg;
	return { message: typeof message === 'string' ? message : data };
}

/** The error when an answer names a reason for its end that is none to be content with. */
function failureToFinish(
	{ choices, finish_reason: own }: Record<string, unknown>,
	context: RequestContext,
): GlmAsrError | undefined {
	const reasons = (Array.isArray(choices) ? choices : []).map(
		(choice: unknown) => (choice as { finish_reason?: unknown } | null)?.finish_reason,
	);
	const failures = [own, ...reasons].map((reason) =>
		typeof reason === 'string' ? finishError(context, reason) : undefined,
	);
	return failures.find((failure) => failure !== undefined);
}

/** The words of a `transcription.chunk`; a `finish_reason` of "stop" ends a part, not the stream. */
function chunkContent(choices: unknown): string {
	const choice = Array.isArray(choices)
		? (choices[0] as { delta?: { content?: unknown } } | undefined)
		: undefined;
	const content = choice?.delta?.content;
	return typeof content === 'string' ? content : '';
}
