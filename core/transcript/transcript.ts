import type { Answer, Segment } from '../api/answer';
import type { Piece } from '../audio/cut';
import { findDoubled, GrowingText, MAX_SHARED_CHARACTERS, wordsOf, type Doubled } from './joinText';

/** Some words of a piece and when they were said, in seconds of the recording. */
interface Share {
	start: number;
	end: number;
	words: string[];
}

/**
 * Puts the answers for the pieces of a recording together, in order: one text as the language wants
 * it, segments in the time of the recording. What two overlapping pieces both heard is there once.
 * Text and segments always say the same words, and times never run backwards.
 */
export class Transcript {
	readonly segments: Segment[] = [];
	private readonly heard = new GrowingText();

	/** Of all pieces. */
	get text(): string {
		return this.heard.toString();
	}

	/**
	 * Takes the answer for the next piece.
	 *
	 * @returns what it adds to the text
	 */
	add(piece: Piece, answer: Answer): string {
		const heard = answer.text.trim();
		const { cut, said } = this.doubled(piece, heard);
		const words = wordsOf(heard);
		this.dropLastWords(cut.words);
		this.addShares(withoutFirstWords(shareOut(piece, words, answer.segments), said.words), piece);
		this.heard.drop(cut.characters);
		const added = heard.slice(said.characters).trimStart();
		this.heard.add(added);
		return added;
	}

	/** Marks that a piece has no text. */
	addGap(piece: Piece): void {
		this.push({ ...this.within(piece, piece), text: '', missing: true });
	}

	private get last(): Segment | undefined {
		return this.segments.at(-1);
	}

	/** Nothing may begin before this. */
	private get end(): number {
		return this.last?.end ?? 0;
	}

	/** Only a piece that was heard can have said the same as the next one. */
	private doubled(piece: Piece, text: string): Doubled {
		const isShared = piece.overlap > 0 && !this.last?.missing;
		// One more: what is compared must be known to go on before its limit.
		return findDoubled(isShared ? this.heard.end(MAX_SHARED_CHARACTERS + 1) : '', text);
	}

	private dropLastWords(count: number): void {
		for (let left = count; left > 0;) {
			const last = this.last!;
			const words = wordsOf(last.text);
			last.text = words.slice(0, -left).join('');
			if (last.text === '') this.segments.pop();
			left -= words.length;
		}
	}

	/** Words for which the piece has no time of its own are added to those before or after them. */
	private addShares(shares: Share[], piece: Piece): void {
		this.endGapAt(milliseconds(piece.start));
		const isGap = this.last?.missing;
		let latest = new GrowingText();
		latest.add(isGap ? '' : (this.last?.text ?? ''));
		let waiting = new GrowingText();
		const settle = () => {
			if (this.last && !this.last.missing) this.last.text = latest.toString();
		};
		for (const { words, ...said } of shares) {
			if (words.length === 0) continue;
			const text = words.join('').trim();
			const { start, end } = this.within(piece, said);
			const { last } = this;
			if (end > start || isInstant(said, piece)) {
				settle();
				waiting.add(text);
				latest = waiting;
				this.push({ start, end, text: '' });
				waiting = new GrowingText();
			} else if (last && !last.missing) latest.add(text);
			else waiting.add(text);
		}
		settle();
		if (waiting.toString() !== '')
			this.push({ ...this.within(piece, piece), text: waiting.toString() });
	}

	/** What an overlapping piece has heard is not missing. */
	private endGapAt(seconds: number): void {
		const { last } = this;
		if (last?.missing) last.end = Math.max(last.start, Math.min(last.end, seconds));
	}

	/** A stretch of time cut to what is left of the piece's own. */
	private within(piece: Piece, { start, end }: { start: number; end: number }) {
		const from = Math.min(Math.max(start, piece.start, this.end), piece.end);
		return {
			start: milliseconds(from),
			end: milliseconds(Math.max(from, Math.min(end, piece.end))),
		};
	}

	private push(segment: Omit<Segment, 'id'>): void {
		this.segments.push({ id: this.segments.length, ...segment });
	}
}

/**
 * The words of a piece's text as its segments have them. A segment's own text counts only the words: services
 * write them otherwise there. Where the service sends no segments, or they do not hold the text, what was
 * spoken in the piece is one.
 */
function shareOut(piece: Piece, words: string[], sent: Segment[]): Share[] {
	const counts = sent.map(({ text }) => wordsOf(text.trim()).length);
	if (sent.length === 0 || sum(counts) !== words.length) {
		const { start, end } = piece.spoken ?? piece;
		return [{ start, end, words }];
	}
	let taken = 0;
	return sent.map(({ start, end }, index) => ({
		start: piece.offset + start,
		end: piece.offset + end,
		words: words.slice(taken, (taken += counts[index]!)),
	}));
}

function withoutFirstWords(shares: Share[], count: number): Share[] {
	let left = count;
	return shares.map(({ words, ...said }) => {
		const rest = words.slice(left);
		left -= words.length - rest.length;
		return { ...said, words: rest };
	});
}

/** Whether the service itself says that something took no time. */
function isInstant({ start, end }: { start: number; end: number }, piece: Piece): boolean {
	return end <= start && start >= piece.start && start <= piece.end;
}

function sum(numbers: number[]): number {
	return numbers.reduce((total, number) => total + number, 0);
}

function milliseconds(seconds: number): number {
	return Math.round(seconds * 1000) / 1000;
}
