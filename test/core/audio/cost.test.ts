import { bytesSource, inspectAudio, transcribe, type TranscriptionOptions } from '../../../core';
import { LengthLimit } from '../../../core/audio/length';
import { toneSamples, wavBytes } from '../../../dev/service/tones';
import { attempt } from '../../fuzz/attempt';
import { ATTACKS, noise } from '../../support/audio/attacks';
import { flacFile, flacParts } from '../../support/audio/flacWriter';
import { xiph } from '../../support/audio/oggFiles';
import { concat, recording, silence } from '../../support/audio/recordings';
import { collect, connectionTo, failureOf, json, ScriptedService } from '../../support/core';

const PIECE_SECONDS = 30;
const MOST_REQUESTS = 3;

/** Samples between -1 and 1 as WAV. */
const sound = (seconds: number, rate: number, at: (time: number) => number): Uint8Array =>
	wavBytes(
		Float32Array.from({ length: seconds * rate }, (_, index) => at(index / rate)),
		rate,
	);
const sine = (hertz: number, time: number): number => Math.sin(2 * Math.PI * hertz * time);

function run(bytes: Uint8Array, options: Partial<TranscriptionOptions> = {}) {
	const service = new ScriptedService(json({ text: 'word' }));
	const events = collect(
		transcribe(
			{ source: bytesSource(bytes), fileName: 'memo' },
			{ model: 'glm-asr-2512', stream: false, platform: 'bigmodel', ...options },
			connectionTo(service.transport),
		),
	);
	const transcription = events.then((all) => {
		const last = all.at(-1)!;
		if (last.type !== 'transcript.text.done') throw new Error('The whole did not come last.');
		return last.transcription;
	});
	return { service, transcription };
}

test.each(ATTACKS)('costs next to nothing: $name', async ({ make, code }) => {
	const result = await attempt(make(), PIECE_SECONDS);

	expect(result.fault).toBeUndefined();
	expect(result.code).toBe(code);
	expect(result.requests).toBeLessThanOrEqual(MOST_REQUESTS);
	if (code === undefined) expect(result.warnings).toHaveLength(1);
});

describe('One short sound over and over', () => {
	const noisy = (seconds: number, block: Float32Array): Uint8Array =>
		sound(seconds, 8000, (time) => block[Math.round(time * 8000) % block.length]!);
	const block = Float32Array.from(noise(3000), (level) => level / 0x8000);

	test('is not sent, and a warning says where it is', async () => {
		const { service, transcription } = run(noisy(70, block));

		expect((await transcription).warnings).toEqual([
			'The recording repeats one short sound over and over (0:00–1:10), which was not sent to the service.',
		]);
		expect(service.requests).toHaveLength(0);
	});

	test('is sent when anything else is heard in the piece', async () => {
		const bytes = noisy(20, block);
		new DataView(bytes.buffer).setInt16(44 + 15 * 16_000, 1, true);
		const { service, transcription } = run(bytes);

		expect((await transcription).warnings).toEqual([]);
		expect(service.requests).toHaveLength(1);
	});

	test.each([8000, 16_000, 44_100, 48_000])('is sent when it is a tone: %i Hz', async (rate) => {
		const tones: [string, (time: number) => number][] = [
			...[50, 100, 440, 1000, 3000].map((hertz): [string, (time: number) => number] => [
				`${hertz} Hz`,
				(time) => 0.3 * sine(hertz, time),
			]),
			['a square', (time) => (sine(400, time) >= 0 ? 0.3 : -0.3)],
			['a busy line', (time) => (time % 1 < 0.5 ? 0.3 * sine(425, time) : 0)],
			['a digit', (time) => (time % 0.2 < 0.1 ? 0.2 * (sine(770, time) + sine(1336, time)) : 0)],
			[
				'a tune',
				(time) => {
					const note = [262, 330, 392, 523][Math.floor(time / 0.2) % 4]!;
					return 0.2 * (sine(note, time) + sine(2 * note, time) / 2 + sine(3 * note, time) / 3);
				},
			],
		];
		for (const [name, at] of tones) {
			const { service, transcription } = run(sound(3, rate, at));

			expect([name, (await transcription).warnings]).toEqual([name, []]);
			expect(service.requests).toHaveLength(1);
		}
	});

	test('is sent when its packets are all the same tone', async () => {
		const samples = Array.from({ length: 4096 }, (_, at) =>
			Math.round(8000 * sine(1000, at / 16_000)),
		);
		const { head, frames } = flacParts({ frames: [{ channels: [samples] }], totalSamples: 0 });
		const bytes = concat(head, ...Array<Uint8Array>(80).fill(frames[0]!));
		const { service, transcription } = run(bytes);

		expect((await transcription).warnings).toEqual([]);
		expect(service.requests).toHaveLength(1);
	});

	test('is sent when it is dialled', async () => {
		const { samples, sampleRate } = toneSamples('5'.repeat(40));
		const { service, transcription } = run(wavBytes(samples, sampleRate));

		expect((await transcription).warnings).toEqual([]);
		expect(service.requests).toHaveLength(1);
	});
});

describe('Recordings that are what they seem', () => {
	test.each([
		'pcm16.wav',
		'stereo8k.wav',
		'float32.wav',
		'gsm.wav',
		'voice.flac',
		'voice.m4a',
		'voice.ogg',
		'voice.webm',
		'voice.amr',
		'voice.aiff',
		'ffmpeg.mp3',
	])('are sent whole, and last as long as they say: %s', async (name) => {
		const bytes = recording(name);
		const { service, transcription } = run(bytes);
		const { audio, warnings } = await transcription;
		const { duration } = await inspectAudio({ source: bytesSource(bytes) });

		expect(warnings).toEqual([]);
		expect(service.requests.length).toBeGreaterThan(0);
		expect(Math.abs(audio.duration - duration)).toBeLessThan(0.1);
	});

	test.each([
		// Shorter ones are not told from the end of the last frame.
		['FLAC', flacFile({ frames: Array.from({ length: 40 }, () => ({ channels: [noise(4096)] })) })],
		['Ogg', xiph('opusenc.opus')],
		['WebM', xiph('opus.webm')],
		['MP3', recording('ffmpeg.mp3')],
	])('may be joined end to end: %s', async (_, part) => {
		const one = await run(part).transcription;
		const three = await run(concat(part, part, part)).transcription;

		expect(three.audio.duration).toBeGreaterThan(1.4 * one.audio.duration);
	});

	test('may be a tenth longer than they state', async () => {
		const constant = Array<number>(16_000).fill(0);
		const frames = Array.from({ length: 21 }, () => ({ channels: [constant] }));
		const bytes = flacFile({ frames, totalSamples: 20 * 16_000 });

		expect((await run(bytes).transcription).audio.duration).toBe(21);
	});
});

describe('The length', () => {
	test('is at most maxMinutes, where they are set', async () => {
		const { service, transcription } = run(silence(61), { maxMinutes: 1 });

		expect(await failureOf(() => transcription)).toMatchObject({
			code: 'over_max_minutes',
			problem: '"memo" holds more than 1 minutes of sound, which is all that "maxMinutes" allows.',
		});
		expect(service.requests).toHaveLength(0);
		expect((await run(silence(61), { maxMinutes: 2 }).transcription).audio.duration).toBe(61);
	});

	test('may be far more than the size makes likely, where maxMinutes is set', () => {
		const check = (seconds: number, size: number, maxMinutes?: number) => () =>
			new LengthLimit('memo', size, maxMinutes).check(seconds);

		expect(check(600, 690)).not.toThrow();
		expect(check(601, 690)).toThrow('more than 10 minutes');
		expect(check(660, 690, 11)).not.toThrow();
		expect(check(601, 690, 10)).toThrow('"maxMinutes" allows');
		expect(check(20_000, 1_000_000)).not.toThrow();
		expect(check(20_001, 1_000_000)).toThrow('more than 333.33 minutes');
	});

	test('of more than a day is an error for those who inspect, too', async () => {
		const bytes = concat(
			flacFile({
				frames: [{ channels: [[0, 0]] }],
				sampleRate: 6000,
				totalSamples: 86_401 * 6000,
			}),
			new Uint8Array(80_000),
		);
		const error = await failureOf(() => inspectAudio({ source: bytesSource(bytes) }));

		expect(error.code).toBe('audio_too_long');
	});

	test.each(ATTACKS.filter(({ code }) => code === 'unsupported_audio'))(
		'of what nobody records is not told: $name',
		async ({ make }) => {
			const error = await failureOf(() => inspectAudio({ source: bytesSource(make()) }));

			expect(error.code).toBe('unsupported_audio');
		},
	);
});
