import type { Answer, Segment } from './api/answer';
import type { Piece } from './audio/cut';
import { TruncatedAudioError } from './audio/errors';
import type { LengthLimit } from './audio/length';
import { roundTo, type AudioInfo, type Recording } from './audio/recording';
import { clean } from './errors/clean';
import {
	listedStretches,
	partialFailure,
	type GlmAsrError,
	type MissingStretch,
} from './errors/error';
import type { NumberedPiece } from './pieces';
import { DeltaStream } from './transcript/deltaStream';
import { Transcript } from './transcript/transcript';

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

/** How far a recording of several pieces has come. */
export interface Progress {
	/** The piece whose words are awaited, from 1. */
	chunk: number;
	/** How many there will be; an estimate until the last has been cut. */
	chunks: number;
	/** Where that piece begins in the recording. */
	seconds: number;
}

/** What comes out while pieces are answered. */
export type ResultEvent =
	| { type: 'transcript.text.delta'; delta: string; index: number }
	| { type: 'progress'; progress: Progress };

/** When this many pieces in a row cannot be transcribed, none ever will. */
const MAX_FAILURES_IN_A_ROW = 3;

/** What becomes of the answers for the pieces of one recording. */
export class Result {
	private readonly transcript = new Transcript();
	private readonly deltas = new DeltaStream();
	private readonly warnings: string[] = [];
	private chunks = 0;
	/** Seconds of the recording that have been cut. */
	private seconds = 0;
	private reached = 0;
	/** Those that are not sent, and those of them that repeat one sound. */
	private silentChunks = 0;
	private repeatedChunks = 0;
	private readonly repetitions: { start: number; end: number }[] = [];
	private first: Answer | undefined;
	private differs = false;
	private readonly failures: { start: number; end: number; error: GlmAsrError }[] = [];
	private failuresInARow = 0;

	/** @param audio what the recording is, if its beginning tells */
	constructor(
		private readonly recording: Recording,
		private audio: AudioInfo | undefined,
		private readonly limit: LengthLimit,
		private readonly isStream: boolean,
	) {}

	/**
	 * Numbers pieces. A recording that breaks off gives what it holds, and a warning. What the recording
	 * is, is found out after the last piece where its beginning did not tell: the first one must not wait.
	 *
	 * @throws GlmAsrError before any piece that makes it too long, or states that it is
	 */
	async *count(pieces: AsyncIterable<Piece>): AsyncGenerator<NumberedPiece, void, undefined> {
		if (this.audio) this.limit.check(this.audio.duration);
		try {
			for await (const piece of pieces) {
				this.limit.check(Math.max(piece.end, this.recording.statedSeconds ?? 0));
				this.seconds = piece.end;
				if (piece.isSilent) this.silentChunks++;
				if (piece.isRepetition) this.addRepetition(piece);
				yield { ...piece, index: this.chunks++, readPart: this.recording.readPart };
			}
		} catch (error) {
			if (!(error instanceof TruncatedAudioError)) throw error;
			this.warnings.push(`Only a part of the recording could be read: ${clean(error.message)}.`);
		}
		this.audio ??= await this.recording.inspect();
	}

	/** Adds a sentence to the result's warnings. */
	warn(warning: string): void {
		this.warnings.push(warning);
	}

	/** What has been recognised in all pieces so far. */
	get text(): string {
		return this.transcript.text;
	}

	/** Reports progress when the first item of a later piece arrives. */
	*reach({ index, start, readPart }: NumberedPiece): Generator<ResultEvent> {
		if (index <= this.reached) return;
		this.reached = index;
		const estimate = this.audio
			? Math.round((this.audio.duration / start) * index)
			: Math.round((index + 1) / readPart);
		const chunks = Math.max(estimate, this.chunks);
		yield { type: 'progress', progress: { chunk: index + 1, chunks, seconds: start } };
	}

	*addDelta(piece: NumberedPiece, delta: string): Generator<ResultEvent> {
		// Which words of an overlap are doubled is known when the piece is complete.
		if (this.isStream && piece.overlap === 0) yield* this.words(piece, delta);
	}

	*addAnswer(
		piece: NumberedPiece,
		{ answer, differs }: { answer: Answer; differs: boolean },
	): Generator<ResultEvent> {
		this.failuresInARow = 0;
		this.differs ||= differs;
		this.first ??= piece.isSilent ? undefined : answer;
		const added = this.transcript.add(piece, answer);
		// A server that cannot stream answers whole; whoever waits for words gets them all at once.
		if (this.isStream && !this.deltas.hasWordsOf(piece.index) && added !== '') {
			yield* this.words(piece, added);
		}
	}

	/**
	 * Takes a piece for which there is no answer. The others still count, unless too many in a row fail.
	 *
	 * @throws GlmAsrError when it is useless to go on
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
		this.warnings.push(
			`${this.failures.length} of ${this.chunks} pieces could not be transcribed (${listedStretches(this.missing())}): ${this.failures[0]!.error.reason}`,
		);
	}

	private failure(): GlmAsrError {
		const { fileName } = this.recording;
		return partialFailure(fileName, this.failures[0]!.error, this.missing(), this.transcript.text);
	}

	/** Stretches side by side are one. */
	private addRepetition({ start, end }: Piece): void {
		this.repeatedChunks++;
		const last = this.repetitions.at(-1);
		if (last && last.end >= start) last.end = end;
		else this.repetitions.push({ start, end });
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

	/** @param asked what stands in for what the service does not say */
	compose(asked: { requestId: string; givenId?: string; model: string }): Transcription {
		const { id, created, request_id, model, extra = {} } = this.first ?? {};
		const { text, segments } = this.transcript;
		this.warnings.push(...this.unsent());
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
			request_id: asked.givenId ?? request_id ?? asked.requestId,
			model: model ?? asked.model,
			// What was read counts, not what was stated.
			audio: { ...this.audio!, duration: roundTo(this.seconds, 3) },
			chunks: this.chunks,
			warnings: this.warnings,
		};
	}

	/** What was not sent, as sentences. */
	private *unsent(): Generator<string> {
		const { chunks, repetitions } = this;
		const silent = this.silentChunks - this.repeatedChunks;
		if (chunks === 0) {
			yield 'No sound was found in the recording: nothing was sent to the service.';
		} else if (silent === chunks) {
			yield 'The recording is silent: nothing was sent to the service.';
		} else if (silent > 0) {
			yield `${silent} of ${chunks} pieces are silent and were not sent to the service.`;
		}
		if (repetitions.length > 0) {
			yield `The recording repeats one short sound over and over (${listedStretches(repetitions)}), which was not sent to the service.`;
		}
	}

	private *words({ index }: NumberedPiece, words: string): Generator<ResultEvent> {
		yield { type: 'transcript.text.delta', ...this.deltas.next(index, words) };
	}
}
