import { inspectAudio, mimeTypeOf, type AudioInfo, type AudioInput } from './audio/inspect';
import { readAll } from './audio/source';
import type { Answer, Segment } from './answer';
import { requestTranscript } from './client';
import type { GlmAsrError } from './errors';
import { inputError } from './errors';
import { limitsOf } from './models';
import { formFields, shown, type RequestParameters } from './parameters';
import type { Platform } from './platforms';
import { beginning } from './text';
import type { Connection } from './transport';

/** What a user chose for one recording. */
export interface TranscriptionOptions extends RequestParameters {
	platform: Platform;
	/** The longest a request may go without a byte, in seconds. */
	timeout?: number;
	/** How many recordings had the same `requestId` before: services take an id only once. */
	requestIdUses?: number;
}

/** The result for one recording, as both nodes put it out. */
export interface Transcription {
	text: string;
	segments: Segment[];
	id?: string;
	/** Unix seconds. */
	created?: number;
	request_id: string;
	model: string;
	audio: AudioInfo;
	/** Requests the recording was sent in. */
	chunks: number;
	/** Sentences. */
	warnings: string[];
	[extra: string]: unknown;
}

/** What comes out while a recording is transcribed; the last event is the `done`. */
export type TranscriptionEvent =
	| { type: 'transcript.text.delta'; delta: string; index: number }
	| { type: 'transcript.text.done'; transcription: Transcription };

/** Seconds; what Zhipu's own SDKs wait. */
export const DEFAULT_TIMEOUT = 300;

/**
 * Transcribes one recording: looks what it is, asks the service and puts the answer into the shape
 * of the nodes' output. Deltas come when `options.stream` is set; the whole comes always, last.
 *
 * @throws GlmAsrError for audio or parameters that will not do, and for everything that goes wrong
 *   with the request; the reason of `signal` when that is aborted
 */
export async function* transcribe(
	input: AudioInput,
	options: TranscriptionOptions,
	connection: Connection,
	signal?: AbortSignal,
): AsyncGenerator<TranscriptionEvent, void, undefined> {
	const requestId = uniqueRequestId(options);
	const fields = formFields(options, { requestId, platform: options.platform });
	const timeout = checkTimeout(options.timeout || DEFAULT_TIMEOUT);
	const audio = await inspectAudio(input);
	checkLimits(audio, options.model);

	const events = requestTranscript(
		{
			fields,
			file: {
				fileName: uploadName(audio),
				mimeType: mimeTypeOf(audio.format),
				bytes: await readAll(input.source),
			},
			stream: options.stream,
			requestId,
			timeout,
			subject: audio.fileName,
		},
		connection,
		signal,
	);
	let index = 0;
	for await (const event of events) {
		if (event.type === 'delta') {
			yield { type: 'transcript.text.delta', delta: event.delta, index: index++ };
			continue;
		}
		const transcription = compose(event.answer, audio, options, requestId);
		// A server that cannot stream answers whole; who waits for words gets them all at once.
		if (options.stream && index === 0 && transcription.text !== '') {
			yield { type: 'transcript.text.delta', delta: transcription.text, index };
		}
		yield { type: 'transcript.text.done', transcription };
	}
}

/** The user's own id goes out as it is the first time. */
function uniqueRequestId({ requestId, requestIdUses = 0 }: TranscriptionOptions): string {
	if (!requestId) return crypto.randomUUID();
	return requestIdUses === 0 ? String(requestId) : `${requestId}-${requestIdUses}`;
}

/** Contract: names every field of the output; `segments` is never absent. */
function compose(
	{ text, segments, id, created, request_id, model, extra }: Answer,
	audio: AudioInfo,
	options: TranscriptionOptions,
	requestId: string,
): Transcription {
	return {
		...extra,
		text,
		segments: segments.length > 0 ? segments : wholeAsSegment(text, audio.duration),
		...(id === undefined ? {} : { id }),
		...(created === undefined ? {} : { created }),
		request_id: options.requestId ? String(options.requestId) : (request_id ?? requestId),
		model: model ?? options.model,
		audio,
		chunks: 1,
		warnings: [],
	};
}

/** Where the service sends no segments, the audio that was sent is one. */
function wholeAsSegment(text: string, duration: number): Segment[] {
	return text === '' ? [] : [{ id: 0, start: 0, end: duration, text }];
}

function checkTimeout(timeout: number): number {
	if (Number.isFinite(timeout) && timeout > 0) return timeout;
	throw inputError(
		'invalid_parameter',
		`The parameter "timeout" is ${shown(timeout)}.`,
		'It must be a number of seconds greater than 0.',
	);
}

/** Says before anything is sent what the service would refuse. */
function checkLimits({ fileName, format, codec, size, duration }: AudioInfo, model: string): void {
	const { maxSeconds, maxBytes } = limitsOf(model);
	if (format === 'wav' && codec !== 'pcm') {
		throw inputError(
			'unsupported_audio',
			`"${fileName}" is a WAV file with ${codec} sound, which the service does not take.`,
			'Convert it to WAV with PCM sound or to MP3 first.',
		);
	}
	if (size > maxBytes) {
		throw inputError(
			'audio_too_large',
			`"${fileName}" has ${megabytes(size)} MB; ${model} takes at most ${megabytes(maxBytes)} MB.`,
			'Send it in shorter parts.',
		);
	}
	if (duration > maxSeconds) {
		throw inputError(
			'audio_too_long',
			`"${fileName}" lasts ${duration} seconds; ${model} takes at most ${maxSeconds}.`,
			'Send it in shorter parts.',
		);
	}
	if (duration === 0) throw noSound(fileName);
}

function noSound(fileName: string): GlmAsrError {
	return inputError(
		'empty_audio',
		`"${fileName}" holds no sound (0 seconds).`,
		'Check the step that recorded it.',
	);
}

const BYTES_PER_MEGABYTE = 1024 * 1024;

function megabytes(bytes: number): string {
	return (bytes / BYTES_PER_MEGABYTE).toFixed(1).replace(/\.0$/, '');
}

const MAX_STEM_CHARACTERS = 100;

/**
 * The name a file is sent under. The service believes the extension more than the MIME type, so it
 * is the one of what the bytes are; characters that could end the header are taken out.
 */
function uploadName({ fileName, format }: AudioInfo): string {
	const base = fileName.split(/[/\\]/).pop() ?? '';
	const stem = base
		.replace(/\.[^.]*$/, '')
		// eslint-disable-next-line no-control-regex -- these are what must not get into a header
		.replace(/[\u0000-\u001f\u007f"%;]/g, '_');
	return `${beginning(stem, MAX_STEM_CHARACTERS).trim() || 'audio'}.${format}`;
}
