import fc from 'fast-check';

import { wordsOf } from '../../../core/transcript/joinText';
import { StreamedWords } from '../../../core/transcript/streamedWords';
import { workOf } from '../../support/holds';

/** What goes out of a further try, with all of it looked at each time. */
function freshOf(before: string, deltas: string[]): string {
	const count = wordsOf(before).length;
	let said = '';
	let out = '';
	let given = 0;
	for (const delta of deltas) {
		said += delta;
		if (before.startsWith(said)) continue;
		const words = wordsOf(said);
		if (!said.startsWith(before) && words.length <= count) continue;
		const known = said.startsWith(before) ? before : words.slice(0, count).join('');
		out += said.slice(Math.max(known.length, given));
		given = said.length;
	}
	return out;
}

const word = fc.constantFrom('a', 'one', ' ', '  ', '好', '。', '\u3000', 'two three', ', ', '\n');
const deltas = fc.array(
	fc.array(word, { maxLength: 4 }).map((words) => words.join('')),
	{ maxLength: 8 },
);

test('A further try goes on after what went out, however its words are cut into deltas', () => {
	fc.assert(
		fc.property(deltas, deltas, deltas, (first, second, third) => {
			const words = new StreamedWords();
			let expected = '';
			for (const attempt of [first, second, third]) {
				words.beginAnew();
				const out = attempt.map((delta) => words.take(delta)).join('');
				const fresh = expected === '' ? attempt.join('') : freshOf(expected, attempt);
				expect(out).toBe(fresh);
				expected += fresh;
				expect(words.text).toBe(expected);
			}
		}),
		{ numRuns: 1000 },
	);
});

test.each([
	['the same words', 'a '],
	['others', 'b '],
])('200,000 deltas take time that grows with their number, again with %s', async (_, again) => {
	const words = new StreamedWords();
	const seconds = await workOf(() => {
		for (const delta of ['a ', again]) {
			words.beginAnew();
			for (let index = 0; index < 200_000; index++) words.take(delta);
		}
		words.differFrom(words.text);
	});
	// They took 27 s.
	expect(seconds).toBeLessThan(1);
});
