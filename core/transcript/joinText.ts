/** Scripts that put no space between words or sentences: Chinese, Japanese, and their punctuation. */
const UNSPACED =
	/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\u3000-\u303f\uff00-\uffef]/u;

/** What stands between two pieces of a text: nothing where the language wants none, else a space. */
export function separator(before: string, after: string): string {
	const last = lastCharacter(before);
	const first = firstCharacter(after);
	if (last === '' || first === '') return '';
	if (/\s/.test(last) || /\s/.test(first)) return '';
	return UNSPACED.test(last) && UNSPACED.test(first) ? '' : ' ';
}

/** Two pieces of a text as one. */
export function joinText(before: string, after: string): string {
	return before + separator(before, after) + after;
}

/** A text that grows piece by piece, each time in time that grows with the piece alone. */
export class GrowingText {
	private parts: string[] = [];

	/** @returns what came before it to separate it */
	add(piece: string): string {
		if (piece === '') return '';
		const between = separator(this.parts.at(-1) ?? '', piece);
		this.parts.push(between + piece);
		return between;
	}

	/** The last characters, at most as many as asked for. */
	end(length: number): string {
		let end = '';
		for (let index = this.parts.length - 1; index >= 0 && end.length < length; index--) {
			end = this.parts[index]! + end;
		}
		return end.slice(Math.max(0, end.length - length));
	}

	/** Takes characters off the end. */
	drop(length: number): void {
		for (let left = length; left > 0 && this.parts.length > 0;) {
			const last = this.parts.pop()!;
			if (last.length > left) this.parts.push(last.slice(0, -left));
			left -= last.length;
		}
	}

	toString(): string {
		if (this.parts.length > 1) this.parts = [this.parts.join('')];
		return this.parts[0] ?? '';
	}
}

function firstCharacter(text: string): string {
	return String.fromCodePoint(...(text === '' ? [] : [text.codePointAt(0)!]));
}

function lastCharacter(text: string): string {
	return [...text.slice(-2)].at(-1) ?? '';
}

/** Words of most languages, single characters of those without spaces. */
const TOKENS = new RegExp(`(?!\\s)${UNSPACED.source}|[^\\s${UNSPACED.source.slice(1)}+`, 'gu');

/** Whether a character is a word by itself. */
export function isWordAlone(character: string): boolean {
	return UNSPACED.test(character);
}

/** The words of a text, each with the white space before it; of scripts without spaces the characters. */
export function wordsOf(text: string): string[] {
	const words: string[] = [];
	let end = 0;
	for (const { 0: token, index } of text.matchAll(TOKENS)) {
		words.push(text.slice(end, index + token.length));
		end = index + token.length;
	}
	return words;
}

/** Doubled words are looked for within this many of each side: what is said in the seconds two pieces share. */
const MAX_SHARED_TOKENS = 40;
/** And within this many characters. */
export const MAX_SHARED_CHARACTERS = 4000;

/** What two texts both hold where they meet. */
export interface Doubled {
	/** Words at the end of the first that were cut in half, and their characters. */
	cut: { words: number; characters: number };
	/** Words at the beginning of the second that are there already, and their characters. */
	said: { words: number; characters: number };
}

/**
 * Finds at the beginning of `after` what `before` ends with already, where two pieces of audio
 * overlap. The word at either edge may be cut in half, and then was heard as another: one on each
 * side may differ if at least two beside it agree.
 */
export function findDoubled(before: string, after: string): Doubled {
	// One more than is compared: the outermost may have been cut by the limit.
	const ends = wordsOf(before.slice(-MAX_SHARED_CHARACTERS)).slice(-MAX_SHARED_TOKENS - 1);
	const begins = wordsOf(after.slice(0, MAX_SHARED_CHARACTERS)).slice(0, MAX_SHARED_TOKENS + 1);
	if (before.length > MAX_SHARED_CHARACTERS) ends.shift();
	if (after.length > MAX_SHARED_CHARACTERS) begins.pop();
	const wasSaid = ends.map(normal);
	const isSaid = begins.map(normal);
	for (let shared = Math.min(MAX_SHARED_TOKENS, ends.length, begins.length); shared > 0; shared--) {
		for (const [cutEnd, cutBegin] of EDGES) {
			if (cutEnd + cutBegin > 0 && shared < 2) continue;
			const end = wasSaid.slice(0, wasSaid.length - cutEnd).slice(-shared);
			const begin = isSaid.slice(cutBegin, cutBegin + shared);
			if (end.length === shared && begin.length === shared && isSame(end, begin)) {
				return {
					cut: measure(ends.slice(ends.length - cutEnd)),
					said: measure(begins.slice(0, cutBegin + shared)),
				};
			}
		}
	}
	return { cut: measure([]), said: measure([]) };
}

function measure(words: string[]): { words: number; characters: number } {
	return { words: words.length, characters: words.join('').length };
}

/** Takes out what {@link findDoubled} finds. @returns what `before` keeps and what is left of `after` */
export function removeDoubled(before: string, after: string): { before: string; after: string } {
	const { cut, said } = findDoubled(before, after);
	return {
		before: before.slice(0, before.length - cut.characters),
		after: said.words === 0 ? after : after.slice(said.characters).trimStart(),
	};
}

/** How many words are passed over at the end of the first and at the beginning of the second piece. */
const EDGES: [number, number][] = [
	[0, 0],
	[1, 0],
	[0, 1],
	[1, 1],
];

/** Case and punctuation depend on where a piece begins and ends. */
function normal(token: string): string {
	return token.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
}

function isSame(a: string[], b: string[]): boolean {
	return a.every((token, index) => token !== '' && token === b[index]);
}
