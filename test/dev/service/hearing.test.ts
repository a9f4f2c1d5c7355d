import fc from 'fast-check';
import { decode } from '../../../dev/service/decode';
import { hearDigits } from '../../../dev/service/dtmf';
import { toneSamples, wavBytes } from '../../../dev/service/tones';
import { DIGITS_MP3 } from '../../support/service';

const heard = (samples: Float32Array, sampleRate: number) =>
	hearDigits(samples, sampleRate)
		.map(({ digit }) => digit)
		.join('');

/** A repeatable noise of the given root mean square. */
function noise(length: number, rms: number): Float32Array {
	let seed = 1;
	return Float32Array.from({ length }, () => {
		seed = (seed * 48271) % 0x7fffffff;
		return rms * Math.sqrt(12) * (seed / 0x7fffffff - 0.5);
	});
}

const add = (a: Float32Array, b: Float32Array) => a.map((sample, index) => sample + b[index]!);

test('every key is written as its word', () => {
	const { samples, sampleRate } = toneSamples('0123456789*#ABCD');
	expect(hearDigits(samples, sampleRate).map(({ word }) => word)).toEqual(
		'zero one two three four five six seven eight nine star pound alpha bravo charlie delta'.split(
			' ',
		),
	);
});

test('any digits are heard at their times, at any sample rate and level, in noise', () => {
	fc.assert(
		fc.property(
			fc.string({ unit: fc.constantFrom(...'0123456789*#ABCD '), minLength: 1, maxLength: 12 }),
			fc.constantFrom(8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000),
			fc.record({
				toneSeconds: fc.double({ min: 0.06, max: 0.3, noNaN: true }),
				gapSeconds: fc.double({ min: 0.04, max: 0.3, noNaN: true }),
				lead: fc.double({ min: 0, max: 0.3, noNaN: true }),
				tail: fc.double({ min: 0, max: 0.3, noNaN: true }),
			}),
			fc.integer({ min: -40, max: 0 }),
			(keys, sampleRate, times, decibels) => {
				const level = 10 ** (decibels / 20);
				const { samples, digits } = toneSamples(keys, { sampleRate, level, ...times });
				// Each tone has half the peak, so both together have this root mean square, 20 dB above the noise.
				const noisy = add(samples, noise(samples.length, level / 2 / 10));
				const words = hearDigits(noisy, sampleRate);
				expect(words.map(({ digit }) => digit)).toEqual(digits.map(({ digit }) => digit));
				for (const [index, { start, end }] of digits.entries()) {
					expect(Math.abs(words[index]!.start - start)).toBeLessThan(0.01);
					expect(Math.abs(words[index]!.end - end)).toBeLessThan(0.01);
				}
			},
		),
		{ numRuns: 60 },
	);
});

test('a digit pressed twice is two words', () => {
	const { samples, sampleRate } = toneSamples('5555', { gapSeconds: 0.04 });
	expect(heard(samples, sampleRate)).toBe('5555');
});

test('a tone that is cut off at either end of the audio is heard', () => {
	const { samples, sampleRate } = toneSamples('48', { lead: 0, tail: 0 });
	const cut = samples.subarray(sampleRate * 0.06, samples.length - sampleRate * 0.06);
	const [first, last] = hearDigits(cut, sampleRate);
	expect(first!.digit).toBe('4');
	expect(first!.start).toBeCloseTo(0, 2);
	expect(last!.digit).toBe('8');
	expect(last!.end).toBeCloseTo(cut.length / sampleRate, 2);
});

test('a hum and a constant offset do not hide the digits', () => {
	const { samples, sampleRate } = toneSamples('159');
	const hum = samples.map(
		(_, index) => 0.2 + 0.05 * Math.sin((2 * Math.PI * 50 * index) / sampleRate),
	);
	expect(heard(add(samples, hum), sampleRate)).toBe('159');
});

const LENGTH = 16000 * 5;
const at = (wave: (time: number) => number) =>
	Float32Array.from({ length: LENGTH }, (_, index) => wave(index / 16000));
const sine = (frequency: number, time: number) => Math.sin(2 * Math.PI * frequency * time);
/** A voice-like buzz of 20 harmonics, whose pitch glides by an octave. */
const buzz = at((time) => {
	const turns = 110 * time + 11 * time ** 2;
	let sum = 0;
	for (let harmonic = 1; harmonic <= 20; harmonic++) {
		sum += Math.sin(2 * Math.PI * harmonic * turns) / harmonic;
	}
	return sum / 4;
});
const scale = at((time) => {
	const pitch = 220 * 2 ** (Math.floor(time * 5) / 12);
	return [1, 2, 3, 4, 5].reduce((sum, n) => sum + sine(pitch * n, time) / n, 0) / 3;
});

test.each<[string, Float32Array]>([
	['no samples', new Float32Array()],
	['silence', new Float32Array(LENGTH)],
	['noise', noise(LENGTH, 0.3)],
	['faint noise', noise(LENGTH, 0.0005)],
	['a single tone of the keypad', at((time) => 0.5 * sine(697, time))],
	['two tones of the same group', at((time) => 0.3 * (sine(697, time) + sine(852, time)))],
	['a dial tone', at((time) => 0.3 * (sine(350, time) + sine(440, time)))],
	['a chord', at((time) => 0.2 * (sine(440, time) + sine(554.4, time) + sine(659.3, time)))],
	['a voice that glides', buzz],
	['a scale', scale],
])('%s is not heard', (_name, samples) => {
	expect(heard(samples, 16000)).toBe('');
});

test('60 seconds at 44.1 kHz take well under a second', () => {
	const { samples } = toneSamples('12345 '.repeat(40), { sampleRate: 44100 });
	const began = performance.now();
	hearDigits(samples.subarray(0, 60 * 44100), 44100);
	expect(performance.now() - began).toBeLessThan(3000);
});

test.each([8, 16, 24, 32] as const)('a wav of %i bits is decoded', async (bits) => {
	const { samples, sampleRate, duration } = toneSamples('159D');
	const recording = await decode(wavBytes(samples, sampleRate, { bits }));
	expect(recording).toMatchObject({ format: 'wav', sampleRate });
	expect(recording!.duration).toBeCloseTo(duration, 6);
	expect(heard(recording!.samples, sampleRate)).toBe('159D');
});

test('an mp3 is decoded without the padding that its encoder added', async () => {
	const recording = await decode(DIGITS_MP3);
	expect(recording).toMatchObject({ format: 'mp3', sampleRate: 44100 });
	const { digits, duration } = toneSamples('01234 56789');
	expect(recording!.duration).toBeCloseTo(duration, 2);
	const words = hearDigits(recording!.samples, recording!.sampleRate);
	expect(words.map(({ digit }) => digit).join('')).toBe('0123456789');
	for (const [index, { start }] of digits.entries()) {
		expect(Math.abs(words[index]!.start - start)).toBeLessThan(0.01);
	}
});

test('a key that no telephone has cannot be dialled', () => {
	expect(() => toneSamples('12E')).toThrow(
		new RangeError('"E" is not a key of the telephone keypad'),
	);
});
