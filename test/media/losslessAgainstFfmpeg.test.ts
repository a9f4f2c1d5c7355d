import { decodeAiff } from '../support/audio/formats';
import { decodeFlac } from '../support/audio/formats';
import { decodeMp4 } from '../support/audio/formats';
import type { PcmBlock } from '../../core/audio/pcm';
import { bytesSource, type ByteSource } from '../../core/audio/source/bytes';
import { decodeWav } from '../support/audio/formats';
import { Figures } from '../support/media/figures';
import {
	decodedByFfmpeg,
	decodedBySox,
	decodedByUs,
	largestDifference,
	meanOf,
	type Planes,
} from '../support/media/judge';
import { bytesOf, FFMPEG, generated, OUTPUT, type Command } from '../support/media/programs';
import { speech, stereo, surround } from '../support/media/sounds';

/** Programs take their time on a busy machine. */
jest.setTimeout(120_000);

/** Half of the last bit of a 32-bit float: the mean of the channels is rounded once. */
const MAX_DIFFERENCE = 2 ** -24;

type Decode = (source: ByteSource) => AsyncIterable<PcmBlock>;
type Judge = (path: string, channels: number) => Planes;

interface Coding {
	name: string;
	extension: string;
	sound: () => string;
	channels: number;
	/** Program and options between input and output. */
	program: 'ffmpeg' | 'sox' | 'flac';
	options: string;
	judge: Judge;
	/** Samples by which the last block may be filled up; the file tells that they are not heard. */
	padding: number;
}

const coding = (
	name: string,
	program: Coding['program'],
	extension: string,
	[sound, channels]: [sound: () => string, channels: number],
	options: string,
	{ judge = decodedByFfmpeg, padding = 0 }: { judge?: Judge; padding?: number } = {},
): Coding => ({ name, program, extension, sound, channels, options, judge, padding });

const MONO: [() => string, number] = [speech, 1];
const STEREO: [() => string, number] = [stereo, 2];
const SIX: [() => string, number] = [surround, 6];

/** A sound in so many bits. */
const inBits = (
	[sound, channels]: [() => string, number],
	bits: number,
	...effects: string[]
): [() => string, number] => [
	() => generated(['sox', '-R', '-D', sound(), '-b', String(bits), OUTPUT, ...effects], 'wav'),
	channels,
];

const FLAC = [
	...[0, 1, 2, 3, 4, 5, 6, 7, 8].map((level) =>
		coding(`flac -${level}, 16 bits, stereo`, 'flac', 'flac', inBits(STEREO, 16), `-${level}`),
	),
	// ffmpeg 5.1 takes its 8 bits for 16.
	coding('8 bits, mono', 'flac', 'flac', inBits(MONO, 8), '-5', { judge: decodedBySox }),
	coding('16 bits, mono, 44.1 kHz', 'flac', 'flac', inBits(MONO, 16, 'rate', '44.1k'), '-8'),
	coding('24 bits, mono', 'flac', 'flac', inBits(MONO, 24), '-8'),
	coding('24 bits, stereo', 'flac', 'flac', STEREO, '-3'),
	coding('24 bits, stereo, 96 kHz', 'flac', 'flac', inBits(STEREO, 24, 'rate', '96k'), '-8'),
	coding('16 bits, 5.1', 'flac', 'flac', SIX, '-6'),
	coding('24 bits, 5.1', 'flac', 'flac', inBits(SIX, 24), '-2'),
	coding('blocks of 1000 samples', 'flac', 'flac', STEREO, '-5 -b 1000'),
	coding('blocks of 17 samples', 'flac', 'flac', inBits(MONO, 16), '-5 --lax -b 17'),
	coding('blocks of 65535 samples', 'flac', 'flac', inBits(STEREO, 16), '-5 --lax -b 65535'),
	coding('order 32', 'flac', 'flac', STEREO, '-8 --lax -l 32 -r 15'),
	coding('digital silence', 'flac', 'flac', inBits(MONO, 16, 'vol', '0'), '-8'),
	coding('wasted bits', 'flac', 'flac', inBits(inBits(MONO, 16), 24), '-8'),
	coding('by ffmpeg', 'ffmpeg', 'flac', STEREO, '-c:a flac'),
	coding(
		'by ffmpeg, all that it has',
		'ffmpeg',
		'flac',
		STEREO,
		'-c:a flac -compression_level 12 -lpc_type cholesky -frame_size 4608 -max_prediction_order 32',
	),
	coding(
		'by ffmpeg, left and side',
		'ffmpeg',
		'flac',
		inBits(STEREO, 16),
		'-c:a flac -ch_mode left_side -lpc_type fixed',
	),
	coding(
		'by ffmpeg, right and side',
		'ffmpeg',
		'flac',
		inBits(STEREO, 16),
		'-c:a flac -ch_mode right_side',
	),
	coding(
		'by ffmpeg, mid and side',
		'ffmpeg',
		'flac',
		STEREO,
		'-c:a flac -ch_mode mid_side -frame_size 777',
	),
	coding('by ffmpeg, uncompressed', 'ffmpeg', 'flac', inBits(MONO, 16), '-c:a flac -lpc_type none'),
	coding('by ffmpeg, 5.1', 'ffmpeg', 'flac', SIX, '-c:a flac'),
];

const ALAC = [
	coding('16 bits, mono', 'ffmpeg', 'm4a', MONO, '-c:a alac -sample_fmt s16p'),
	coding(
		'16 bits, stereo, 44.1 kHz',
		'ffmpeg',
		'm4a',
		inBits(STEREO, 16, 'rate', '44.1k'),
		'-c:a alac -sample_fmt s16p',
	),
	coding(
		'24 bits, mono',
		'ffmpeg',
		'm4a',
		inBits(MONO, 24, 'vol', '0.7'),
		'-c:a alac -sample_fmt s32p',
	),
	coding('24 bits, stereo', 'ffmpeg', 'm4a', STEREO, '-c:a alac -sample_fmt s32p'),
	coding(
		'24 bits, 96 kHz, in QuickTime',
		'ffmpeg',
		'mov',
		inBits(STEREO, 24, 'rate', '96k'),
		'-c:a alac -sample_fmt s32p',
	),
	coding('16 bits, 5.1', 'ffmpeg', 'm4a', SIX, '-c:a alac -sample_fmt s16p'),
	coding(
		'order 30',
		'ffmpeg',
		'm4a',
		inBits(STEREO, 16),
		'-c:a alac -sample_fmt s16p -max_prediction_order 30',
	),
	coding(
		'not compressed',
		'ffmpeg',
		'm4a',
		STEREO,
		'-c:a alac -sample_fmt s32p -compression_level 0',
	),
	coding(
		'white noise, which nothing compresses',
		'ffmpeg',
		'm4a',
		inBits(STEREO, 16, 'synth', 'whitenoise'),
		'-c:a alac -sample_fmt s16p',
	),
];

const WAV = [
	coding('8 bits without sign', 'sox', 'wav', STEREO, '-e unsigned -b 8'),
	coding('16 bits', 'sox', 'wav', STEREO, '-b 16'),
	coding('24 bits', 'ffmpeg', 'wav', STEREO, '-c:a pcm_s24le'),
	coding('32 bits', 'ffmpeg', 'wav', STEREO, '-c:a pcm_s32le'),
	coding('32-bit floats', 'ffmpeg', 'wav', STEREO, '-c:a pcm_f32le'),
	coding('64-bit floats', 'sox', 'wav', STEREO, '-e float -b 64'),
	coding('24 bits, 5.1', 'ffmpeg', 'wav', SIX, '-c:a pcm_s24le'),
	coding('RF64', 'ffmpeg', 'wav', STEREO, '-c:a pcm_s16le -rf64 always'),
	coding('µ-law', 'ffmpeg', 'wav', MONO, '-c:a pcm_mulaw -ar 8000'),
	coding('µ-law, stereo', 'sox', 'wav', STEREO, '-e mu-law'),
	coding('A-law', 'sox', 'wav', MONO, '-e a-law -r 8000'),
	coding('A-law, stereo', 'ffmpeg', 'wav', STEREO, '-c:a pcm_alaw'),
	coding('IMA ADPCM by ffmpeg', 'ffmpeg', 'wav', MONO, '-c:a adpcm_ima_wav -ar 8000', {
		padding: 2041,
	}),
	coding(
		'IMA ADPCM by ffmpeg, stereo, small blocks',
		'ffmpeg',
		'wav',
		STEREO,
		'-c:a adpcm_ima_wav -ar 22050 -block_size 256',
		{ padding: 2041 },
	),
	coding('IMA ADPCM by sox', 'sox', 'wav', MONO, '-e ima-adpcm -r 8000', { padding: 505 }),
	coding('IMA ADPCM by sox, stereo', 'sox', 'wav', STEREO, '-e ima-adpcm -r 44100', {
		padding: 2041,
	}),
	coding('MS ADPCM by ffmpeg', 'ffmpeg', 'wav', MONO, '-c:a adpcm_ms -ar 11025', { padding: 2036 }),
	coding('MS ADPCM by ffmpeg, stereo', 'ffmpeg', 'wav', STEREO, '-c:a adpcm_ms -ar 44100', {
		padding: 2036,
	}),
	coding('MS ADPCM by sox', 'sox', 'wav', MONO, '-e ms-adpcm -r 8000', { padding: 500 }),
	coding('MS ADPCM by sox, stereo', 'sox', 'wav', STEREO, '-e ms-adpcm -r 22050', {
		padding: 2036,
	}),
	coding('GSM 6.10 by sox', 'sox', 'wav', MONO, '-e gsm-full-rate -r 8000', {
		judge: decodedBySox,
		padding: 320,
	}),
	coding('GSM 6.10 by ffmpeg', 'ffmpeg', 'wav', MONO, '-c:a libgsm_ms -ar 8000', {
		judge: decodedBySox,
		padding: 320,
	}),
];

const AIFF = [
	coding('8 bits', 'sox', 'aiff', STEREO, '-b 8'),
	coding('16 bits', 'sox', 'aiff', STEREO, '-b 16'),
	coding('24 bits', 'ffmpeg', 'aiff', STEREO, '-c:a pcm_s24be'),
	coding('32 bits', 'sox', 'aiff', STEREO, '-b 32'),
	coding('16 bits, 5.1', 'ffmpeg', 'aiff', SIX, '-c:a pcm_s16be'),
	coding('sowt', 'ffmpeg', 'aiff', STEREO, '-c:a pcm_s16le'),
	coding('32-bit floats', 'ffmpeg', 'aiff', STEREO, '-c:a pcm_f32be'),
	coding('64-bit floats', 'ffmpeg', 'aiff', MONO, '-c:a pcm_f64be'),
	coding('µ-law', 'ffmpeg', 'aiff', STEREO, '-c:a pcm_mulaw'),
	coding('A-law', 'ffmpeg', 'aiff', MONO, '-c:a pcm_alaw'),
	coding('AIFF-C by sox', 'sox', 'aifc', STEREO, '-b 16'),
	coding('IMA ADPCM', 'ffmpeg', 'aiff', STEREO, '-c:a adpcm_ima_qt -ar 22050', { padding: 64 }),
];

const figures = new Figures('Decoded to mono, against the mean of the channels by ffmpeg or sox');

describe.each<[format: string, decode: Decode, codings: Coding[]]>([
	['FLAC', decodeFlac, FLAC],
	['ALAC', decodeMp4, ALAC],
	['WAV', decodeWav, WAV],
	['AIFF', decodeAiff, AIFF],
])('%s is decoded bit by bit, to the rounding of the mean', (format, decode, codings) => {
	test.each(codings)('$name', async ({ name, channels, judge, padding, ...coded }) => {
		const path = fileOf(coded);
		const judged = meanOf(judge(path, channels));
		const actual = await decodedByUs(decode(bytesSource(bytesOf(path))));
		const filledUp = judged.length - actual.length;
		const largest = largestDifference(judged.subarray(0, actual.length), actual);

		figures.add(
			`${format}: ${name}`,
			largest === 0 ? 'equal' : `within ${largest.toExponential(1)}`,
		);
		expect(filledUp).toBeGreaterThanOrEqual(0);
		expect(filledUp).toBeLessThanOrEqual(padding);
		expect(actual.length).toBeGreaterThan(30_000);
		expect(largest).toBeLessThanOrEqual(MAX_DIFFERENCE);
	});
});

function fileOf({
	program,
	extension,
	sound,
	options,
}: Omit<Coding, 'name' | 'channels' | 'judge' | 'padding'>): string {
	const input = sound();
	const list = options.split(' ');
	const commands: Record<Coding['program'], Command> = {
		ffmpeg: [...FFMPEG, '-i', input, ...list, OUTPUT],
		sox: ['sox', '-R', '-D', input, ...list, OUTPUT],
		flac: ['flac', '--silent', '--force', ...list, '-o', OUTPUT, input],
	};
	return generated(commands[program], extension);
}
