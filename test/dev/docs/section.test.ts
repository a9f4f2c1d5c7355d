import { insert, table } from '../../../dev/docs/section';

const page = 'docs/page.md';

test('a table has a row for each, and a bar in a cell is no border', () => {
	expect(table(['option', 'values'], [['subtitles', 'none | srt']])).toBe(
		'| option | values |\n| --- | --- |\n| subtitles | none \\| srt |',
	);
});

test('a section stands between its marks, and what is around them stays', () => {
	const text =
		'Before.\n<!-- a:begin -->old<!-- a:end -->\nAfter.\n<!-- b:begin --><!-- b:end -->\n';

	expect(insert(text, { page, name: 'a', markdown: 'new' })).toBe(
		'Before.\n<!-- a:begin -->\n\nnew\n\n<!-- a:end -->\nAfter.\n<!-- b:begin --><!-- b:end -->\n',
	);
});

test('signs that mean something in replacements are copied as they are', () => {
	const text = '<!-- a:begin --><!-- a:end -->';

	expect(insert(text, { page, name: 'a', markdown: "$& $' $1" })).toContain("$& $' $1");
});

test.each([
	['neither mark', ''],
	['no end', '<!-- a:begin -->'],
	['no beginning', '<!-- a:end -->'],
	['the marks the wrong way round', '<!-- a:end --><!-- a:begin -->'],
	['only the marks of another', '<!-- ab:begin --><!-- ab:end -->'],
])('a page with %s is refused by name', (_, text) => {
	expect(() => insert(text, { page, name: 'a', markdown: 'new' })).toThrow(
		'docs/page.md lacks the lines <!-- a:begin --> and <!-- a:end -->.',
	);
});
