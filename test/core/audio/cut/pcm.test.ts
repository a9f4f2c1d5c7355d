import {
	DamagedAudioError,
	TruncatedAudioError,
	UnreadableAudioError,
	UnsupportedAudioError,
} from '../../../../core/audio/errors';
import { cutPcm, type Limits, type Piece } from '../../../../core/audio/cut';
import { type PcmBlock } from '../../../../core/audio/pcm';
import { bytesSource, type ByteSource } from '../../../../core/audio/source/bytes';
import { cutWav as cutWavOf } from '../../../../core/audio/formats/wav/cut';
import { readWavLayout } from '../../../../core/audio/formats/wav/layout';
import { toneSamples, wavBytes } from '../../../../dev/service/tones';
import {
	DIGITS,
	digitsOf,
	expectDigits,
	expectWellCut,
	ForwardSource,
} from '../../../support/audio/cutting';
import {
	chunk,
	concat,
	pcmFormat,
	recording,
	silence,
	wav,
} from '../../../support/audio/recordings';
import { collect } from '../../../support/core';

const MAX_BYTES = 25_000_000;
const FIVE_SECONDS = '0123 4567 89A BCD*# ';

async function* blocksOf(
	samples: Float32Array,
	sampleRate = 16000,
	error?: Error,
): AsyncGenerator<PcmBlock> {
	for (let at = 0; at < samples.length; at += 5000) {
		yield { samples: samples.subarray(at, at + 5000), sampleRate };
	}
	if (error) throw error;
}

async function* cutWav(source: ByteSource, limits: Limits): AsyncGenerator<Piece> {
	yield* cutWavOf(source, await readWavLayout(source), limits);
}

/** What the pieces hold, one behind the other without what overlaps. */
function soundOf(pieces: Piece[], bytesPerSecond: number): Buffer {
	return Buffer.concat(
		pieces.map(({ bytes, overlap }) => bytes.subarray(44 + Math.round(overlap * bytesPerSecond))),
	);
}

describe('Digits', () => {
	test.each([30, 60])(
		'of three minutes, decoded, cut at %i s, are kept once',
		async (maxSeconds) => {
			const limits = { maxSeconds, maxBytes: MAX_BYTES };
			const { samples, digits } = toneSamples(FIVE_SECONDS.repeat(36), { sampleRate: 8000 });
			const pieces = await collect(cutPcm(blocksOf(samples, 8000), limits));

			expectWellCut(pieces, limits);
			expectDigits(await digitsOf(pieces), digits, 0.01);
			expect(soundOf(pieces, 16000).equals(wavBytes(samples, 8000).subarray(44))).toBe(true);
			for (const piece of pieces) {
				const inside = digits.filter(({ start }) => start >= piece.start && start < piece.end);

				expect(piece).toMatchObject({ format: 'wav', overlap: 0, isSilent: false, isOnly: false });
				expect(piece.spoken!.start).toBeCloseTo(inside[0]!.start, 1);
				expect(piece.spoken!.end).toBeCloseTo(inside.at(-1)!.end, 1);
			}
		},
	);

	test.each([8, 16, 24, 32] as const)('of a WAV file of %i bits are kept once', async (bits) => {
		const limits = { maxSeconds: 10, maxBytes: MAX_BYTES };
		const { samples, sampleRate, digits, duration } = toneSamples(FIVE_SECONDS.repeat(5), {
			sampleRate: 8000,
		});
		const bytes = wavBytes(samples, sampleRate, { bits });
		const pieces = await collect(cutWav(new ForwardSource(bytes), limits));

		expectWellCut(pieces, limits);
		expect(pieces.at(-1)!.end).toBeCloseTo(duration, 6);
		expectDigits(await digitsOf(pieces), digits, 0.01);
		expect(soundOf(pieces, sampleRate * (bits / 8)).equals(bytes.subarray(44))).toBe(true);
	});
});

describe('A WAV file', () => {
	const limits = { maxSeconds: 30, maxBytes: MAX_BYTES };

	test('within the limits is one piece, byte by byte as it came', async () => {
		const { samples, duration } = toneSamples(DIGITS);
		const bytes = concat(wavBytes(samples, 16000), chunk('LIST', new Uint8Array(10)));
		const pieces = await collect(cutWav(bytesSource(bytes), limits));

		expect(pieces).toHaveLength(1);
		expect(pieces[0]).toMatchObject({ bytes, isOnly: true, start: 0, offset: 0, isSilent: false });
		expect(pieces[0]!.end).toBeCloseTo(duration, 6);
		expect(pieces[0]!.spoken!.start).toBeCloseTo(0.2, 1);
		expect(pieces[0]!.spoken!.end).toBeCloseTo(duration - 0.2, 1);
	});

	test('of many bytes a second is cut by bytes', async () => {
		const format = pcmFormat({ channels: 2, rate: 96000, bits: 24 });
		const bytes = wav(format, chunk('data', new Uint8Array(96000 * 6 * 20).fill(0x11)));
		const small = { maxSeconds: 30, maxBytes: 5_000_000 };
		const source = new ForwardSource(bytes);
		const pieces = await collect(cutWav(source, small));

		expectWellCut(pieces, small);
		expect(pieces.at(-1)!.end).toBeCloseTo(20, 6);
		expect(Buffer.from(pieces[0]!.bytes.subarray(12, 36)).equals(Buffer.from(format))).toBe(true);
		expect(source.largestRead).toBeLessThanOrEqual(64 * 1024);
	});

	test('of digital silence is silent in all its pieces', async () => {
		const pieces = await collect(cutWav(bytesSource(silence(70)), limits));

		expect(pieces.map(({ isSilent, spoken, overlap }) => [isSilent, spoken, overlap])).toEqual(
			pieces.map(() => [true, undefined, 0]),
		);
	});

	test.each(['pcm8.wav', 'pcm16.wav', 'extensible24.wav', 'extensible32.wav', 'rf64.wav'])(
		'%s is cut however it is written',
		async (name) => {
			const short = { maxSeconds: 0.7, maxBytes: 10_000 };
			const pieces = await collect(cutWav(bytesSource(recording(name)), short));

			expect(pieces[0]!.isOnly).toBe(recording(name).length <= short.maxBytes);
			expect(pieces.at(-1)!.end).toBeCloseTo(0.5556, 3);
		},
	);

	test.each<[string, Uint8Array]>([
		['no samples', wav(pcmFormat(), chunk('data', new Uint8Array(1)))],
		['companded samples', recording('mulaw.wav')],
		['floating samples', recording('float32.wav')],
		['no data', wav(pcmFormat())],
		['no channels', wav(pcmFormat({ channels: 0 }), chunk('data', new Uint8Array(10)))],
	])('with %s is refused', async (_, bytes) => {
		await expect(collect(cutWav(bytesSource(bytes), limits))).rejects.toThrow(DamagedAudioError);
	});

	test.each([
		['an absurd rate', { rate: 4e9 }, '4000000000 Hz'],
		['a rate without speech', { rate: 5999 }, '5999 Hz'],
		['more than eight channels', { channels: 9 }, '9 channels'],
	])('with %s is refused', async (_, format, problem) => {
		const bytes = wav(pcmFormat(format), chunk('data', new Uint8Array(100)));
		const cutting = collect(cutWav(bytesSource(bytes), limits));

		await expect(cutting).rejects.toThrow(UnsupportedAudioError);
		await expect(cutting).rejects.toThrow(problem);
	});

	test('that is damaged anywhere is cut or refused', async () => {
		const whole = wavBytes(toneSamples('12 34').samples, 16000);
		for (let at = 0; at < 44; at++) {
			for (const value of [0, 1, 0x7f, 0xff]) {
				const short = { maxSeconds: 1, maxBytes: 20_000 };
				const pieces = collect(cutWav(bytesSource(whole.with(at, value)), short));

				await pieces.catch((error) =>
					expect(
						error instanceof UnreadableAudioError || error instanceof TruncatedAudioError,
					).toBe(true),
				);
			}
		}
	});
});

describe('Decoded sound', () => {
	const limits = { maxSeconds: 30, maxBytes: MAX_BYTES };
	const noise = Float32Array.from({ length: 16000 * 50 }, (_, i) => Math.sin(i * i * 0.001) * 0.1);

	test('of at most the limit is one piece', async () => {
		const pieces = await collect(cutPcm(blocksOf(noise.subarray(0, 16000 * 29.9)), limits));

		expect(pieces).toHaveLength(1);
		expect(pieces[0]!.end).toBeCloseTo(29.9, 6);
	});

	test('without a pause is cut with an overlap of 1.5 seconds', async () => {
		const pieces = await collect(cutPcm(blocksOf(noise), limits));

		expectWellCut(pieces, limits);
		expect(pieces.map(({ overlap }) => overlap)).toEqual([0, ...pieces.slice(1).map(() => 1.5)]);
	});

	test('is cut in the middle of its longest silence', async () => {
		const sound = noise.slice(0, 16000 * 40);
		sound.fill(0, 16000 * 20, 16000 * 20.5);
		sound.fill(0, 16000 * 24, 16000 * 26);
		const pieces = await collect(cutPcm(blocksOf(sound), limits));

		expect(pieces[0]!.end).toBeCloseTo(25, 1);
		expect(pieces[0]!.spoken!.end).toBeCloseTo(24, 1);
		expect(pieces[1]!.spoken!.start).toBeCloseTo(26, 1);
	});

	test('beyond full scale is clipped', async () => {
		const samples = Float32Array.of(1.5, 1e9, -1, -Infinity, Number.NaN, 0.5, -0.5);
		const [piece] = await collect(cutPcm(blocksOf(samples), limits));
		const view = new DataView(piece!.bytes.buffer, 44);

		expect(Array.from(samples, (_, index) => view.getInt16(index * 2, true))).toEqual([
			32767, 32767, -32768, -32768, 0, 16384, -16384,
		]);
	});

	test('that breaks off gives what there was, then the error', async () => {
		const error = new TruncatedAudioError('it ends inside a frame');
		const pieces: Piece[] = [];
		const reading = (async () => {
			for await (const piece of cutPcm(blocksOf(noise, 16000, error), limits)) pieces.push(piece);
		})();

		await expect(reading).rejects.toBe(error);
		expect(pieces.at(-1)!.end).toBeCloseTo(50, 6);
	});
});
