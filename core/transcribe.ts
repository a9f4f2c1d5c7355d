import { warningOfKey } from './api/keys';
import type { Platform } from './api/platforms';
import type { Connection } from './api/transport';
import { LengthLimit } from './audio/length';
import { openRecording, recordingName, type AudioInput } from './audio/recording';
import { Yielder } from './flow/yielder';
import { checkOptions } from './checkOptions';
import { GlmAsrError } from './errors/error';
import { ownError } from './errors/unexpected';
import { inOrder } from './flow/inOrder';
import type { OptionValues } from './options';
import { inTurn, pieceLimits, recordingId, requestPiece, type PieceInTurn } from './pieces';
import { Result, type ResultEvent, type Transcription } from './result';
import { joinText } from './transcript/joinText';
import { subtitles } from './transcript/subtitles';

/** What a user chose for one recording. */
export interface TranscriptionOptions extends OptionValues {
	model: string;
	platform: Platform;
	/** How many recordings had the same `requestId` before: services take an id only once. */
	requestIdUses?: number;
}

/** What comes out while a recording is transcribed; the last event is the `done`. */
export type TranscriptionEvent =
	ResultEvent | { type: 'transcript.text.done'; transcription: Transcription; subtitles?: string };

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
	try {
		yield* transcribeRecording(input, options, connection, signal);
	} catch (error) {
		signal?.throwIfAborted();
		throw ownError(error, recordingName(input), connection.secret);
	}
}

async function* transcribeRecording(
	input: AudioInput,
	options: TranscriptionOptions,
	connection: Connection,
	signal: AbortSignal | undefined,
): AsyncGenerator<TranscriptionEvent, void, undefined> {
	const { checked, fields } = checkOptions(options, options.platform);
	const requestId = recordingId(checked.requestId, options.requestIdUses ?? 0);
	/** Ends the decoding of what nobody wants any more. */
	const decoding = new AbortController();
	const endedBy = (ending: AbortSignal) => (signal ? AbortSignal.any([signal, ending]) : ending);
	const recording = await openRecording(
		input,
		connection.yieldToEventLoop,
		endedBy(decoding.signal),
	);
	const audio = await recording.inspectBeginning();
	const limit = new LengthLimit(recording.fileName, input.source.size, checked.maxMinutes);
	const result = new Result(recording, audio, limit, checked.stream);
	const pieces = result.count(recording.cut(pieceLimits(checked)));
	const jobs = (ending: AbortSignal) => inTurn(pieces, connection, endedBy(ending));
	const requests = { options: checked, fields, requestId, fileName: recording.fileName };
	const ask = (job: PieceInTurn, ending: AbortSignal) =>
		requestPiece(job, requests, connection, endedBy(ending));

	const turns = new Yielder(connection.yieldToEventLoop);
	try {
		for await (const { job, item } of inOrder(jobs, ask, checked.concurrency)) {
			const { piece } = job;
			yield* result.reach(piece);
			if (item.type === 'delta') yield* result.addDelta(piece, item.delta);
			else if (item.type === 'failed') result.addFailure(piece, item.error, checked.onPieceError);
			else yield* result.addAnswer(piece, item);
			// What later pieces have collected meanwhile comes without a break.
			await turns.ifDue();
		}
		result.finish(checked.onPieceError);
	} catch (error) {
		signal?.throwIfAborted();
		if (error instanceof GlmAsrError && error.missing.length === 0) {
			error.partialText = joinText(result.text, error.partialText);
		}
		throw error;
	} finally {
		decoding.abort();
	}
	const warning = warningOfKey(connection.baseUrl, connection.secret);
	if (warning) result.warn(warning);
	const { model, requestId: givenId, subtitles: format } = checked;
	const transcription = result.compose({ requestId, givenId, model });
	yield {
		type: 'transcript.text.done',
		transcription,
		...(format === 'none' ? {} : { subtitles: subtitles(transcription.segments, format) }),
	};
}
