import fc from 'fast-check';

import { clean, listed, MAX_TEXT, MAX_VALUE, shownValue } from '../../../core/errors/clean';

describe('A text from outside', () => {
	test.each([
		['a colour', '\u001b[31mred\u001b[0m', 'red'],
		['a colour of one byte', '\u009b31mred', 'red'],
		['the title of a terminal', 'a\u001b]0;owned\u0007b', 'ab'],
		['a link of a terminal', '\u001b]8;;http://evil.test\u001b\\here\u001b]8;;\u001b\\', 'here'],
		['a device control string', 'a\u001bPq#0\u001b\\b', 'ab'],
		['an escape at its end', 'a\u001b', 'a'],
		['line breaks', 'a\r\nb\n\tc\u2028d\u0085e', 'a b c d e'],
		['NUL and other controls', 'a\0\u0008\u007fb', 'a b'],
		['a turned direction', 'invoice\u202egpj.wav', 'invoicegpj.wav'],
		['isolates', '\u2066a\u2069\u2067b\u2068c\u200f\u200e\u061c', 'abc'],
		['what is invisible', '\ufeffa\u200b\u00ad\u2060b\u{e0041}', 'ab'],
		['halves of characters', 'a\ud800b\udc00', 'a\ufffdb\ufffd'],
		['HTML', '<img src=x onerror=alert(1)>', '‹img src=x onerror=alert(1)›'],
	])('loses %s', (_, text, shown) => {
		expect(clean(text)).toBe(shown);
	});

	test.each(['دویدن می‌خواهم', '👩‍🚀', 'naïve é', '会议 记录.m4a', 'a & b; 100 % "x"'])(
		'stays as it is: %s',
		(text) => expect(clean(text)).toBe(text),
	);

	test('is one harmless line of bounded length, whatever it was', () => {
		const parts = fc.constantFrom(
			'\u001b[',
			'\u001b]',
			'\u202e',
			'<',
			'\n',
			'\0',
			'\ud83d',
			'🙂',
			'a',
		);
		const texts = fc.oneof(
			fc.string({ unit: 'binary', maxLength: 500 }),
			fc.array(parts, { maxLength: 500 }).map((list) => list.join('')),
		);
		fc.assert(
			fc.property(texts, fc.integer({ min: 2, max: MAX_TEXT }), (text, most) => {
				const shown = clean(text, { most });
				expect(shown.length).toBeLessThanOrEqual(most);
				expect(shown).not.toMatch(/[\p{Cc}\p{Cs}\p{Bidi_Control}<>\n]/u);
				expect(clean(shown, { most })).toBe(shown);
			}),
		);
	});

	test('of 16 million characters is looked at only as far as it may be shown', () => {
		const began = process.cpuUsage();
		for (const unit of ['a', ' ', '\u001b[', '\u001b]', '<', '\u202e']) {
			expect(clean(unit.repeat(16e6 / unit.length), { secret: 'key-1234' }).length).toBeLessThan(
				201,
			);
		}
		const { user } = process.cpuUsage(began);
		// It takes about 0.1 s; with every character replaced it was seconds.
		expect(user / 1e6).toBeLessThan(2);
	});

	test.each([
		['as it is', 'no secret-key-1 here'],
		['interrupted by what is invisible', 'no sec\u200bret-k\u001b[0mey\u202e-1 here'],
		['in JSON', '{"key":"secret-key-1"}'],
		['at the place where it is cut', `${'x'.repeat(MAX_TEXT - 5)}secret-key-1`],
	])('does not hold the API key %s', (_, text) => {
		const shown = clean(text, { secret: ' secret-key-1\n' });

		expect(shown).not.toMatch(/secre|key-1/);
		expect(shown.length).toBeLessThanOrEqual(MAX_TEXT);
	});

	test('has a key with a quote struck out of JSON', () => {
		expect(clean('{"key":"a\\"b\\\\c"}', { secret: 'a"b\\c' })).toBe('{"key":"***"}');
	});
});

test.each<[unknown, string]>([
	['memo', '"memo"'],
	['a\nb\u202e', '"a b"'],
	['A'.repeat(85_424), `"${'A'.repeat(MAX_VALUE - 1)}…" (85424 characters)`],
	[[1, 2], 'a list of 2'],
	[{ toJSON: () => 'A'.repeat(1e6) }, 'an object'],
	[Buffer.alloc(1e6), 'an object'],
	[null, 'null'],
	[1.5, '1.5'],
	[10n ** 100n, `1${'0'.repeat(MAX_VALUE - 2)}…`],
	[Symbol('<b>'), 'Symbol(‹b›)'],
])('a value is shown in a readable length: case %#', (value, shown) => {
	expect(shownValue(value)).toBe(shown);
});

test('a list names the first five', () => {
	expect(listed([])).toBe('');
	expect(listed(['a', 'b'])).toBe('a, b');
	expect(listed([...'abcdefgh'])).toBe('a, b, c, d, e and 3 more');
});
