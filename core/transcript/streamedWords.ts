import { isWordAlone, wordsOf } from './joinText';

/**
 * The words of one piece as they go out, over several tries: each goes on where the one before broke
 * off. Recognition is sampled, so that a further try may hear something else; then it goes on after as many
 * words as went out, and the answer as a whole counts. Work grows with the words alone, however many
 * deltas they come in.
 */
export class StreamedWords {
	/** All that went out. */
	text = '';
	private catchingUp: CatchingUp | undefined;

	beginAnew(): void {
		this.catchingUp = this.text === '' ? undefined : new CatchingUp(this.text);
	}

	/** What of the next words is new. */
	take(delta: string): string {
		let fresh: string | undefined = delta;
		if (this.catchingUp) {
			fresh = this.catchingUp.take(delta);
			if (fresh === undefined) return '';
			this.catchingUp = undefined;
		}
		this.text += fresh;
		return fresh;
	}

	/** Whether an answer differs from the words that went out, white space aside. */
	differFrom(answer: string): boolean {
		return this.text !== '' && letters(this.text) !== letters(answer);
	}
}

/** A further try until it says more than went out before. */
class CatchingUp {
	/** How much it has said, as long as that is what went out. */
	private agreed = 0;
	private counter: WordCounter | undefined;

	constructor(private readonly before: string) {}

	/** @returns what is new, once something is */
	take(delta: string): string | undefined {
		if (this.counter) return this.counter.take(delta);
		const { before, agreed } = this;
		const expected = before.slice(agreed, agreed + delta.length);
		if (delta.startsWith(expected)) {
			this.agreed += expected.length;
			return delta.length > expected.length ? delta.slice(expected.length) : undefined;
		}
		this.counter = new WordCounter(wordsOf(before).length);
		return this.counter.take(before.slice(0, agreed) + delta);
	}
}

/** Passes over a number of words; white space belongs to the word behind it. */
class WordCounter {
	private isInWord = false;
	private space = '';

	constructor(private left: number) {}

	/** @returns what comes behind the words, once another has begun */
	take(text: string): string | undefined {
		let spaceFrom = 0;
		let at = 0;
		for (const character of text) {
			if (/\s/.test(character)) this.isInWord = false;
			else {
				const isAlone = isWordAlone(character);
				if (isAlone || !this.isInWord) {
					if (this.left-- === 0) return this.space + text.slice(spaceFrom);
					this.space = '';
				}
				this.isInWord = !isAlone;
				spaceFrom = at + character.length;
			}
			at += character.length;
		}
		this.space += text.slice(spaceFrom);
		return undefined;
	}
}

function letters(text: string): string {
	return text.replace(/\s+/g, '');
}
