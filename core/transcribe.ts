import { TruncatedAudioError } from './audio/errors';
import type { Answer, Segment } from './api/answer';
import type { Piece } from './audio/cut';
import { mimeTypeOf } from './audio/formats';
import { openRecording, type AudioInfo, type AudioInput, type Recording } from './audio/recording';
import {
	clock,
	GlmAsrError,
	inputError,
	partialFailure,
	type MissingStretch,
} from './errors/error';
import { inOrder } from './flow/inOrder';
import { limitsOf, type ModelLimits } from './api/models';
import { formFields, shown, type RequestParameters } from './options';
import type { TranscriptRequest } from './api/request';
import type { Platform } from './api/platforms';
import type { Place } from './flow/limiter';
import { requestWithRetries, takeTurn, type RetriedEvent } from './api/retry';
import { beginning } from './errors/text';
import { joinText } from './transcript/joinText';
import { subtitles, type SubtitleFormat } from './transcript/subtitles';
import { DeltaStream } from './transcript/deltaStream';
import { Transcript } from './transcript/transcript';
import type { Connection } from './api/transport';

/** What a user chose for one recording. */
export interface TranscriptionOptions extends RequestParameters {
	platform: Platform;
	/** The longest a request may go without a byte, in seconds. */
	timeout?: number;
	/** The longest piece that is sent in one request, in seconds; the model's limit holds, too. */
	maxChunkSeconds?: number;
	/** Requests of one recording that run at a time. */
	concurrency?: number;
	/** How often a request that failed in a way that may pass is made again. */
	maxRetries?: number;
	/** Whether a piece that cannot be transcribed is an error, or a gap that is marked. */
	onPieceError?: 'fail' | 'mark';
	subtitles?: 'none' | SubtitleFormat;
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
	/** Pieces the recording was cut into. */
	chunks: number;
	/** Sentences. */
	warnings: string[];
	[extra: string]: unknown;
}

/** What comes out while a recording is transcribed; the last event is the `done`. */
export type TranscriptionEvent =
	| { type: 'transcript.text.delta'; delta: string; index: number }
	| { type: 'progress'; progress: Progress }
	| { type: 'transcript.text.done'; transcription: Transcription; subtitles?: string };

/** How far a recording of several pieces has come. */
export interface Progress {
	/** The piece whose words are awaited, from 1. */
	chunk: number;
	/** How many there will be; an estimate until the last has been cut. */
	chunks: number;
	/** Where that piece begins in the recording. */
	seconds: number;
}

/** Seconds; what Zhipu's own SDKs wait. */
export const DEFAULT_TIMEOUT = 300;
export const DEFAULT_CONCURRENCY = 4;
export const DEFAULT_MAX_RETRIES = 4;
/** A small file can be made to unfold to days of sound. */
const MAX_HOURS = 24;
/** Shorter pieces would cut words and hear each without the others. */
const MIN_CHUNK_SECONDS = 2;

/**
 * Transcribes one recording of any length: looks what it is, cuts it in pauses into what the service
 * takes, asks for several pieces at a time and puts the answers together in the shape of the nodes'
 * output. Deltas come, in the order of the audio, when `options.stream` is set; the whole comes last.
 *
 * @throws GlmAsrError for audio or parameters that will not do, and for everything that goes wrong
 *   with a request; the reason of `signal` when that is aborted
 */
export async function* transcribe(
	input: AudioInput,
	options: TranscriptionOptions,
	connection: Connection,
	signal?: AbortSignal,
): AsyncGenerator<TranscriptionEvent, void, undefined> {
	const checked = check(options);
	const recording = await openRecording(input, connection.yieldToEventLoop);
	const audio = await recording.inspectBeginning();
	if (audio) checkLength(recording, audio.duration);
	const result = new Result(recording, audio, options.stream);
	const pieces = result.count(recording.cut(checked.limits));
	const endedBy = (ending: AbortSignal) => (signal ? AbortSignal.any([signal, ending]) : ending);
	const jobs = (ending: AbortSignal) => inTurn(pieces, connection, endedBy(ending));
	const ask = (job: PieceInTurn, ending: AbortSignal) =>
		requestPiece(job, recording.fileName, checked, connection, endedBy(ending));

	try {
		for await (const { job, item } of inOrder(jobs, ask, checked.concurrency)) {
			const { piece } = job;
			yield* result.reach(piece);
			if (item.type === 'delta') yield* result.addDelta(piece, item.delta);
			else if (item.type === 'failed') result.addFailure(piece, item.error, checked.onPieceError);
			else yield* result.addAnswer(piece, item);
		}
		result.finish(checked.onPieceError);
	} catch (error) {
		signal?.throwIfAborted();
		if (error instanceof GlmAsrError && error.missing.length === 0) {
			error.partialText = joinText(result.text, error.partialText);
		}
		throw error;
	}
	const transcription = result.compose(checked);
	const subtitleFormat = checked.subtitles || 'none';
	yield {
		type: 'transcript.text.done',
		transcription,
		...(subtitleFormat === 'none'
			? {}
			: { subtitles: subtitles(transcription.segments, subtitleFormat) }),
	};
}

/** A piece and its place among the pieces of its recording, from 0. */
interface NumberedPiece extends Piece {
	index: number;
	/** The part of the recording's bytes that had been read when it was cut, from 0 to 1. */
	readPart: number;
}

interface CheckedOptions extends TranscriptionOptions {
	limits: ModelLimits;
	timeout: number;
	concurrency: number;
	maxRetries: number;
	onPieceError: 'fail' | 'mark';
	/** What the ids of requests are made of. */
	requestId: string;
	/** The user's own, which the output keeps. */
	givenRequestId: string | undefined;
}

/** @throws GlmAsrError `invalid_parameter`, before anything is read or sent */
function check(options: TranscriptionOptions): CheckedOptions {
	const requestId = recordingId(options);
	formFields(options, { requestId, platform: options.platform });
	const limits = limitsOf(options.model);
	const wanted = positive('maxChunkSeconds', options.maxChunkSeconds || Number.MAX_VALUE);
	const maxSeconds = Math.min(limits.maxSeconds, Math.max(wanted, MIN_CHUNK_SECONDS));
	oneOf('subtitles', options.subtitles || 'none', ['none', 'srt', 'vtt']);
	const onPieceError = options.onPieceError || 'fail';
	oneOf('onPieceError', onPieceError, ['fail', 'mark']);
	return {
		...options,
		requestId,
		givenRequestId: options.requestId ? String(options.requestId) : undefined,
		limits: { ...limits, maxSeconds },
		timeout: positive('timeout', options.timeout || DEFAULT_TIMEOUT),
		concurrency: wholeNumber('concurrency', options.concurrency || DEFAULT_CONCURRENCY, 1),
		maxRetries: wholeNumber('maxRetries', options.maxRetries ?? DEFAULT_MAX_RETRIES, 0),
		onPieceError,
	};
}

/** @throws GlmAsrError `audio_too_long` */
function checkLength({ fileName }: Recording, seconds: number): void {
	if (seconds <= MAX_HOURS * 3600) return;
	throw inputError(
		'audio_too_long',
		`"${fileName}" holds more than ${MAX_HOURS} hours of sound.`,
		'Cut it into parts first; if it cannot be that long, it is damaged or was made to do harm.',
	);
}

function positive(parameter: string, value: number): number {
	if (Number.isFinite(value) && value > 0) return value;
	throw inputError(
		'invalid_parameter',
		`The parameter "${parameter}" is ${shown(value)}.`,
		'It must be a number of seconds greater than 0.',
	);
}

function wholeNumber(parameter: string, value: number, least: number): number {
	if (Number.isInteger(value) && value >= least) return value;
	throw inputError(
		'invalid_parameter',
		`The parameter "${parameter}" is ${shown(value)}.`,
		`It must be a whole number, ${least} or more.`,
	);
}

function oneOf(parameter: string, value: string, allowed: string[]): void {
	if (allowed.includes(value)) return;
	throw inputError(
		'invalid_parameter',
		`The parameter "${parameter}" is ${shown(value)}.`,
		`It must be one of ${allowed.map((name) => `"${name}"`).join(', ')}.`,
	);
}

/** A piece whose turn has come; one that is silent has no request and needs no place. */
interface PieceInTurn {
	piece: NumberedPiece;
	place?: Place;
}

/** Gives each piece when it has its place, so that of a recording that waits only one is held. */
async function* inTurn(
	pieces: AsyncIterable<NumberedPiece>,
	connection: Connection,
	signal: AbortSignal,
): AsyncGenerator<PieceInTurn, void, undefined> {
	for await (const piece of pieces) {
		yield piece.isSilent ? { piece } : { piece, place: await takeTurn(connection, signal) };
	}
}

/** What comes of a piece: words, and at last its answer or why there is none. */
type PieceEvent = RetriedEvent | { type: 'failed'; error: GlmAsrError };

/** @throws GlmAsrError that the other pieces would meet, too */
async function* requestPiece(
	{ piece, place }: PieceInTurn,
	fileName: string,
	options: CheckedOptions,
	connection: Connection,
	signal: AbortSignal,
): AsyncGenerator<PieceEvent, void, undefined> {
	// Models invent words for silence, and each request costs.
	if (piece.isSilent) {
		yield { type: 'done', answer: { text: '', segments: [], extra: {} }, differs: false };
		piece.release?.();
		return;
	}
	const requestOf = (attempt: number): TranscriptRequest => {
		const requestId = pieceId(piece, attempt, options);
		return {
			fields: formFields(options, { requestId, platform: options.platform }),
			file: {
				fileName: uploadName(fileName, piece.format),
				mimeType: mimeTypeOf(piece.format),
				bytes: piece.bytes,
			},
			stream: options.stream,
			requestId,
			timeout: options.timeout,
			subject: fileName,
		};
	};
	try {
		yield* requestWithRetries(
			requestOf,
			connection,
			{ maxRetries: options.maxRetries, place },
			signal,
		);
	} catch (error) {
		if (!(error instanceof GlmAsrError) || !error.isAboutPiece) throw error;
		yield { type: 'failed', error };
	}
	piece.release?.();
}

/** The user's own id, made different for each recording that shares it. */
function recordingId({ requestId, requestIdUses = 0 }: TranscriptionOptions): string {
	if (!requestId) return crypto.randomUUID();
	return requestIdUses === 0 ? String(requestId) : `${requestId}-${requestIdUses}`;
}

/** Services take an id only once, so that each try of each piece has its own; the first of one that is all has the user's. */
function pieceId(
	{ index, isOnly }: NumberedPiece,
	attempt: number,
	{ requestId }: CheckedOptions,
): string {
	return isOnly && attempt === 1 ? requestId : `${requestId}-${index + 1}-${attempt}`;
}

/** When so many pieces one after the other cannot be transcribed, none ever will. */
const MAX_FAILURES_IN_A_ROW = 3;

/** What becomes of the answers for the pieces of one recording. */
class Result {
	private readonly transcript = new Transcript();
	private readonly deltas = new DeltaStream();
	private readonly warnings: string[] = [];
	private chunks = 0;
	private reached = 0;
	private silentChunks = 0;
	private first: Answer | undefined;
	private differs = false;
	private readonly failures: { start: number; end: number; error: GlmAsrError }[] = [];
	private failuresInARow = 0;

	/** @param audio what the recording is, if its beginning tells */
	constructor(
		private readonly recording: Recording,
		private audio: AudioInfo | undefined,
		private readonly isStream: boolean,
	) {}

	/**
	 * Numbers pieces. A recording that breaks off gives what it holds, and a warning. What the recording
	 * is, is found out behind the last piece where its beginning did not tell: the first one must not wait.
	 */
	async *count(pieces: AsyncIterable<Piece>): AsyncGenerator<NumberedPiece, void, undefined> {
		try {
			for await (const piece of pieces) {
				checkLength(this.recording, piece.end);
				if (piece.isSilent) this.silentChunks++;
				yield { ...piece, index: this.chunks++, readPart: this.recording.readPart };
			}
		} catch (error) {
			if (!(error instanceof TruncatedAudioError)) throw error;
			this.warnings.push(`Only a part of the recording could be read: ${error.message}.`);
		}
		this.audio ??= await this.recording.inspect();
	}

	/** What has been recognised in all pieces so far. */
	get text(): string {
		return this.transcript.text;
	}

	/** Tells how far it has come when the first item of a later piece arrives. */
	*reach({ index, start, readPart }: NumberedPiece): Generator<TranscriptionEvent> {
		if (index <= this.reached) return;
		this.reached = index;
		const estimate = this.audio
			? Math.round((this.audio.duration / start) * index)
			: Math.round((index + 1) / readPart);
		const chunks = Math.max(estimate, this.chunks);
		yield { type: 'progress', progress: { chunk: index + 1, chunks, seconds: start } };
	}

	*addDelta(piece: NumberedPiece, delta: string): Generator<TranscriptionEvent> {
		// Which words of an overlap are doubled is known when the piece is complete.
		if (this.isStream && piece.overlap === 0) yield* this.words(piece, delta);
	}

	*addAnswer(
		piece: NumberedPiece,
		{ answer, differs }: { answer: Answer; differs: boolean },
	): Generator<TranscriptionEvent> {
		this.failuresInARow = 0;
		this.differs ||= differs;
		this.first ??= piece.isSilent ? undefined : answer;
		const added = this.transcript.add(piece, answer);
		// A server that cannot stream answers whole; who waits for words gets them all at once.
		if (this.isStream && !this.deltas.hasWordsOf(piece.index) && added !== '') {
			yield* this.words(piece, added);
		}
	}

	/**
	 * Takes a piece for which there is no answer. The others still count, unless one after the other fails.
	 *
	 * @throws GlmAsrError when it is no use to go on
	 */
	addFailure(piece: NumberedPiece, error: GlmAsrError, onPieceError: 'fail' | 'mark'): void {
		if (piece.isOnly) throw error;
		this.failures.push({ start: piece.start, end: piece.end, error });
		this.transcript.addGap(piece);
		this.failuresInARow++;
		const isUseless = this.first === undefined || onPieceError === 'fail';
		if (isUseless && this.failuresInARow >= MAX_FAILURES_IN_A_ROW) throw this.failure();
	}

	/** @throws GlmAsrError when pieces are missing that must not, or all */
	finish(onPieceError: 'fail' | 'mark'): void {
		if (this.failures.length === 0) return;
		const isNothing = this.failures.length + this.silentChunks === this.chunks;
		if (isNothing || onPieceError === 'fail') throw this.failure();
		const stretches = this.missing().map(({ start, end }) => `${clock(start)}–${clock(end)}`);
		this.warnings.push(
			`${this.failures.length} of ${this.chunks} pieces could not be transcribed (${stretches.join(', ')}): ${this.failures[0]!.error.reason}`,
		);
	}

	private failure(): GlmAsrError {
		const { fileName } = this.recording;
		return partialFailure(fileName, this.failures[0]!.error, this.missing(), this.transcript.text);
	}

	/** What could not be transcribed, stretches side by side as one. */
	private missing(): MissingStretch[] {
		const stretches: MissingStretch[] = [];
		for (const { start, end, error } of this.failures) {
			const last = stretches.at(-1);
			if (last && last.end >= start && last.reason === error.reason) last.end = end;
			else stretches.push({ start, end, reason: error.reason });
		}
		return stretches;
	}

	compose(options: CheckedOptions): Transcription {
		const { id, created, request_id, model, extra = {} } = this.first ?? {};
		const { text, segments } = this.transcript;
		if (this.chunks > 0 && this.silentChunks === this.chunks) {
			this.warnings.push('The recording is silent: nothing was sent to the service.');
		} else if (this.silentChunks > 0) {
			this.warnings.push(
				`${this.silentChunks} of ${this.chunks} pieces are silent and were not sent to the service.`,
			);
		}
		if (this.differs) {
			this.warnings.push(
				'The text differs from the words that were streamed: a piece was recognised a second time.',
			);
		}
		return {
			...extra,
			text,
			segments,
			...(id === undefined ? {} : { id }),
			...(created === undefined ? {} : { created }),
			request_id: options.givenRequestId ?? request_id ?? options.requestId,
			model: model ?? options.model,
			audio: this.audio!,
			chunks: this.chunks,
			warnings: this.warnings,
		};
	}

	private *words({ index }: NumberedPiece, words: string): Generator<TranscriptionEvent> {
		yield { type: 'transcript.text.delta', ...this.deltas.next(index, words) };
	}
}

const MAX_STEM_CHARACTERS = 100;

/**
 * The name a file is sent under. The service believes the extension more than the MIME type, so it
 * is the one of what the bytes are; characters that could end the header are taken out.
 */
function uploadName(fileName: string, format: string): string {
	const base = fileName.split(/[/\\]/).pop() ?? '';
	const stem = base
		.replace(/\.[^.]*$/, '')
		// eslint-disable-next-line no-control-regex -- these are what must not get into a header
		.replace(/[\u0000-\u001f\u007f"%;]/g, '_');
	return `${beginning(stem, MAX_STEM_CHARACTERS).trim() || 'audio'}.${format}`;
}
