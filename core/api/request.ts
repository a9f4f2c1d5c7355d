import { Yielder } from '../flow/yielder';
import { GlmAsrError } from '../errors/error';
import { networkError } from '../errors/network';
import type { RequestContext } from '../errors/requestError';
import { answerError, findServiceError, serviceError } from '../errors/service';
import { bodyText, TooLongError } from './body';
import {
	EventStreamReader,
	JsonReader,
	type AnswerReader,
	type TranscriptEvent,
} from './eventStream';
import { parseObject } from './json';
import { transcriptionsUrl } from './platforms';
import type { Connection, FormField, HttpAnswer } from './transport';
import { AnswerWatch, type Delay } from './watch';

/** One request: checked fields and a file the service takes as it is. */
export interface TranscriptRequest {
	fields: FormField[];
	file: { fileName: string; mimeType: string; bytes: Uint8Array };
	stream: boolean;
	requestId: string;
	/** The longest the service may go without progress, a status or words, in seconds. */
	timeout: number;
	/** How long the audio lasts, in seconds. */
	duration: number;
	/** The name errors speak of: the user's file. */
	subject: string;
}

/** An error body is quoted, not kept. */
const MAX_ERROR_CHARACTERS = 64 * 1024;
/** Seconds for the rest of an error body, and for what may follow the end of a transcript. */
const MAX_REST = 10;
/** White space before an answer, in characters. */
const MAX_BLANK = 64 * 1024;
/** How many times as long as its audio an answer may take, besides two time-outs. */
const SLOWEST = 10;

/**
 * Makes one transcription request and yields what the service answers: deltas when it streams, and
 * always one `done` at the end. The answer itself shows what form it has, not the request: some servers
 * answer plain JSON when asked for a stream.
 *
 * API: `POST {baseUrl}/audio/transcriptions` (docs.z.ai/api-reference/audio/audio-transcriptions).
 *
 * @param signal ends the request at the service; its reason is then thrown
 * @throws GlmAsrError for every refusal, network failure and malformed answer
 */
export async function* requestTranscript(
	request: TranscriptRequest,
	connection: Connection,
	signal?: AbortSignal,
): AsyncGenerator<TranscriptEvent, void, undefined> {
	const context: RequestContext = {
		fileName: request.subject,
		requestId: request.requestId,
		secret: connection.secret,
	};
	const { timeout, duration } = request;
	const ending = new AbortController();
	let reader: AnswerReader | undefined;
	let watch: AnswerWatch | undefined;
	signal?.throwIfAborted();
	try {
		const answer = await connection.transport({
			url: transcriptionsUrl(connection.baseUrl),
			headers: {
				accept: request.stream ? 'text/event-stream, application/json' : 'application/json',
				// A transcript is short, and what is compressed can unfold to anything.
				'accept-encoding': 'identity',
			},
			// The file goes last, so that a server can check the fields before it has read all.
			form: [...request.fields, { name: 'file', ...request.file }],
			timeout,
			signal: signal ? AbortSignal.any([signal, ending.signal]) : ending.signal,
		});
		const times = { idle: timeout, whole: SLOWEST * duration + 2 * timeout };
		watch = new AnswerWatch(times, connection.after, () => ending.abort());
		if (answer.status < 200 || answer.status > 299) {
			watch.shorten(MAX_REST);
			throw await refusal(context, answer);
		}

		const turns = new Yielder(connection.yieldToEventLoop);
		let blank = 0;
		for await (const text of bodyText(answer)) {
			signal?.throwIfAborted();
			if (watch.expired) throw new DelayError(watch.expired);
			if (!reader && text.trim() === '') {
				blank += text.length;
				if (blank > MAX_BLANK) throw answerError(context, 'bad_answer');
				continue;
			}
			reader ??= chooseReader(text, answer, context, request.stream);
			for (const event of reader.feed(text)) {
				watch.progress();
				yield event;
				await turns.ifDue();
			}
			if (reader.isFinished) break;
			if (reader.isComplete) watch.shorten(MAX_REST);
			await turns.ifDue();
		}
		if (watch.expired && !reader?.isFinished) throw new DelayError(watch.expired);
		yield* (reader ?? new JsonReader(context)).end();
	} catch (error) {
		signal?.throwIfAborted();
		if (reader?.isComplete) {
			yield* reader.end();
			return;
		}
		const failure = failureOf(context, error, watch?.expired);
		failure.partialText = reader?.partialText ?? '';
		throw failure;
	} finally {
		watch?.stop();
	}
}

function failureOf(
	context: RequestContext,
	error: unknown,
	expired: Delay | undefined,
): GlmAsrError {
	if (error instanceof GlmAsrError) return error;
	if (error instanceof TooLongError) return answerError(context, 'bad_answer');
	// Whatever the transport throws when it is told to end.
	return networkError(context, expired ? new DelayError(expired) : error);
}

/** An answer that did not come in time, with a code as the network's have one. */
class DelayError extends Error {
	readonly code: string;

	constructor(delay: Delay) {
		super(delay === 'idle' ? 'no words for too long' : 'words without end');
		this.code = delay === 'idle' ? 'ERR_BODY_TIMEOUT' : 'ERR_ANSWER_TIMEOUT';
	}
}

function chooseReader(
	beginning: string,
	{ headers }: HttpAnswer,
	context: RequestContext,
	isStreamExpected: boolean,
): AnswerReader {
	const first = beginning.trimStart().charAt(0);
	// Labels are often wrong, and a body that begins like this is not JSON.
	const isEventStream =
		isStreamExpected ||
		/text\/event-stream/i.test(headers['content-type'] ?? '') ||
		':deir'.includes(first);
	// No line of an event stream begins like JSON or like HTML.
	const isOneBody = '[{"<'.includes(first);
	return isEventStream && !isOneBody ? new EventStreamReader(context) : new JsonReader(context);
}

async function refusal(context: RequestContext, answer: HttpAnswer): Promise<GlmAsrError> {
	const { status, headers } = answer;
	let text = '';
	try {
		for await (const part of bodyText(answer)) {
			text += part;
			if (text.length >= MAX_ERROR_CHARACTERS) break;
		}
	} catch {
		// The status has arrived and is enough.
	}
	return serviceError(context, findServiceError(parseObject(text)), {
		statusCode: status,
		plainBody: text,
		retryAfterHeader: headers['retry-after'],
		dateHeader: headers.date,
		location: headers.location,
	});
}
