import fc from 'fast-check';

import type { Answer, Segment } from '../../../core/api/answer';
import type { Piece } from '../../../core/audio/cut';
import { wordsOf } from '../../../core/transcript/joinText';
import { Transcript } from '../../../core/transcript/transcript';
import { randomOf } from '../../support/faults/random';
import { workOf } from '../../support/holds';

const piece = (start: number, end: number, overlap = 0, more: Partial<Piece> = {}): Piece => ({
	bytes: new Uint8Array(0),
	format: 'wav',
	mimeType: 'audio/wav',
	start,
	end,
	offset: start,
	overlap,
	isSilent: false,
	isOnly: false,
	...more,
});

const answer = (
	text: string,
	...segments: [start: number, end: number, text: string][]
): Answer => ({
	text,
	segments: segments.map(([start, end, words], id) => ({ id, start, end, text: words })),
	extra: {},
});

function transcriptOf(...answers: [Piece, Answer | undefined][]): Transcript {
	const transcript = new Transcript();
	for (const [of, heard] of answers) {
		if (heard) transcript.add(of, heard);
		else transcript.addGap(of);
	}
	return transcript;
}

const bareWords = (text: string) => wordsOf(text).map((word) => word.trim());
const times = (segments: Segment[]) => segments.map(({ start, end, text }) => [start, end, text]);

/** What holds of every transcript. */
function expectSameWords({ text, segments }: Transcript): void {
	expect(segments.flatMap((segment) => bareWords(segment.text))).toEqual(bareWords(text));
	expect(segments.map(({ id }) => id)).toEqual(segments.map((_, index) => index));
	let latest = 0;
	for (const { start, end, text: words, missing } of segments) {
		expect(start).toBeGreaterThanOrEqual(latest);
		if (missing) expect(end).toBeGreaterThanOrEqual(start);
		else expect(end).toBeGreaterThan(start);
		expect(words === '').toBe(missing === true);
		latest = end;
	}
}

/** Numbers from 0 up to 1. */
function randomsFrom(seed: number): () => number {
	let drawn = 0;
	return () => randomOf(seed, drawn++);
}

interface Word {
	text: string;
	start: number;
	end: number;
}

/** Speech without pauses: every word is another one, with or without spaces between them. */
function speak(next: () => number): { words: Word[]; gap: string } {
	const gap = next() < 0.5 ? ' ' : '';
	let end = 0;
	const words = Array.from({ length: 10 + Math.floor(next() * 140) }, (_, index): Word => {
		const start = end;
		end += 0.1 + next() * 0.4;
		return { text: gap ? `w${index}` : String.fromCodePoint(0x4e00 + index), start, end };
	});
	return { words, gap };
}

/** Pieces of 4 to 8 seconds; those that overlap have at least two whole words in common. */
function cut(seconds: number, next: () => number): Piece[] {
	const pieces: Piece[] = [];
	for (let start = 0, overlap = 0; ;) {
		const end = Math.min(seconds, start + 4 + 4 * next());
		const runUp = next() < 0.3 ? next() / 10 : 0;
		pieces.push(piece(start, end, overlap, { offset: start - runUp }));
		if (end === seconds) return pieces;
		overlap = next() < 0.7 ? 1.6 : 0;
		start = end - overlap;
	}
}

/** What a service says of a piece: words in segments of any length, at about the right times. */
function say(heard: Word[], gap: string, { offset }: Piece, next: () => number): Answer {
	const segments: Segment[] = [];
	const aside = (most: number) => (next() - 0.5) * most;
	const scale = next() < 0.1 ? 1000 : 1;
	for (let from = 0; from < heard.length;) {
		const group = heard.slice(from, (from += 1 + Math.floor(next() * 5)));
		const start = (group[0]!.start - offset + aside(2)) * scale;
		segments.push({
			id: segments.length,
			start,
			end: Math.max(start + 0.01, (group.at(-1)!.end - offset + aside(2)) * scale),
			text: gap + group.map(({ text }) => text).join(gap),
		});
	}
	const text = heard.map((word) => word.text).join(gap);
	return { text, segments: next() < 0.2 ? [] : segments, extra: {} };
}

describe('Text and segments say the same', () => {
	it('and each word once, where overlapping pieces have whole words in common', () => {
		fc.assert(
			fc.property(fc.integer(), (seed) => {
				const next = randomsFrom(seed);
				const { words, gap } = speak(next);
				const transcript = new Transcript();
				let told = 0;
				for (const of of cut(words.at(-1)!.end, next)) {
					// Where nothing overlaps, the cut is in a pause: no word is in two pieces, none is lost.
					const heard = words.filter((word, index) =>
						of.overlap > 0
							? word.start >= of.start && word.end <= of.end
							: index >= told && word.end <= of.end,
					);
					told = heard.length > 0 ? words.indexOf(heard.at(-1)!) + 1 : told;
					transcript.add(of, say(heard, gap, of, next));
				}

				expectSameWords(transcript);
				expect(bareWords(transcript.text)).toEqual(words.slice(0, told).map(({ text }) => text));
			}),
			{ numRuns: 300 },
		);
	});

	it('where words are cut at borders and heard as others, and pieces are missing', () => {
		fc.assert(
			fc.property(fc.integer(), (seed) => {
				const next = randomsFrom(seed);
				const { words, gap } = speak(next);
				const transcript = new Transcript();
				for (const of of cut(words.at(-1)!.end, next)) {
					const heard = words.flatMap((word) => {
						if (word.end <= of.start || word.start >= of.end) return [];
						const isWhole = word.start >= of.start && word.end <= of.end;
						return isWhole || next() < 0.3 ? [word] : next() < 0.5 ? [] : [{ ...word, text: '嗯' }];
					});
					if (next() < 0.1) transcript.addGap(of);
					else transcript.add(of, say(heard, gap, of, next));
				}

				expectSameWords(transcript);
			}),
			{ numRuns: 300 },
		);
	});

	it('whatever text and segments a service sends', () => {
		const text = fc.string({
			unit: fc.constantFrom('a', 'b', '.', ' ', '你', '好', '。', '\u3000', '🎙'),
		});
		const time = fc.double({ min: -20, max: 60, noNaN: true });
		fc.assert(
			fc.property(
				fc.array(fc.tuple(text, fc.array(fc.tuple(time, time, text)), fc.boolean()), {
					maxLength: 6,
				}),
				(answers) => {
					const transcript = new Transcript();
					answers.forEach(([words, segments, hasOverlap], index) => {
						const of = piece(index * 10, index * 10 + 11, hasOverlap && index > 0 ? 1 : 0);
						const sent = segments.map((segment): [number, number, string] => [
							segment[0],
							Math.max(segment[0] + 0.01, segment[1]),
							segment[2],
						]);
						transcript.add(of, answer(words, ...sent));
					});

					expectSameWords(transcript);
				},
			),
			{ numRuns: 500 },
		);
	});
});

describe('Of two pieces that overlap', () => {
	it('what both heard stays with the first, at its times', () => {
		const { text, segments } = transcriptOf(
			[piece(0, 30), answer('one two three', [27, 28.4, 'one two'], [28.5, 29.4, 'three'])],
			[piece(28.4, 58, 1.6), answer('Three, four', [0.2, 1.1, 'Three,'], [1.2, 2, 'four'])],
		);

		expect(text).toBe('one two three four');
		expect(times(segments)).toEqual([
			[27, 28.4, 'one two'],
			[28.5, 29.4, 'three'],
			[29.6, 30.4, 'four'],
		]);
	});

	it('a word that the first heard cut in half is taken out of its segment', () => {
		const { text, segments } = transcriptOf(
			[piece(0, 30), answer('one two three fo', [27, 29.4, 'one two three'], [29.6, 30, 'fo'])],
			[piece(28, 58, 2), answer('two three four five', [0, 3, 'two three four five'])],
		);

		expect(text).toBe('one two three four five');
		expect(times(segments)).toEqual([
			[27, 29.4, 'one two three'],
			[29.4, 31, 'four five'],
		]);
	});

	it('words that the second heard within the time of the first’s last segment are added to that', () => {
		const { segments } = transcriptOf(
			[piece(0, 30), answer('one two', [25, 30, 'one two'])],
			[piece(28, 58, 2), answer('two three four', [0, 1, 'two'], [1, 2, 'three'], [2, 3, 'four'])],
		);

		expect(times(segments)).toEqual([
			[25, 30, 'one two three'],
			[30, 31, 'four'],
		]);
	});

	it('nothing is taken off the second when the first is missing', () => {
		const { text, segments } = transcriptOf(
			[piece(0, 30), answer('again', [29, 30, 'again'])],
			[piece(28, 58, 2), undefined],
			[piece(56, 80, 2), answer('again', [0, 1, 'again'])],
		);

		expect(text).toBe('again again');
		expect(segments).toEqual([
			{ id: 0, start: 29, end: 30, text: 'again' },
			{ id: 1, start: 30, end: 56, text: '', missing: true },
			{ id: 2, start: 56, end: 57, text: 'again' },
		]);
	});
});

it('A piece is one segment where the segments of the service do not hold its text', () => {
	const { text, segments } = transcriptOf([
		piece(0, 30, 0, { spoken: { start: 1, end: 9 } }),
		answer('One, two. Three.', [0, 2, 'one two']),
	]);

	expect(text).toBe('One, two. Three.');
	expect(times(segments)).toEqual([[1, 9, 'One, two. Three.']]);
});

it('Segments have the words as the text writes them', () => {
	const { segments } = transcriptOf([
		piece(0, 30),
		answer('One, two. Three.', [0, 2, ' one two'], [3, 4, ' three']),
	]);

	expect(times(segments)).toEqual([
		[0, 2, 'One, two.'],
		[3, 4, 'Three.'],
	]);
});

it('A segment takes no time only where the service says so', () => {
	const { segments } = transcriptOf([piece(0, 30), answer('a b', [2, 2, 'a'], [40, 41, 'b'])]);

	expect(times(segments)).toEqual([[2, 2, 'a b']]);
});

test.each([
	['that overlap', 2],
	['cut in pauses', 0],
])(
	'Twelve hours in pieces %s are put together in time that grows with their length',
	async (_, overlap) => {
		const transcript = new Transcript();
		const pieces = (12 * 3600) / 28;
		const heard = Array.from({ length: 75 }, (__, word) => `word${word}`);
		const seconds = await workOf(() => {
			for (let index = 0; index < pieces; index++) {
				const start = index * 28;
				transcript.add(
					piece(start, start + 28, index === 0 ? 0 : overlap),
					answer(heard.map((word) => `${word}of${index}`).join(' ')),
				);
			}
		});
		expect(transcript.text).toHaveLength(
			transcript.segments.map(({ text }) => text).join(' ').length,
		);
		// Six hours took 27 s.
		expect(seconds).toBeLessThan(3);
	},
);
