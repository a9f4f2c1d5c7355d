import { TruncatedAudioError, UnreadableAudioError } from '../../../../core/audio/errors';
import { bytesSource } from '../../../../core/audio/source/bytes';
import { decodeWav, inspectWav } from '../../../support/audio/formats';
import { readWavLayout } from '../../../../core/audio/formats/wav/layout';
import {
	decodeAll,
	EXPECTED,
	expectDamageToBeTold,
	hashOf,
	pcmRecording,
} from '../../../support/audio/decoding';
import {
	ascii,
	chunk,
	concat,
	pcmFormat,
	recording,
	uint16,
	uint32,
	wav,
} from '../../../support/audio/recordings';

const FILES = EXPECTED.filter(([name]) => name.endsWith('.wav'));
const layoutOf = (bytes: Uint8Array) => readWavLayout(bytesSource(bytes));

describe('A WAV file', () => {
	test.each(FILES)('%s is decoded bit by bit', async (name, { channels, samples, sha256 }) => {
		const decoded = await decodeAll(decodeWav, pcmRecording(name));

		expect(decoded.error).toBeUndefined();
		expect(decoded.samples).toHaveLength(samples);
		expect(hashOf(decoded.samples, channels)).toBe(sha256);
	});

	test.each(FILES)('%s lasts as long as it is told to', async (name, { samples, channels }) => {
		const info = await inspectWav(bytesSource(pcmRecording(name)));

		expect(info).toMatchObject({ sampleRate: 8000, channels, duration: samples / 8000 });
	});

	const three = [-1, 0.5, 0.25];
	const float32 = new Uint8Array(new Float32Array(three).buffer);
	const float64 = new Uint8Array(new Float64Array(three).buffer);

	test.each<[string, number, number, Uint8Array]>([
		['8-bit PCM', 1, 8, Uint8Array.of(0, 0xc0, 0xa0)],
		['16-bit PCM', 1, 16, uint16(0x8000, 0x4000, 0x2000)],
		['24-bit PCM', 1, 24, Uint8Array.of(0, 0, 0x80, 0, 0, 0x40, 0, 0, 0x20)],
		['32-bit PCM', 1, 32, uint16(0, 0x8000, 0, 0x4000, 0, 0x2000)],
		['64-bit PCM', 1, 64, uint16(0, 0, 0, 0x8000, 0, 0, 0, 0x4000, 0, 0, 0, 0x2000)],
		['32-bit floats', 3, 32, float32],
		['64-bit floats', 3, 64, float64],
	])('may have %s', async (_, tag, bits, data) => {
		const file = wav(pcmFormat({ tag, bits }), chunk('data', data));

		expect(await decodeAll(decodeWav, file)).toEqual({
			samples: Float32Array.from(three),
			sampleRate: 8000,
		});
	});

	test('of many channels is decoded to their mean', async () => {
		const file = wav(pcmFormat({ channels: 5 }), chunk('data', uint16(0, 0x4000, 0, 0, 0xc000)));

		expect((await decodeAll(decodeWav, file)).samples).toEqual(new Float32Array(1));
	});

	test('with floats beyond full scale, or that are none, stays within', async () => {
		const data = new Uint8Array(new Float32Array([2, -3, NaN, Infinity, -Infinity]).buffer);
		const file = wav(pcmFormat({ tag: 3, bits: 32 }), chunk('data', data));

		expect((await decodeAll(decodeWav, file)).samples).toEqual(Float32Array.of(1, -1, 0, 1, -1));
	});

	test('may hold its samples in more bytes than they need', async () => {
		const format = concat(uint16(1, 1), uint32(8000), uint32(32000), uint16(4, 20));
		const file = wav(chunk('fmt ', format), chunk('data', uint16(0, 0x4000)));

		expect((await decodeAll(decodeWav, file)).samples).toEqual(Float32Array.of(0.5));
	});

	test.each([['pipe-ffmpeg.wav'], ['pipe-sox.wav'], ['rf64.wav'], ['tagged.wav']])(
		'%s has the same samples as others',
		async (name) => {
			const { samples, error } = await decodeAll(decodeWav, recording(name));

			expect(error).toBeUndefined();
			expect(samples).toEqual((await decodeAll(decodeWav, recording('rf64.wav'))).samples);
		},
	);

	test('with MP3 in it tells where that lies', async () => {
		const mp3 = recording('id3v1.mp3');
		const layout = await layoutOf(
			wav(pcmFormat({ tag: 0x55 }), chunk('fact', uint32(9)), chunk('data', mp3)),
		);

		expect(layout).toMatchObject({
			parameters: { codec: 'mp3' },
			dataStart: 56,
			dataBytes: mp3.length,
		});
	});

	test('tells where its samples lie', async () => {
		const bytes = recording('stereo8k.wav');

		expect(await layoutOf(bytes)).toEqual({
			parameters: {
				codec: 'pcm',
				channels: 2,
				sampleRate: 8000,
				config: new Uint8Array(0),
				pcm: { bytes: 2, isFloat: false, isLittleEndian: true, isUnsigned: false },
				blockBytes: 4,
			},
			byteRate: 32000,
			blockBytes: 4,
			isCounted: true,
			dataStart: 44,
			isSizeStated: true,
			dataBytes: bytes.length - 44,
			missingBytes: 0,
			sampleCount: 4445,
		});
	});

	test('of ADPCM without a count lasts as long as its blocks', async () => {
		const bytes = recording('adpcm-ima.wav');
		const at = Buffer.from(bytes).indexOf('fact');
		const { sampleCount, blockBytes, dataBytes } = await layoutOf(bytes.with(at, 0x46));

		expect(sampleCount).toBe((dataBytes / blockBytes) * 505);
		expect((await decodeAll(decodeWav, bytes.with(at, 0x46))).samples).toHaveLength(sampleCount);
	});

	test.each([
		['adpcm-ima.wav', 505],
		['adpcm-ms.wav', 500],
	])(
		'%s that is too long for one reading is decoded as the same again and again',
		async (name, blockSamples) => {
			const bytes = recording(name);
			const { dataStart, dataBytes } = await layoutOf(bytes);
			const count = 40;
			const block = bytes.subarray(dataStart, dataStart + dataBytes);
			const header = bytes.slice(0, dataStart).fill(0xff, dataStart - 4);
			// More samples than are counted there.
			header[Buffer.from(header).indexOf('fact')] = 0x46;
			const { samples } = await decodeAll(
				decodeWav,
				concat(header, ...Array.from({ length: count }, () => block)),
			);

			const once = samples.length / count;
			expect(once % blockSamples).toBe(0);
			expect(once * count).toBeGreaterThan(2 * 32 * 1024);
			for (let at = once; at < samples.length; at += once) {
				expect(samples.subarray(at, at + once)).toEqual(samples.subarray(0, once));
			}
		},
	);

	test('that counts other things than samples is not believed', async () => {
		const bytes = recording('adpcm-ima.wav');
		const at = Buffer.from(bytes).indexOf('fact') + 8;

		expect((await layoutOf(bytes.with(at + 1, 1))).sampleCount).toBe(9 * 505);
	});

	test('of ADPCM that ends within a block is decoded to there', async () => {
		const { samples, error } = await decodeAll(
			decodeWav,
			pcmRecording('ms-stereo.wav').subarray(0, -200),
		);
		const whole = await decodeAll(decodeWav, pcmRecording('ms-stereo.wav'));

		expect(error).toBeInstanceOf(TruncatedAudioError);
		expect(samples.length).toBeGreaterThan(1100);
		expect(samples).toEqual(whole.samples.subarray(0, samples.length));
	});

	test.each(['pcm16.wav', 'gsm.wav', 'mulaw.wav'])(
		'%s that is cut off is decoded to there and says so',
		async (name) => {
			const bytes = recording(name);
			const whole = await decodeAll(decodeWav, bytes);
			const half = await decodeAll(decodeWav, bytes.subarray(0, bytes.length >> 1));

			expect(half.error).toBeInstanceOf(TruncatedAudioError);
			expect(half.samples.length).toBeGreaterThan(whole.samples.length / 2 - 400);
			expect(half.samples).toEqual(whole.samples.subarray(0, half.samples.length));
		},
	);

	test('that counts its header as data is whole', async () => {
		const bytes = wav(pcmFormat(), chunk('data', new Uint8Array(1600), 1644));

		expect((await decodeAll(decodeWav, bytes)).error).toBeUndefined();
	});

	test.each<[string, Uint8Array]>([
		['nothing', wav(pcmFormat(), chunk('data', new Uint8Array(0)))],
		['half a sample', wav(pcmFormat(), chunk('data', new Uint8Array(1)))],
		['an unknown codec', wav(pcmFormat({ tag: 0x160 }), chunk('data', new Uint8Array(99)))],
		['blocks too small', wav(pcmFormat({ tag: 0x11, bits: 4 }), chunk('data', ascii('abcdef')))],
		['GSM in two channels', recording('gsm.wav').with(22, 2)],
	])('with %s is damaged', async (_, bytes) => {
		expect((await decodeAll(decodeWav, bytes)).error).toBeInstanceOf(UnreadableAudioError);
	});

	test.each(['gsm-loud.wav', 'ima-stereo.wav', 'ms-stereo.wav', 'float64.wav', '../mulaw.wav'])(
		'%s damaged in any way is told to be',
		(name) => expectDamageToBeTold(inspectWav, decodeWav, pcmRecording(name), 80),
	);
});
