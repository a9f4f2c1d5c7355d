import { UnreadableAudioError, TruncatedAudioError } from '../../../../core/audio/errors';
import { decodeAiff, inspectAiff } from '../../../support/audio/formats';
import { bytesSource } from '../../../../core/audio/source/bytes';
import {
	decodeAll,
	EXPECTED,
	expectDamageToBeTold,
	hashOf,
	pcmRecording,
} from '../../../support/audio/decoding';
import { ascii, concat } from '../../../support/audio/recordings';

const FILES = EXPECTED.filter(([name]) => name.endsWith('.aiff'));

const big16 = (...values: number[]): Uint8Array =>
	concat(...values.map((value) => Uint8Array.of(value >> 8, value & 0xff)));
const big32 = (value: number): Uint8Array => big16(value >>> 16, value & 0xffff);
const part = (id: string, body: Uint8Array, statedSize = body.length): Uint8Array =>
	concat(ascii(id), big32(statedSize), body, new Uint8Array(body.length % 2));
const form = (type: string, ...parts: Uint8Array[]): Uint8Array => {
	const body = concat(ascii(type), ...parts);
	return concat(ascii('FORM'), big32(body.length), body);
};
/** 8000 as an 80-bit number: 1.953125 times 2 to the 12th. */
const RATE_8000 = [0x400b, 0xfa00, 0, 0, 0];
const common = (frames: number, bits = 16, rate = RATE_8000, compression = ''): Uint8Array =>
	part('COMM', concat(big16(1), big32(frames), big16(bits, ...rate), ascii(compression)));
const sound = (bytes: Uint8Array, statedSize = bytes.length + 8): Uint8Array =>
	part('SSND', concat(new Uint8Array(8), bytes), statedSize);

describe('An AIFF file', () => {
	test.each(FILES)('%s is decoded bit by bit', async (name, { channels, samples, sha256 }) => {
		const decoded = await decodeAll(decodeAiff, pcmRecording(name));

		expect(decoded.error).toBeUndefined();
		expect(decoded.samples).toHaveLength(samples);
		expect(hashOf(decoded.samples, channels)).toBe(sha256);
	});

	test.each(FILES)('%s lasts as long as it does', async (name, { samples, channels }) => {
		const info = await inspectAiff(bytesSource(pcmRecording(name)));

		expect(info).toMatchObject({ sampleRate: 8000, channels, duration: samples / 8000 });
	});

	const two = big16(0x4000, 0xc000);
	const decoded = { samples: Float32Array.of(0.5, -0.5), sampleRate: 8000 };

	test.each<[string, Uint8Array]>([
		['plain', form('AIFF', common(2), sound(two))],
		['odd parts', form('AIFF', part('NAME', ascii('a')), common(2), sound(two))],
		['its sound first', form('AIFF', sound(two), common(2))],
		['an offset', form('AIFF', common(2), part('SSND', concat(big32(4), big32(0), big32(7), two)))],
		['no count', form('AIFF', common(0), sound(two))],
		['an unknown size', form('AIFF', common(2), sound(two, 0x7f000008))],
		['12 bits', form('AIFF', common(2, 12), sound(two))],
		['the type NONE', form('AIFC', common(2, 16, RATE_8000, 'NONE'), sound(two))],
		['the type twos', form('AIFC', common(2, 16, RATE_8000, 'twos'), sound(two))],
		[
			'the type sowt',
			form('AIFC', common(2, 16, RATE_8000, 'sowt'), sound(Uint8Array.of(0, 0x40, 0, 0xc0))),
		],
		[
			'the type raw',
			form('AIFC', common(2, 8, RATE_8000, 'raw '), sound(Uint8Array.of(0xc0, 0x40))),
		],
		['sound behind its count', form('AIFF', common(2), sound(concat(two, two)))],
	])('may have %s', async (_, bytes) => {
		expect(await decodeAll(decodeAiff, bytes)).toEqual(decoded);
	});

	test.each([
		[44100, [0x400e, 0xac44, 0, 0, 0]],
		[11025, [0x400c, 0xac44, 0, 0, 0]],
		[22255, [0x400d, 0xaddd, 0x1745, 0xd174, 0]],
		[192000, [0x4010, 0xbb80, 0, 0, 0]],
	])('may have the sample rate %i', async (sampleRate, rate) => {
		const bytes = form('AIFF', common(2, 16, rate), sound(two));

		expect(await inspectAiff(bytesSource(bytes))).toMatchObject({
			codec: 'pcm',
			sampleRate,
			bitRate: sampleRate * 16,
		});
	});

	test('that is cut off is decoded to there and says so', async () => {
		const whole = await decodeAll(decodeAiff, pcmRecording('deep.aiff'));
		const cut = await decodeAll(decodeAiff, pcmRecording('deep.aiff').subarray(0, 6054));

		expect(cut.error).toBeInstanceOf(TruncatedAudioError);
		expect(cut.samples.length).toBeGreaterThan(900);
		expect(cut.samples).toEqual(whole.samples.subarray(0, cut.samples.length));
	});

	test.each<[string, Uint8Array]>([
		['nothing', form('AIFF')],
		['no sound', form('AIFF', common(2))],
		['no format', form('AIFF', sound(two))],
		['a short format', form('AIFF', part('COMM', big16(1, 2, 3)), sound(two))],
		['no channels', form('AIFF', common(2), sound(two)).with(21, 0)],
		['no sample rate', form('AIFF', common(2, 16, [0, 0, 0, 0, 0]), sound(two))],
		['a negative sample rate', form('AIFF', common(2, 16, [0xc00b, 0xfa00, 0, 0, 0]), sound(two))],
		['an endless sample rate', form('AIFF', common(2, 16, [0x7fff, 0x8000, 0, 0, 0]), sound(two))],
		['an unknown type', form('AIFC', common(2, 16, RATE_8000, 'QDM2'), sound(two))],
		['empty sound', form('AIFF', common(2), sound(new Uint8Array(0)))],
	])('with %s is damaged', async (_, bytes) => {
		expect((await decodeAll(decodeAiff, bytes)).error).toBeInstanceOf(UnreadableAudioError);
	});

	test.each(['pipe.aiff', 'float.aiff', 'ima4.aiff', 'mulaw.aiff'])(
		'%s damaged in any way is told to be',
		(name) => expectDamageToBeTold(inspectAiff, decodeAiff, pcmRecording(name), 80),
	);
});
