import { DamagedAudioError } from '../../../../core/audio/errors';
import { cutMp3 } from '../../../../core/audio/formats/mp3/cut';
import type { Piece } from '../../../../core/audio/cut';
import { bytesSource } from '../../../../core/audio/source/bytes';
import { hearDigits } from '../../../../dev/service/dtmf';
import {
	DIGITS,
	decoded,
	digitsOf,
	expectDigits,
	expectWellCut,
	ForwardSource,
	mp3Pieces,
	repeatMp3,
} from '../../../support/audio/cutting';
import { concat, id3Tag, recording } from '../../../support/audio/recordings';
import { collect } from '../../../support/core';

const FILES = ['joint-info.mp3', 'vbr-mono.mp3', 'mpeg2-mono.mp3', 'mpeg25-mono.mp3'];
const MAX_BYTES = 25_000_000;

describe('The pieces of an MP3', () => {
	test.each<[string, number, number]>([
		['mpeg25-mono.mp3', 180, 30],
		['mpeg25-mono.mp3', 180, 60],
		['mpeg2-mono.mp3', 40, 15],
		['joint-info.mp3', 20, 10],
		['vbr-mono.mp3', 20, 10],
	])('of %s, %i s, cut at %i s, decode as the whole', async (name, seconds, maxSeconds) => {
		const limits = { maxSeconds, maxBytes: MAX_BYTES };
		const bytes = await repeatMp3(recording(`cut/${name}`), seconds);
		const whole = await decoded(bytes);
		const expected = hearDigits(whole.samples, whole.sampleRate);
		const pieces = await collect(cutMp3(new ForwardSource(concat(id3Tag(70_000), bytes)), limits));

		expectWellCut(pieces, limits);
		expect(pieces.length).toBeGreaterThanOrEqual(seconds / maxSeconds);
		expect(pieces.length).toBeLessThanOrEqual(Math.ceil((seconds + 6) / (maxSeconds * 0.55)));
		expect(pieces.every(({ overlap, isSilent }) => overlap === 0 && !isSilent)).toBe(true);
		expect(expected.map(({ digit }) => digit).join('')).toContain(DIGITS + DIGITS);
		expectDigits(await digitsOf(pieces), expected, 0.012);
		for (const piece of pieces) {
			expect(await difference(piece, whole)).toBeLessThan(1e-5);
		}
	});

	test.each(FILES)('of %s say where the first and the last sound are', async (name) => {
		const bytes = await repeatMp3(recording(`cut/${name}`), 20);
		for (const piece of await mp3Pieces(bytes, { maxSeconds: 10, maxBytes: MAX_BYTES })) {
			const digits = await digitsOf([piece]);
			const before = digits[0]!.start - piece.spoken!.start;
			const behind = piece.spoken!.end - digits.at(-1)!.end;

			// Estimated without decoding: rather some noise too much than a sound cut off.
			for (const seconds of [before, behind]) {
				expect(seconds).toBeGreaterThan(-0.1);
				expect(seconds).toBeLessThan(0.3);
			}
		}
	});

	test('of digital silence are silent', async () => {
		const bytes = await repeatMp3(recording('cut/silence.mp3'), 40);
		const pieces = await mp3Pieces(bytes, { maxSeconds: 30, maxBytes: MAX_BYTES });

		expect(pieces).toHaveLength(2);
		for (const piece of pieces) {
			expect(piece).toMatchObject({ isSilent: true, overlap: 0 });
			expect(piece.spoken).toBeUndefined();
		}
	});

	test('overlap where there is no pause', async () => {
		const limits = { maxSeconds: 4, maxBytes: MAX_BYTES };
		const pieces = await mp3Pieces(recording('cut/tone.mp3'), limits);

		expectWellCut(pieces, limits);
		expect(pieces[0]!.overlap).toBe(0);
		// So short a piece overlaps by a quarter only.
		expect(pieces[1]!.overlap).toBeGreaterThan(0.5);
		expect(pieces[1]!.overlap).toBeLessThan(0.9);
	});

	/** Where a piece and the whole differ most in the stretch that the piece answers for. */
	async function difference(
		{ bytes: part, start, end, offset }: Piece,
		{ samples, sampleRate }: { samples: Float32Array; sampleRate: number },
	): Promise<number> {
		const own = (await decoded(part)).samples;
		const first = Math.round(offset * sampleRate);
		const to = Math.min(Math.round(end * sampleRate), samples.length);
		let largest = 0;
		for (let at = Math.round(start * sampleRate); at < to; at++) {
			largest = Math.max(largest, Math.abs(own[at - first]! - samples[at]!));
		}
		return largest;
	}
});

describe('An MP3', () => {
	const short = recording('cut/joint-info.mp3');

	test('within the limits is one piece, byte by byte as it came', async () => {
		const tagged = concat(id3Tag(1000), short);
		const pieces = await mp3Pieces(tagged, { maxSeconds: 30, maxBytes: MAX_BYTES });

		expect(pieces).toEqual([
			expect.objectContaining({ isOnly: true, start: 0, offset: 0, overlap: 0, isSilent: false }),
		]);
		expect(Buffer.from(pieces[0]!.bytes).equals(Buffer.from(tagged))).toBe(true);
		expect(pieces[0]!.end).toBeCloseTo(5.58, 1);
	});

	test('that is too large only by its picture is one piece without it', async () => {
		const tagged = concat(id3Tag(100_000), short);
		const pieces = await mp3Pieces(tagged, { maxSeconds: 30, maxBytes: 60_000 });

		expect(pieces).toHaveLength(1);
		expect(pieces[0]).toMatchObject({ isOnly: true, start: 0 });
		expect(Buffer.from(pieces[0]!.bytes).includes('Info')).toBe(false);
	});

	test('is cut by bytes where they are less than the seconds', async () => {
		const limits = { maxSeconds: 60, maxBytes: 100_000 };
		const bytes = await repeatMp3(short, 60);
		const pieces = await mp3Pieces(bytes, limits);

		expectWellCut(pieces, limits);
		expect(pieces.length).toBeGreaterThanOrEqual(5);
	});

	test('of several recordings joined on is cut where their kind changes', async () => {
		const other = recording('cut/mpeg2-mono.mp3');
		const pieces = await mp3Pieces(concat(short, other), { maxSeconds: 30, maxBytes: MAX_BYTES });
		const digits = (await digitsOf(pieces)).map(({ digit }) => digit).join('');

		expect(pieces).toHaveLength(2);
		expect(digits).toBe(DIGITS + DIGITS);
		expect(pieces[1]!.start).toBe(pieces[0]!.end);
	});

	test('without a frame is damaged', async () => {
		const pieces = collect(
			cutMp3(bytesSource(new Uint8Array(5000)), { maxSeconds: 30, maxBytes: 9e6 }),
		);

		await expect(pieces).rejects.toThrow(DamagedAudioError);
	});

	test.each(FILES)('that is damaged, %s, is cut all the same', async (name) => {
		const whole = await repeatMp3(recording(`cut/${name}`), 12);
		const limits = { maxSeconds: 5, maxBytes: 50_000 };
		const next = randomNumbers(FILES.indexOf(name) + 1);
		for (let count = 0; count < 60; count++) {
			const bytes = whole.slice(0, whole.length * (next() < 0.5 ? 1 : next()));
			for (let errors = next() * 20; errors > 0; errors--) {
				bytes[Math.floor(next() * bytes.length)] = Math.floor(next() * 256);
			}
			try {
				expectWellCut(await mp3Pieces(bytes, limits), limits);
			} catch (error) {
				if (!(error instanceof DamagedAudioError)) throw error;
			}
		}
	});
});

/** Numbers in [0, 1), the same for the same seed (a linear congruential generator). */
function randomNumbers(seed: number): () => number {
	let state = seed;
	return () => {
		state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
		return state / 2 ** 32;
	};
}
