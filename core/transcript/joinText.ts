/** Scripts that put no space between words or sentences: Chinese, Japanese, and their punctuation. */
const UNSPACED =
	/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\u3000-\u303f\uff00-\uffef]/u;

/** What stands between two pieces of a text: nothing where the language wants none, else a space. */
export function separator(before: string, after: string): string {
	const last = [...before].at(-1);
	const first = [...after][0];
	if (last === undefined || first === undefined) return '';
	if (/\s/.test(last) || /\s/.test(first)) return '';
	return UNSPACED.test(last) && UNSPACED.test(first) ? '' : ' ';
}

/** Two pieces of a text as one. */
export function joinText(before: string, after: string): string {
	return before + separator(before, after) + after;
}

/** Words of most languages, single characters of those without spaces; white space stays before its word. */
const TOKENS = new RegExp(`\\s*(?:${UNSPACED.source}|(?:(?!${UNSPACED.source})\\S)+)`, 'gu');

/** The words of a text, each with the white space before it; of scripts without spaces the characters. */
export function wordsOf(text: string): string[] {
	return text.match(TOKENS) ?? [];
}

/** Doubled words are looked for within this many of each side: what is said in the seconds two pieces share. */
const MAX_SHARED_TOKENS = 40;

/**
 * Takes off the beginning of `after` what `before` ends with already, where two pieces of audio
 * overlap. The word at either edge may be cut in half, and then was heard as another: one on each
 * side may differ if at least two beside it agree.
 *
 * @returns what `before` keeps and what is left of `after`
 */
export function removeDoubled(before: string, after: string): { before: string; after: string } {
	const ends = wordsOf(before);
	const begins = wordsOf(after);
	const wasSaid = ends.map(normal);
	const isSaid = begins.map(normal);
	for (let shared = Math.min(MAX_SHARED_TOKENS, ends.length, begins.length); shared > 0; shared--) {
		for (const [cutEnd, cutBegin] of EDGES) {
			if (cutEnd + cutBegin > 0 && shared < 2) continue;
			const end = wasSaid.slice(0, wasSaid.length - cutEnd).slice(-shared);
			const begin = isSaid.slice(cutBegin, cutBegin + shared);
			if (end.length === shared && begin.length === shared && isSame(end, begin)) {
				return {
					before: ends.slice(0, ends.length - cutEnd).join(''),
					after: begins
						.slice(cutBegin + shared)
						.join('')
						.trimStart(),
				};
			}
		}
	}
	return { before, after };
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
