import { wordsOf } from './joinText';

/**
 * The words of one piece as they go out, over several tries: each goes on where the one before broke
 * off. Recognition is sampled, so that a further try may hear something else; then it goes on after as many
 * words as went out, and the answer as a whole counts.
 */
export class StreamedWords {
	/** All that went out. */
	text = '';
	/** What went out in earlier tries. */
	private before = '';
	/** What this try has said, and how much of it went out. */
	private said = '';
	private given = 0;

	beginAnew(): void {
		this.before = this.text;
		this.said = '';
		this.given = 0;
	}

	/** What of the next words is new. */
	take(delta: string): string {
		this.said += delta;
		const { said, before } = this;
		if (before.startsWith(said)) return '';
		const known = said.startsWith(before) ? before : firstWords(said, wordsOf(before).length);
		if (known === undefined) return '';
		const fresh = said.slice(Math.max(known.length, this.given));
		this.given = said.length;
		this.text += fresh;
		return fresh;
	}

	/** Whether an answer differs from the words that went out, white space aside. */
	differFrom(answer: string): boolean {
		return this.text !== '' && letters(this.text) !== letters(answer);
	}
}

/** The first words of a text; undefined while the last of them may still grow. */
function firstWords(text: string, count: number): string | undefined {
	const words = wordsOf(text);
	return words.length > count ? words.slice(0, count).join('') : undefined;
}

function letters(text: string): string {
	return text.replace(/\s+/g, '');
}
