import { DamagedAudioError } from '../../../../core/audio/errors';
import fc from 'fast-check';

import { Resampler } from '../../../../core/audio/resample/resampler';

const OUT = 16000;
const RATES = [
	6000, 8000, 11025, 12000, 16001, 22050, 22254, 24000, 32000, 44100, 48000, 96000, 192000, 384000,
];

/** Resamples in pieces of so many samples. */
function resample(from: number, samples: Float32Array, piece = 4096, to = OUT): Float32Array {
	const pieces: Float32Array[] = [];
	for (let at = 0; at < samples.length; at += piece) {
		pieces.push(samples.subarray(at, at + piece));
	}
	return resamplePieces(new Resampler(from, to), pieces);
}

function resamplePieces(resampler: Resampler, pieces: Float32Array[]): Float32Array {
	const got = pieces.map((piece) => Buffer.from(resampler.push(piece).slice().buffer));
	const all = Buffer.concat([...got, Buffer.from(resampler.flush().slice().buffer)]);
	return new Float32Array(Uint8Array.from(all).buffer);
}

const tone = (frequency: number, rate: number, seconds = 0.15): Float32Array =>
	Float32Array.from({ length: Math.round(rate * seconds) }, (_, index) =>
		Math.sin((2 * Math.PI * frequency * index) / rate + 0.3),
	);

/** Where the filter sees the sound only. */
const inner = (samples: Float32Array): Float32Array => samples.subarray(700, -700);

const decibels = (ratio: number): number => 10 * Math.log10(ratio);
const power = (samples: Float32Array): number =>
	samples.reduce((sum, sample) => sum + sample ** 2, 0) / samples.length;

describe('The resampler', () => {
	test.each(RATES)('brings tones from %i Hz unchanged in level and time', (rate) => {
		const nyquist = Math.min(rate, OUT) / 2;
		for (const part of [0.01, 0.25, 0.6, 0.9]) {
			const got = inner(resample(rate, tone(part * nyquist, rate)));
			const wanted = inner(tone(part * nyquist, OUT));
			const error = got.map((sample, index) => sample - wanted[index]!);

			expect(decibels(power(wanted) / power(error))).toBeGreaterThan(95);
		}
	});

	test.each(RATES.filter((rate) => rate > 17000))(
		'lets nothing above 8 kHz through at %i Hz',
		(rate) => {
			const highest = rate / 2;
			for (const part of [0, 0.02, 0.1, 0.3, 0.6, 0.95]) {
				const got = inner(resample(rate, tone(8000 + part * (highest - 8000), rate)));

				expect(decibels(power(got))).toBeLessThan(-95);
			}
		},
	);

	test.each([6000, 8000, 11025])('makes no images above half of %i Hz', (rate) => {
		const frequency = 0.45 * rate;
		const got = inner(resample(rate, tone(frequency, rate, 0.4)));
		const image = rate - frequency;
		let real = 0;
		let imaginary = 0;
		got.forEach((sample, index) => {
			const weight = 1 - Math.cos((2 * Math.PI * index) / got.length);
			real += weight * sample * Math.cos((2 * Math.PI * image * index) / OUT);
			imaginary += weight * sample * Math.sin((2 * Math.PI * image * index) / OUT);
		});

		expect(20 * Math.log10((2 * Math.hypot(real, imaginary)) / got.length)).toBeLessThan(-90);
	});

	test.each(RATES)('keeps a constant from %i Hz constant', (rate) => {
		const got = inner(resample(rate, new Float32Array(rate / 4).fill(0.5)));

		expect(Math.max(...got.map((sample) => Math.abs(sample - 0.5)))).toBeLessThan(1e-6);
	});

	test.each(RATES)('puts a click from %i Hz where it was', (rate) => {
		const at = Math.round(rate / 10);
		const got = resample(rate, new Float32Array(rate / 4).fill(1, at, at + 1));
		const peak = got.indexOf(Math.max(...got));

		expect(Math.abs(peak / OUT - at / rate)).toBeLessThanOrEqual(0.5 / OUT + 1e-9);
	});

	test('gives as many samples as the sound is long, however it comes', () => {
		fc.assert(
			fc.property(
				fc.constantFrom(6000, 12000, 24000, 48000, 384000),
				fc.integer({ min: 0, max: 3000 }),
				fc.integer({ min: 1, max: 3001 }),
				(rate, length, piece) =>
					resample(rate, new Float32Array(length), piece).length ===
					Math.floor((2 * length * OUT + rate) / (2 * rate)),
			),
			{ seed: 1, numRuns: 100 },
		);
	});

	test('gives the same samples in whatever pieces they come', () => {
		fc.assert(
			fc.property(
				fc.constantFrom(8000, 11025, 22254, 44100, 48000, 384000),
				fc.array(fc.integer({ min: 0, max: 6000 }), { minLength: 1, maxLength: 6 }),
				(rate, cuts) => {
					const total = cuts.reduce((sum, cut) => sum + cut, 0);
					const sound = Float32Array.from({ length: total }, (_, i) => Math.sin(i * i * 0.001));
					let at = 0;
					const pieces = cuts.map((cut) => sound.subarray(at, (at += cut)));
					const got = resamplePieces(new Resampler(rate), pieces);

					const whole = resample(rate, sound, total || 1);

					expect(Buffer.compare(Buffer.from(got.buffer), Buffer.from(whole.buffer))).toBe(0);
				},
			),
			{ seed: 2, numRuns: 25 },
		);
	});

	test('changes nothing where there is nothing to change', () => {
		const sound = tone(440, OUT);

		expect(resample(OUT, sound)).toEqual(sound);
		expect(new Resampler(8000, 8000).push(sound)).toBe(sound);
	});

	test('goes to other rates, too', () => {
		const got = inner(resample(44100, tone(1000, 44100), 5000, 24000));
		const wanted = inner(tone(1000, 24000));

		expect(got).toHaveLength(wanted.length);
		expect(power(got.map((sample, index) => sample - wanted[index]!))).toBeLessThan(1e-9);
	});

	test.each([0, 1, 999, 768001, 4294967295, NaN, Infinity, -44100])(
		'refuses a sample rate of %d',
		(rate) => expect(() => new Resampler(rate)).toThrow(DamagedAudioError),
	);

	test.each([6000, 8000, 16001, 44100, 48000, 192_000, 384_000])(
		'passes over silence at %i Hz as if it had come sample by sample',
		(rate) => {
			for (const silence of [1, 100, 5000, 100_003]) {
				const [before, after] = [tone(700, rate, 0.05), tone(900, rate, 0.05)];
				const skipping = new Resampler(rate);
				const parts = [skipping.push(before).slice()];
				const skipped = skipping.skip(silence);
				parts.push(skipped.samples.slice(), new Float32Array(skipped.silence));
				parts.push(skipping.push(after).slice(), skipping.flush().slice());
				const wanted = resamplePieces(new Resampler(rate), [
					before,
					...Array.from(
						{ length: Math.ceil(silence / 4096) },
						(_, index) => new Float32Array(Math.min(4096, silence - index * 4096)),
					),
					after,
				]);

				const got = Float32Array.from(parts.flatMap((part) => [...part]));
				expect(got.length).toBe(wanted.length);
				expect(got.findIndex((sample, index) => sample !== wanted[index])).toBe(-1);
			}
		},
	);
});
