import { separator } from './joinText';

/** The deltas of all pieces as one stream of words. */
export class DeltaStream {
	/** The end of what went out. */
	private latest = '';
	private latestPiece = -1;
	private index = 0;

	/** A delta as it goes out; a piece's first opens with what separates it from the piece before. */
	next(piece: number, delta: string): { delta: string; index: number } {
		const opening = this.hasWordsOf(piece) ? '' : separator(this.latest, delta);
		this.latestPiece = piece;
		if (delta !== '') this.latest = delta;
		return { delta: opening + delta, index: this.index++ };
	}

	hasWordsOf(piece: number): boolean {
		return this.latestPiece === piece;
	}
}
