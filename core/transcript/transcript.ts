import type { Answer, Segment } from '../api/answer';
import type { Piece } from '../audio/cut';
import { joinText, removeDoubled, separator } from './joinText';

/**
 * Puts the answers for the pieces of a recording together, in order: one text as the language wants
 * it, segments in the time of the recording. What two overlapping pieces both heard is there once.
 */
export class Transcript {
	text = '';
	readonly segments: Segment[] = [];

	/**
	 * Takes the answer for the next piece.
	 *
	 * @returns what it adds to the text
	 */
	add(piece: Piece, answer: Answer): string {
		const kept = this.removeDoubled(piece, answer.text.trim());
		this.text = joinText(kept.before, kept.after);
		this.addSegments(piece, answer.segments, kept.after);
		return kept.after;
	}

	/** Marks that a piece has no text. */
	addGap(piece: Piece): void {
		const { start, end } = piece;
		this.addSegment(start, end, '', piece);
		this.segments.at(-1)!.missing = true;
	}

	private removeDoubled(piece: Piece, text: string): { before: string; after: string } {
		return piece.overlap > 0 ? removeDoubled(this.text, text) : { before: this.text, after: text };
	}

	/** Where the service sends no segments, what was spoken in the piece is one. */
	private addSegments(piece: Piece, sent: Segment[], text: string): void {
		if (sent.length === 0) {
			const { start, end } = piece.spoken ?? piece;
			if (text !== '') this.addSegment(start, end, text, piece);
			return;
		}
		for (const { start, end, text: words } of sent) {
			const [from, to] = [piece.offset + start, piece.offset + end];
			// What lies before the piece's own stretch, the piece before has told.
			if (to <= piece.start && this.segments.length > 0) continue;
			this.addSegment(from, to, words, piece);
		}
	}

	/** Times are within the piece and never run backwards. */
	private addSegment(start: number, end: number, text: string, piece: Piece): void {
		const earliest = Math.max(piece.start, this.segments.at(-1)?.end ?? 0);
		const from = milliseconds(Math.min(Math.max(start, earliest), piece.end));
		const to = milliseconds(Math.min(Math.max(end, from), piece.end));
		this.segments.push({ id: this.segments.length, start: from, end: to, text });
	}
}

function milliseconds(seconds: number): number {
	return Math.round(seconds * 1000) / 1000;
}

/** Deltas of all pieces as one stream of words. */
export class DeltaStream {
	private text = '';
	private latestPiece = -1;
	private index = 0;

	/** A delta as it goes out; a piece's first opens with what separates it from the piece before. */
	next(piece: number, delta: string): { delta: string; index: number } {
		const opening = this.hasWordsOf(piece) ? '' : separator(this.text, delta);
		this.latestPiece = piece;
		this.text += opening + delta;
		return { delta: opening + delta, index: this.index++ };
	}

	hasWordsOf(piece: number): boolean {
		return this.latestPiece === piece;
	}
}
