import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { decodeAmr } from '../support/audio/formats';
import { decodeOgg } from '../support/audio/formats';
import { bytesSource } from '../../core/audio/source/bytes';
import { randomSource } from '../support/audio/aacWriter';
import { ascii, concat, recording } from '../support/audio/recordings';
import { decibels, Figures } from '../support/media/figures';
import {
	decodedByFfmpeg,
	decodedBySox,
	decodedByUs,
	largestDifference,
	lowPassedBySox,
	meanOf,
	signalToNoise,
} from '../support/media/judge';
import {
	bytesOf,
	FFMPEG,
	generated,
	inTemporaryFolder,
	OUTPUT,
	type Command,
} from '../support/media/programs';
import { hissing, knocks, speech, stereo, surround } from '../support/media/sounds';
import { bandDifference } from '../support/media/spectrum';

/** Programs take their time on a busy machine. */
jest.setTimeout(120_000);

const MIN_VORBIS_DECIBELS = 60;
/** Two implementations of Opus need not agree to the bit, and ours is asked for 16 kHz. */
const MIN_OPUS_DECIBELS = 40;
const OPUS_RATE = 48000;
const OUR_RATE = 16000;
/** How much the energy of a band may differ, decibels. */
const MAX_BAND_DECIBELS = 0.5;
/** One step of the 13 bits that AMR-NB has. */
const AMR_NB_STEP = 2 ** -12;
/** Samples by which resampling inside of decoders of Opus may differ. */
const SHIFTS = [-1, 0, 1];

const figures = new Figures('Lossy codecs decoded to mono, against ffmpeg and sox');

const ffmpeg = (sound: () => string, options: string): Command => [
	...FFMPEG,
	'-i',
	sound(),
	...options.split(' '),
	OUTPUT,
];
const opusenc = (sound: () => string, options: string): Command => [
	'opusenc',
	'--quiet',
	'--serial',
	'1',
	...options.split(' '),
	sound(),
	OUTPUT,
];
const oggenc = (sound: () => string, options: string): Command => [
	'oggenc',
	'--quiet',
	'--serial',
	'1',
	...options.split(' '),
	sound(),
	'-o',
	OUTPUT,
];

type Coding = [name: string, channels: number, command: () => Command];

const OPUS: Coding[] = [
	['SILK, 12 kbit/s, mono', 1, () => ffmpeg(speech, '-c:a libopus -b:a 12k -application voip')],
	[
		'SILK, 16 kbit/s, 60 ms',
		1,
		() => ffmpeg(speech, '-c:a libopus -b:a 16k -application voip -frame_duration 60'),
	],
	['SILK, 20 kbit/s, stereo', 2, () => ffmpeg(stereo, '-c:a libopus -b:a 20k -application voip')],
	['hybrid, 32 kbit/s, mono', 1, () => ffmpeg(speech, '-c:a libopus -b:a 32k -application voip')],
	['CELT, 64 kbit/s, mono', 1, () => opusenc(speech, '--bitrate 64 --music')],
	['CELT, 96 kbit/s, stereo', 2, () => ffmpeg(stereo, '-c:a libopus -b:a 96k -application audio')],
	['CELT, 2.5 ms', 2, () => opusenc(stereo, '--bitrate 128 --framesize 2.5')],
	['CELT, 510 kbit/s', 2, () => opusenc(stereo, '--bitrate 510')],
	['CELT, knocks', 2, () => opusenc(knocks, '--bitrate 64 --music')],
	['constant bit rate', 1, () => opusenc(speech, '--hard-cbr --bitrate 24')],
	['5.1', 6, () => opusenc(surround, '--bitrate 256')],
];

const VORBIS: Coding[] = [
	['mono, 8 kHz, q-1', 1, () => ffmpeg(speech, '-ar 8000 -c:a libvorbis -q:a -1')],
	['mono, 16 kHz', 1, () => oggenc(speech, '-q 2 --resample 16000')],
	['mono, 44.1 kHz, q10', 1, () => oggenc(speech, '-q 10 --resample 44100')],
	['stereo, 48 kHz, q3', 2, () => oggenc(stereo, '-q 3')],
	['stereo, 22.05 kHz, q0', 2, () => oggenc(stereo, '-q 0 --resample 22050')],
	['stereo, knocks', 2, () => oggenc(knocks, '-q 5')],
	['stereo, hiss', 2, () => oggenc(hissing, '-q 4')],
	['stereo, managed bit rate', 2, () => oggenc(stereo, '--managed -b 96')],
	['stereo, 96 kHz', 2, () => ffmpeg(stereo, '-ar 96000 -c:a libvorbis -q:a 5')],
	['5.1', 6, () => oggenc(surround, '-q 3')],
];

describe('Opus sounds as the decoder of ffmpeg', () => {
	test.each(OPUS)('below 6.5 kHz, to a sample: %s', async (name, channels, command) => {
		const { judged, actual } = await bothDecode(command(), channels);
		const ratios = compareShifted(
			lowPassedBySox(judged, OPUS_RATE, 6500),
			lowPassedBySox(actual, OUR_RATE, 6500),
		);
		const best = ratios.reduce((a, b) => (b.ratio > a.ratio ? b : a));

		figures.add(`Opus: ${name}`, decibels(best.ratio), `shift ${best.shift}`);
		expect(best.ratio).toBeGreaterThan(MIN_OPUS_DECIBELS);
	});

	test('in each band, where libopus widens 8 kHz by filters that turn the phase: SILK, narrow band', async () => {
		const command = ffmpeg(speech, '-c:a libopus -b:a 6k -application voip');
		const { judged, actual } = await bothDecode(command, 1);
		const difference = bandDifference(
			lowPassedBySox(judged, OPUS_RATE, 3000),
			lowPassedBySox(actual, OUR_RATE, 3000),
		);

		figures.add('Opus: SILK, narrow band', `bands within ${decibels(difference)}`);
		expect(difference).toBeLessThan(MAX_BAND_DECIBELS);
	});

	async function bothDecode(
		command: Command,
		channels: number,
	): Promise<{ judged: Float64Array; actual: Float32Array }> {
		const path = generated(command, 'opus');
		const judged = meanOf(decodedByFfmpeg(path, channels, ['-c:a', 'opus']));
		const actual = await decodedByUs(decodeOgg(bytesSource(bytesOf(path))));
		expect(Math.abs(actual.length - (judged.length * OUR_RATE) / OPUS_RATE)).toBeLessThan(2);
		return { judged, actual };
	}

	function compareShifted(
		expected: Float64Array,
		actual: Float64Array,
	): { shift: number; ratio: number }[] {
		const inner = expected.subarray(1, expected.length - 2);
		return SHIFTS.map((shift) => ({
			shift,
			ratio: signalToNoise(inner, actual.subarray(1 + shift)),
		}));
	}
});

describe('Vorbis', () => {
	test.each(VORBIS)('sounds as the decoder of ffmpeg: %s', async (name, channels, command) => {
		await expectAlike(name, command(), channels, 'vorbis');
	});

	test('of the encoder of ffmpeg sounds as libvorbis, since the two judges differ there', async () => {
		const command = ffmpeg(stereo, '-c:a vorbis -strict -2 -ac 2 -b:a 128k');
		await expectAlike('by the encoder of ffmpeg', command, 2, 'libvorbis');
	});

	async function expectAlike(
		name: string,
		command: Command,
		channels: number,
		decoder: string,
	): Promise<void> {
		const path = generated(command, 'ogg');
		const expected = meanOf(decodedByFfmpeg(path, channels, ['-c:a', decoder]));
		const actual = await decodedByUs(decodeOgg(bytesSource(bytesOf(path))));
		const ratio = signalToNoise(expected, actual);

		figures.add(`Vorbis: ${name}`, decibels(ratio));
		expect(actual).toHaveLength(expected.length);
		expect(ratio).toBeGreaterThan(MIN_VORBIS_DECIBELS);
	}
});

describe('AMR sounds as sox decodes it with opencore-amr', () => {
	test.each([0, 1, 2, 3, 4, 5, 6, 7])(
		'AMR-NB to a step of its 13 bits, by which builds differ behind comfort noise: mode %i',
		async (mode) => {
			const command: Command = ['sox', '-R', speech(), '-r', '8000', '-C', String(mode), OUTPUT];
			await expectAlike(
				`AMR-NB, mode ${mode}`,
				bytesOf(generated(command, 'amr-nb')),
				'amr-nb',
				AMR_NB_STEP,
			);
		},
	);

	test('AMR-WB bit by bit', async () => {
		await expectAlike('AMR-WB, mode 8, digits', recording('amr/digits-wb.amr'), 'amr-wb');
	});

	/** No encoder of AMR-WB is to be had: any bits make a sound. */
	test.each([17, 23, 32, 36, 40, 46, 50, 58, 60].map((bytes, mode) => ({ mode, bytes })))(
		'AMR-WB bit by bit: mode $mode, of random bits',
		async ({ mode, bytes }) => {
			const random = randomSource(mode + 1);
			const frames = Array.from({ length: 200 }, () =>
				Uint8Array.from({ length: bytes + 1 }, (_, at) =>
					at === 0 ? (mode << 3) | 4 : random(256),
				),
			);
			const file = concat(ascii('#!AMR-WB\n'), ...frames);
			await expectAlike(`AMR-WB, mode ${mode}, random bits`, file, 'amr-wb');
		},
	);

	async function expectAlike(
		name: string,
		file: Uint8Array,
		type: string,
		most = 0,
	): Promise<void> {
		const expected = inTemporaryFolder((folder) => {
			const path = join(folder, `sound.${type}`);
			writeFileSync(path, file);
			return decodedBySox(path, 1)[0]!;
		});
		const actual = await decodedByUs(decodeAmr(bytesSource(file)));
		const largest = largestDifference(expected, actual);

		figures.add(name, largest === 0 ? 'equal' : `within ${largest.toExponential(1)}`);
		expect(actual).toHaveLength(expected.length);
		expect(largest).toBeLessThanOrEqual(most);
	}
});
