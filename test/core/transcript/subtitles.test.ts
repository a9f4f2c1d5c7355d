import fc from 'fast-check';

import { subtitles } from '../../../core/transcript/subtitles';

const segment = (id: number, start: number, end: number, text: string) => ({
	id,
	start,
	end,
	text,
});

const SHORT = [segment(0, 0.2, 1.5, 'One & two.'), segment(1, 3661.25, 3662, 'Three.')];

test('SubRip numbers its cues and puts a comma before the milliseconds', () => {
	expect(subtitles(SHORT, 'srt')).toBe(
		'1\n00:00:00,200 --> 00:00:01,500\nOne & two.\n\n2\n01:01:01,250 --> 01:01:02,000\nThree.\n',
	);
});

test('WebVTT has its heading, a point before the milliseconds, and escapes', () => {
	expect(subtitles(SHORT, 'vtt')).toBe(
		'WEBVTT\n\n00:00:00.200 --> 00:00:01.500\nOne &amp; two.\n\n01:01:01.250 --> 01:01:02.000\nThree.\n',
	);
});

test('no segments are no cues', () => {
	expect(subtitles([], 'srt')).toBe('');
	expect(subtitles([], 'vtt')).toBe('WEBVTT\n');
});

test('a long segment becomes cues of two lines, broken behind sentences, clauses, words', () => {
	const text =
		'The quick brown fox jumps over the dog. It was lazy, but it did not mind at all, and nobody knows why.';
	expect(subtitles([segment(0, 0, 10, text)], 'srt')).toBe(
		[
			'1',
			'00:00:00,000 --> 00:00:07,900',
			'The quick brown fox jumps over the dog.',
			'It was lazy, but it did not mind at all,',
			'',
			'2',
			'00:00:07,900 --> 00:00:10,000',
			'and nobody knows why.',
			'',
		].join('\n'),
	);
});

test('Chinese is broken without spaces, at 21 characters a line', () => {
	const lines = subtitles([segment(0, 0, 10, '今天天气很好，我们出去玩。'.repeat(4))], 'srt')
		.split('\n')
		.filter((line) => /\p{Script=Han}/u.test(line));
	expect(lines.join('')).toBe('今天天气很好，我们出去玩。'.repeat(4));
	expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(21);
	expect(lines[0]).toMatch(/[，。]$/);
});

test('whatever the segments, cues are in order, never overlap, hold every word, and no line is too wide', () => {
	const texts = fc.array(fc.stringMatching(/^[A-Za-z,.!?]{1,50}$/), { maxLength: 40 });
	const segments = fc.array(fc.tuple(fc.double({ min: 0, max: 5000, noNaN: true }), texts), {
		maxLength: 10,
	});
	fc.assert(
		fc.property(segments, (list) => {
			let time = 0;
			const given = list.map(([length, words], id) => {
				const start = time;
				time += length + 1;
				return segment(id, start, time, words.join(' '));
			});
			const blocks = subtitles(given, 'srt').split('\n\n').filter(Boolean);
			let end = 0;
			const lines: string[] = [];
			for (const block of blocks) {
				const [, times, ...text] = block.trim().split('\n');
				const [from, to] = times!.split(' --> ').map(seconds);
				expect(from).toBeGreaterThanOrEqual(end - 0.001);
				expect(to).toBeGreaterThanOrEqual(from!);
				end = to!;
				expect(text.length).toBeLessThanOrEqual(2);
				for (const line of text) expect(line.length).toBeLessThanOrEqual(42);
				lines.push(...text);
			}
			const all = given
				.map(({ text }) => text)
				.join('')
				.replace(/\s/g, '');
			expect(lines.join('').replace(/\s/g, '')).toBe(all);
		}),
	);
});

function seconds(timestamp: string): number {
	const [hours, minutes, rest] = timestamp.replace(',', '.').split(':').map(Number);
	return hours! * 3600 + minutes! * 60 + rest!;
}
