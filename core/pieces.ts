import type { Piece } from './audio/cut';
import { limitsOf, type ModelLimits } from './api/models';
import type { TranscriptRequest } from './api/request';
import { requestWithRetries, takeTurn, type RetriedEvent } from './api/retry';
import type { Connection, FormField } from './api/transport';
import { GlmAsrError } from './errors/error';
import { beginning } from './errors/text';
import type { Permit } from './flow/limiter';
import type { CheckedOptions } from './options';

/** A piece and its number among the pieces of its recording, from 0. */
export interface NumberedPiece extends Piece {
	index: number;
	/** The part of the recording's bytes that had been read when it was cut, from 0 to 1. */
	readPart: number;
}

/** What the requests for all pieces of a recording have in common. */
export interface PieceRequests {
	options: CheckedOptions;
	/** All but the request's id. */
	fields: FormField[];
	/** What the ids of requests are made of. */
	requestId: string;
	/** The recording's. */
	fileName: string;
}

/** Shorter pieces would cut words and hear each without the others. */
const MIN_CHUNK_SECONDS = 2;

/** What one request may hold: as much as the model takes, or less where the user wants it so. */
export function pieceLimits({ model, maxChunkSeconds }: CheckedOptions): ModelLimits {
	const limits = limitsOf(model);
	const wanted = Math.max(maxChunkSeconds ?? Infinity, MIN_CHUNK_SECONDS);
	return { ...limits, maxSeconds: Math.min(limits.maxSeconds, wanted) };
}

/** A piece whose turn has come; one that is silent has no request and needs no permit. */
export interface PieceInTurn {
	piece: NumberedPiece;
	permit?: Permit;
}

/** Gives each piece when its request may run, so that of a recording that waits only one is held. */
export async function* inTurn(
	pieces: AsyncIterable<NumberedPiece>,
	connection: Connection,
	signal: AbortSignal,
): AsyncGenerator<PieceInTurn, void, undefined> {
	for await (const piece of pieces) {
		yield piece.isSilent ? { piece } : { piece, permit: await takeTurn(connection, signal) };
	}
}

/** What becomes of a piece: words as they arrive, and finally its answer or the reason there is none. */
export type PieceEvent = RetriedEvent | { type: 'failed'; error: GlmAsrError };

/**
 * Asks the service for the words of a piece.
 *
 * @throws GlmAsrError that the other pieces would meet, too
 */
export async function* requestPiece(
	{ piece, permit }: PieceInTurn,
	requests: PieceRequests,
	connection: Connection,
	signal: AbortSignal,
): AsyncGenerator<PieceEvent, void, undefined> {
	// Models invent words for silence, and each request costs.
	if (piece.isSilent) {
		yield { type: 'done', answer: { text: '', segments: [], extra: {} }, differs: false };
		piece.release?.();
		return;
	}
	const { maxRetries } = requests.options;
	const requestOf = (attempt: number) => pieceRequest(piece, attempt, requests);
	try {
		yield* requestWithRetries(requestOf, connection, { maxRetries, permit }, signal);
	} catch (error) {
		if (!(error instanceof GlmAsrError) || !error.isAboutPiece) throw error;
		yield { type: 'failed', error };
	}
	piece.release?.();
}

function pieceRequest(
	piece: NumberedPiece,
	attempt: number,
	{ options, fields, requestId, fileName }: PieceRequests,
): TranscriptRequest {
	const ownId = pieceId(piece, attempt, requestId);
	return {
		fields: [...fields, { name: 'request_id', value: ownId }],
		file: {
			fileName: uploadName(fileName, piece.format),
			mimeType: piece.mimeType,
			bytes: piece.bytes,
		},
		stream: options.stream,
		requestId: ownId,
		timeout: options.timeout,
		duration: piece.end - piece.offset,
		subject: fileName,
	};
}

/** The user's own id, made different for each recording that shares it; else one that nobody has. */
export function recordingId(requestId: string | undefined, uses: number): string {
	if (!requestId) return crypto.randomUUID();
	return uses === 0 ? requestId : `${requestId}-${uses}`;
}

/** Services take an id only once, so that each try of each piece has its own; the first of one that is all has the user's. */
function pieceId({ index, isOnly }: NumberedPiece, attempt: number, requestId: string): string {
	return isOnly && attempt === 1 ? requestId : `${requestId}-${index + 1}-${attempt}`;
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
