import { readFileSync } from 'node:fs';
import { openRecording } from '../../core/audio/recording';
import { bytesSource } from '../../core/audio/source/bytes';
import { decode } from '../../dev/service/decode';
import { hearDigits } from '../../dev/service/dtmf';
import { toneSamples, wavBytes, type TimedDigit } from '../../dev/service/tones';
import { collect } from '../support/core';
import { Encoder } from '../support/media/encoder';

const SAMPLE_RATE = 48_000;
const LIMITS = { maxSeconds: 30, maxBytes: 25_000_000 };
/** How far a digit may be from where it was dialled, in seconds. */
const TOLERANCE = 0.06;

/** A minute: pieces of it are put back where they belong. */
const { samples, digits } = toneSamples('0123 456789 13579 24680  1122334455 '.repeat(6), {
	sampleRate: SAMPLE_RATE,
	gapSeconds: 0.1,
	pauseSeconds: 0.35,
});
const encoder = new Encoder(wavBytes(samples, SAMPLE_RATE));

const ffmpeg = (options: string, file: string): [file: string, command: string] => [
	file,
	`ffmpeg -v error -i digits.wav ${options} -strict -2 ${file}`,
];
const mkvmerge = (first: string, input: string, file: string): [string, string] => [
	file,
	`${first} && mkvmerge -q -o ${file} ${input}`,
];

/** The codec as outputs name it, and what makes the file. */
const FILES: [format: string, codec: string, file: [file: string, command: string]][] = [
	['webm', 'aac', ffmpeg('-c:a aac', 'aac.mkv')],
	['webm', 'aac', mkvmerge('ffmpeg -v error -i digits.wav a.m4a', 'a.m4a', 'mkvmerge-aac.mka')],
	['webm', 'flac', ffmpeg('-c:a flac', 'flac.mkv')],
	['webm', 'flac', mkvmerge('flac -s digits.wav -o a.flac', 'a.flac', 'mkvmerge-flac.mka')],
	['webm', 'alac', ffmpeg('-c:a alac', 'alac.mkv')],
	['webm', 'pcm', ffmpeg('-c:a pcm_s16le', 'pcm16le.mkv')],
	['webm', 'pcm', ffmpeg('-c:a pcm_s16be', 'pcm16be.mkv')],
	['webm', 'pcm', ffmpeg('-c:a pcm_s24le -ac 2', 'pcm24.mkv')],
	['webm', 'pcm', ffmpeg('-c:a pcm_u8', 'pcm8.mkv')],
	['webm', 'pcm', mkvmerge('true', 'digits.wav', 'mkvmerge-pcm.mka')],
	['webm', 'pcm_float', ffmpeg('-c:a pcm_f32le', 'float.mkv')],
	['webm', 'mulaw', ffmpeg('-c:a pcm_mulaw -ar 8000', 'mulaw.mkv')],
	['webm', 'alaw', ffmpeg('-c:a pcm_alaw -ar 8000', 'alaw.mkv')],
	['webm', 'adpcm_ms', ffmpeg('-c:a adpcm_ms', 'ms-adpcm.mkv')],
	['webm', 'adpcm_ima', ffmpeg('-c:a adpcm_ima_wav', 'ima-adpcm.mkv')],
	['webm', 'gsm', ffmpeg('-c:a gsm_ms -ar 8000', 'gsm.mkv')],
	['webm', 'mp3', ffmpeg('-c:a libmp3lame', 'mp3.mkv')],
	['webm', 'mp3', mkvmerge('lame --quiet digits.wav a.mp3', 'a.mp3', 'mkvmerge-mp3.mka')],
	['webm', 'opus', ffmpeg('-c:a libopus', 'opus.mkv')],
	['webm', 'vorbis', ffmpeg('-c:a libvorbis', 'vorbis.mkv')],
	[
		'webm',
		'amr_nb',
		[
			'amr.mkv',
			'sox -R digits.wav -r 8000 -t amr-nb a.amr && ffmpeg -v error -i a.amr -c copy amr.mkv',
		],
	],
	['m4a', 'flac', ffmpeg('-c:a flac', 'flac.mp4')],
	['m4a', 'mp3', ffmpeg('-c:a libmp3lame', 'mp3.mp4')],
	['m4a', 'mp3', ffmpeg('-c:a libmp3lame', 'mp3.mov')],
	['m4a', 'vorbis', ffmpeg('-c:a libvorbis', 'vorbis.mp4')],
	['m4a', 'adpcm_ima_qt', ffmpeg('-c:a adpcm_ima_qt', 'ima-adpcm.mov')],
	['m4a', 'adpcm_ms', ffmpeg('-c:a adpcm_ms', 'ms-adpcm.mov')],
	['m4a', 'gsm', ffmpeg('-c:a gsm -ar 8000', 'gsm.mov')],
	['m4a', 'pcm', ffmpeg('-c:a pcm_u8', 'pcm8.mov')],
	['ogg', 'flac', ffmpeg('-c:a flac', 'flac.ogg')],
	['ogg', 'flac', ['flac.oga', 'flac --silent --ogg digits.wav -o flac.oga']],
	['wav', 'mp3', ffmpeg('-c:a libmp3lame -ar 22050', 'mp3.wav')],
];

const CASES = FILES.map(([format, codec, [file, command]]) => ({ format, codec, file, command }));

jest.setTimeout(60_000);

describe('Any codec in any container', () => {
	it.concurrent.each(CASES)(
		'$format with $codec: $file',
		async ({ format, codec, file, command }) => {
			const bytes = readFileSync(await encoder.encode({ file, command, format, codec }));
			const recording = await openRecording({ source: bytesSource(bytes), fileName: file });
			const pieces = await collect(recording.cut(LIMITS));

			expect(await recording.inspect()).toMatchObject({ format, codec });
			expect(pieces.length).toBeGreaterThan(1);
			expect(new Set(pieces.map((piece) => piece.format))).toEqual(
				new Set([codec === 'mp3' ? 'mp3' : 'wav']),
			);
			const heard: TimedDigit[] = [];
			for (const { bytes, offset, start } of pieces) {
				const sound = (await decode(bytes))!;
				for (const digit of hearDigits(sound.samples, sound.sampleRate)) {
					if (offset + digit.start >= start) heard.push({ ...digit, start: offset + digit.start });
				}
			}
			expect(heard.map(({ digit }) => digit).join('')).toBe(
				digits.map(({ digit }) => digit).join(''),
			);
			const off = heard.map(({ start }, index) => Math.abs(start - digits[index]!.start));
			expect(Math.max(...off)).toBeLessThan(TOLERANCE);
		},
	);
});
