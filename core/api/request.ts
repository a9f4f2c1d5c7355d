import { GlmAsrError } from '../errors/error';
import { networkError } from '../errors/network';
import type { RequestContext } from '../errors/requestError';
import { findServiceError, serviceError } from '../errors/service';
import {
	EventStreamReader,
	JsonReader,
	type AnswerReader,
	type TranscriptEvent,
} from './eventStream';
import { parseObject } from './json';
import { transcriptionsUrl } from './platforms';
import type { Connection, FormField, HttpAnswer } from './transport';

/** One request: checked fields and a file the service takes as it is. */
export interface TranscriptRequest {
	fields: FormField[];
	file: { fileName: string; mimeType: string; bytes: Uint8Array };
	stream: boolean;
	requestId: string;
	/** The longest the service may send nothing, in seconds. */
	timeout: number;
	/** The name errors speak of: the user's file. */
	subject: string;
}

/** An error body is quoted, not kept. */
const MAX_ERROR_CHARACTERS = 64 * 1024;

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
	{ baseUrl, transport, secret }: Connection,
	signal?: AbortSignal,
): AsyncGenerator<TranscriptEvent, void, undefined> {
	const context: RequestContext = {
		fileName: request.subject,
		requestId: request.requestId,
		secret,
	};
	let reader: AnswerReader | undefined;
	signal?.throwIfAborted();
	try {
		const answer = await transport({
			url: transcriptionsUrl(baseUrl),
			headers: {
				accept: request.stream ? 'text/event-stream, application/json' : 'application/json',
			},
			// The file goes last, so that a server can check the fields before it has read all.
			form: [...request.fields, { name: 'file', ...request.file }],
			timeout: request.timeout,
			signal,
		});
		if (answer.status < 200 || answer.status > 299) throw await refusal(context, answer);

		for await (const text of decodeUtf8(answer.body)) {
			signal?.throwIfAborted();
			if (!reader && text.trim() === '') continue;
			reader ??= chooseReader(text, answer, context, request.stream);
			yield* reader.feed(text);
			if (reader.isFinished) break;
		}
		yield* (reader ?? new JsonReader(context)).end();
	} catch (error) {
		signal?.throwIfAborted();
		if (reader?.isComplete) {
			yield* reader.end();
			return;
		}
		const failure = error instanceof GlmAsrError ? error : networkError(context, error);
		failure.partialText = reader?.partialText ?? '';
		throw failure;
	}
}

function chooseReader(
	beginning: string,
	{ headers }: HttpAnswer,
	context: RequestContext,
	isStreamExpected: boolean,
): AnswerReader {
	// Labels are often wrong, and a body that begins like this is not JSON.
	const isEventStream =
		isStreamExpected ||
		/text\/event-stream/i.test(headers['content-type'] ?? '') ||
		/^\s*[:deir]/.test(beginning);
	// No line of an event stream begins like JSON or like HTML.
	const isOneBody = /^\s*[[{"<]/.test(beginning);
	return isEventStream && !isOneBody ? new EventStreamReader(context) : new JsonReader(context);
}

async function refusal(
	context: RequestContext,
	{ status, headers, body }: HttpAnswer,
): Promise<GlmAsrError> {
	let text = '';
	try {
		for await (const part of decodeUtf8(body)) {
			text += part;
			if (text.length > MAX_ERROR_CHARACTERS) break;
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

/** Text as it arrives; characters and a byte order mark may be split over chunks. */
async function* decodeUtf8(
	body: AsyncIterable<Uint8Array>,
): AsyncGenerator<string, void, undefined> {
	const decoder = new TextDecoder();
	for await (const bytes of body) {
		const text = decoder.decode(bytes, { stream: true });
		if (text !== '') yield text;
	}
	const rest = decoder.decode();
	if (rest !== '') yield rest;
}
