import fc from 'fast-check';

import {
	GrowingText,
	joinText,
	removeDoubled,
	separator,
	wordsOf,
} from '../../../core/transcript/joinText';

test.each([
	['one two', 'three', 'one two three'],
	['Hello.', 'How are you?', 'Hello. How are you?'],
	['今天天气', '很好', '今天天气很好'],
	['你好。', '再见', '你好。再见'],
	['今日は', 'テスト', '今日はテスト'],
	['我用 n8n', '很好', '我用 n8n 很好'],
	['안녕', '하세요', '안녕 하세요'],
	['one', ' two', 'one two'],
	['', 'one', 'one'],
	['one', '', 'one'],
])('%j and %j are %j', (before, after, joined) => {
	expect(joinText(before, after)).toBe(joined);
	expect(joined.startsWith(before + separator(before, after))).toBe(true);
});

describe('words that both sides of an overlap hold are there once', () => {
	test.each([
		['one two three four', 'three four five', 'one two three four', 'five'],
		['I said: Hello, World', 'world. And then', 'I said: Hello, World', 'And then'],
		['one two three fo', 'two three four five', 'one two three', 'four five'],
		['one two three', 'wo three four', 'one two three', 'wo three four'],
		['one two three', 'urn two three four', 'one two three', 'four'],
		['今天天气很好我们', '很好我们出去玩', '今天天气很好我们', '出去玩'],
		['nothing here', 'is the same', 'nothing here', 'is the same'],
		['one', 'one', 'one', ''],
		['', 'one', '', 'one'],
	])('%j, %j', (before, after, kept, added) => {
		expect(removeDoubled(before, after)).toEqual({ before: kept, after: added });
	});

	test('a text cut in two with any overlap comes back whole', () => {
		const words = fc.uniqueArray(fc.stringMatching(/^[a-z]{1,8}$/), {
			minLength: 4,
			maxLength: 30,
		});
		fc.assert(
			fc.property(words, fc.nat(), fc.nat(), (text, a, b) => {
				const from = 1 + (a % (text.length - 2));
				const to = from + 1 + (b % (text.length - from - 1));
				const kept = removeDoubled(text.slice(0, to).join(' '), text.slice(from).join(' '));
				expect(joinText(kept.before, kept.after)).toBe(text.join(' '));
			}),
		);
	});
});

test('a text that grows is what its pieces make when they are joined one by one', () => {
	const piece = fc.array(fc.constantFrom('a', 'two words', '好', '。', ' ', '😀'), {
		maxLength: 3,
	});
	fc.assert(
		fc.property(fc.array(piece, { maxLength: 6 }), fc.nat(8), (pieces, count) => {
			const growing = new GrowingText();
			let whole = '';
			for (const words of pieces) {
				growing.add(words.join(''));
				whole = joinText(whole, words.join(''));
			}
			expect(growing.end(count)).toBe(count === 0 ? '' : whole.slice(-count));
			growing.drop(count);
			expect(String(growing)).toBe(whole.slice(0, Math.max(0, whole.length - count)));
		}),
	);
});

test.each([
	['one  two', ['one', '  two']],
	[' 好的 yes。 ', [' 好', '的', ' yes', '。']],
	['one\u3000two', ['one', '\u3000two']],
	['  ', []],
])('the words of %j are %j', (text, words) => {
	expect(wordsOf(text)).toEqual(words);
});
