import { identify } from '../../../core/audio/formats/identify';
import { inspectAudio, type AudioInfo } from '../../../core/audio/recording';
import { bytesSource, type ByteSource } from '../../../core/audio/source/bytes';
import { GlmAsrError } from '../../../core/errors/error';
import {
	ascii,
	chunk,
	concat,
	id3Tag,
	pcmFormat,
	recording,
	uint16,
	uint32,
	wav,
} from '../../support/audio/recordings';
import { failureOf } from '../../support/core';

const inspectBytes = (bytes: Uint8Array, fileName = 'memo'): Promise<AudioInfo> =>
	inspectAudio({ source: bytesSource(bytes), fileName });

/** A source as a file is: copies, that are shorter at the end only; it refuses to be read wrongly. */
class FileLikeSource implements ByteSource {
	largestRead = 0;

	constructor(private readonly bytes: Uint8Array) {}

	get size(): number {
		return this.bytes.length;
	}

	async read(position: number, length: number): Promise<Uint8Array> {
		if (!(position >= 0 && length >= 0)) throw new RangeError(`read(${position}, ${length})`);
		this.largestRead = Math.max(this.largestRead, length);
		await Promise.resolve();
		return this.bytes.slice(position, position + length);
	}
}

/** Known when it was made: samples a channel. */
const SAMPLES_8K = 4445;
const SAMPLES_16K = 8889;
const mono8k = { channels: 1, sampleRate: 8000, seconds: SAMPLES_8K / 8000 };

const WAV_FILES: [
	string,
	{ codec: string; channels: number; sampleRate: number; seconds: number; bits: number },
][] = [
	['pcm8.wav', { ...mono8k, codec: 'pcm', bits: 8 }],
	[
		'pcm16.wav',
		{ codec: 'pcm', channels: 1, sampleRate: 16000, seconds: SAMPLES_16K / 16000, bits: 16 },
	],
	['stereo8k.wav', { ...mono8k, channels: 2, codec: 'pcm', bits: 16 }],
	['extensible24.wav', { ...mono8k, codec: 'pcm', bits: 24 }],
	['extensible32.wav', { ...mono8k, codec: 'pcm', bits: 32 }],
	['float32.wav', { ...mono8k, codec: 'pcm_float', bits: 32 }],
	['mulaw.wav', { ...mono8k, codec: 'mulaw', bits: 8 }],
	['alaw.wav', { ...mono8k, codec: 'alaw', bits: 8 }],
	['rf64.wav', { ...mono8k, codec: 'pcm', bits: 16 }],
	['pipe-ffmpeg.wav', { ...mono8k, codec: 'pcm', bits: 16 }],
	['pipe-sox.wav', { ...mono8k, codec: 'pcm', bits: 16 }],
	['tagged.wav', { ...mono8k, codec: 'pcm', bits: 16 }],
];

describe('A WAV file', () => {
	test.each(WAV_FILES)('%s is told as it was made', async (name, made) => {
		const { codec, channels, sampleRate, seconds, bits } = made;
		const bytes = recording(name);

		expect(await inspectBytes(bytes, name)).toEqual({
			fileName: name,
			mimeType: 'audio/wav',
			format: 'wav',
			codec,
			channels,
			sampleRate,
			duration: Number(seconds.toFixed(3)),
			bitRate: sampleRate * channels * bits,
			size: bytes.length,
			property: '',
		});
	});

	// The last block is filled up, so that these last up to a block longer than what was recorded.
	test.each([
		['gsm.wav', 'gsm', 320],
		['adpcm-ima.wav', 'adpcm_ima', 505],
		['adpcm-ms.wav', 'adpcm_ms', 500],
	])('%s has the codec %s and at most a block too much', async (name, codec, blockSamples) => {
		const { duration, ...info } = await inspectBytes(recording(name));

		expect(info).toMatchObject({ format: 'wav', codec, channels: 1, sampleRate: 8000 });
		expect(duration).toBeGreaterThanOrEqual(0.555);
		expect(duration).toBeLessThan((SAMPLES_8K + blockSamples) / 8000 + 0.001);
	});

	const sound = new Uint8Array(1600);
	const tenth = { format: 'wav', codec: 'pcm', channels: 1, sampleRate: 8000, duration: 0.1 };
	const guid = ascii('\x00\x00\x00\x00\x10\x00\x80\x00\x00\xaa\x00\x38\x9b\x71');
	const extensible = (tag: number): Uint8Array =>
		chunk(
			'fmt ',
			concat(pcmFormat({ tag: 0xfffe }).subarray(8), uint16(22, 16, 0, 0), uint16(tag), guid),
		);

	test.each<[string, Uint8Array]>([
		['plain', wav(pcmFormat(), chunk('data', sound))],
		[
			'24 bits without extension',
			wav(pcmFormat({ bits: 24 }), chunk('data', new Uint8Array(2400))),
		],
		['an extensible format', wav(extensible(1), chunk('data', sound))],
		[
			'odd chunks before',
			wav(
				chunk('LIST', new Uint8Array(7)),
				pcmFormat(),
				chunk('odd ', new Uint8Array(1)),
				chunk('data', sound),
			),
		],
		['chunks behind', wav(pcmFormat(), chunk('data', sound), chunk('LIST', new Uint8Array(99)))],
		[
			'a chunk of 100 KB before',
			wav(chunk('JUNK', new Uint8Array(100_001)), pcmFormat(), chunk('data', sound)),
		],
		[
			'a fact chunk and empty chunks',
			wav(
				pcmFormat(),
				chunk('fact', uint32(800)),
				chunk('JUNK', new Uint8Array(0)),
				chunk('data', sound),
			),
		],
		['an unknown data size (0)', wav(pcmFormat(), chunk('data', sound, 0))],
		['an unknown data size (0xFFFFFFFF)', wav(pcmFormat(), chunk('data', sound, 0xffffffff))],
		['a data size beyond the file', wav(pcmFormat(), chunk('data', sound, 5000))],
		[
			'half a sample at the end',
			wav(pcmFormat(), concat(chunk('data', sound, 0), Uint8Array.of(7))),
		],
		['a RIFF size that is wrong', wav(pcmFormat(), chunk('data', sound)).with(4, 1)],
		['a rate of bytes that is wrong', wav(pcmFormat(), chunk('data', sound)).with(28, 1)],
		['one byte after the data', concat(wav(pcmFormat(), chunk('data', sound)), Uint8Array.of(0))],
		[
			'the mark BW64 and no ds64',
			concat(ascii('BW64'), wav(pcmFormat(), chunk('data', sound, 0xffffffff)).subarray(4)),
		],
		[
			'a ds64 with a size beyond the file',
			concat(
				ascii('RF64'),
				wav(
					chunk('ds64', new Uint8Array(28).fill(0x7f)),
					pcmFormat(),
					chunk('data', sound, 0xffffffff),
				).subarray(4),
			),
		],
	])('may have %s', async (_, bytes) => {
		expect(await inspectBytes(bytes)).toMatchObject(tenth);
	});

	test('with RF64 takes the size of its data from ds64, not the rest of the file', async () => {
		const ds64 = chunk(
			'ds64',
			concat(new Uint8Array(8), uint32(1600), uint32(0), new Uint8Array(12)),
		);
		const chunks = wav(ds64, pcmFormat(), chunk('data', sound, 0xffffffff), chunk('LIST', sound));

		expect(await inspectBytes(concat(ascii('RF64'), chunks.subarray(4)))).toMatchObject(tenth);
	});

	test.each([
		[0x0011, 'adpcm_ima'],
		[0x0160, '0x0160'],
	])('with the format tag %i has the codec %s', async (tag, codec) => {
		const bytes = wav(pcmFormat({ tag }), chunk('data', sound));

		expect(await inspectBytes(bytes)).toMatchObject({ codec });
	});

	test('with MP3 inside is what the MP3 is', async () => {
		const mp3 = recording('mpeg1-cbr-mono.mp3');
		const inside = wav(pcmFormat({ tag: 0x0055 }), chunk('data', mp3));
		const { codec, duration, sampleRate } = await inspectBytes(mp3);

		expect(await inspectBytes(inside)).toMatchObject({
			format: 'wav',
			codec,
			duration,
			sampleRate,
		});
	});

	test('with an extensible format has the codec of its sub-format', async () => {
		const codecs = [1, 3, 6, 7].map(
			async (tag) => (await inspectBytes(wav(extensible(tag), chunk('data', sound)))).codec,
		);

		expect(await Promise.all(codecs)).toEqual(['pcm', 'pcm_float', 'alaw', 'mulaw']);
	});

	test.each<[string, Uint8Array]>([
		['its header only', wav()],
		['no format', wav(chunk('JUNK', sound))],
		['no data', wav(pcmFormat())],
		['data before its format', wav(chunk('data', sound), pcmFormat())],
		['a format that is cut short', wav(chunk('fmt ', new Uint8Array(8)), chunk('data', sound))],
		['no channels', wav(pcmFormat({ channels: 0 }), chunk('data', sound))],
		['no sample rate', wav(pcmFormat({ rate: 0 }), chunk('data', sound))],
		[
			'a chunk larger than the file',
			wav(chunk('JUNK', sound, 0xfffffff0), pcmFormat(), chunk('data', sound)),
		],
	])('with %s is damaged', async (_, bytes) => {
		const error = await failureOf(() => inspectBytes(bytes, 'memo.wav'));

		expect(error).toMatchObject({ code: 'damaged_audio', retryable: false });
		expect(error.problem).toMatch(/^"memo\.wav" is damaged: .*\.$/);
	});

	test('of nothing but tiny chunks does not keep anybody waiting', async () => {
		const chunks = new Uint8Array(2 * 1024 * 1024).fill(0x41);
		for (let at = 4; at < chunks.length; at += 8) chunks.fill(0, at, at + 4);
		const startedAt = performance.now();
		await failureOf(() => inspectBytes(wav(chunks)));

		expect(performance.now() - startedAt).toBeLessThan(3000);
	});
});

/** Frames with sound, counted by ffprobe (-count_packets), which leaves out the Info frame. */
const MP3_FILES: [
	string,
	{ frames: number; samples: number; sampleRate: number; channels: number; kbps?: number },
][] = [
	['mpeg1-cbr-mono.mp3', { frames: 23, samples: 1152, sampleRate: 44100, channels: 1, kbps: 64 }],
	['mpeg1-joint-info.mp3', { frames: 23, samples: 1152, sampleRate: 44100, channels: 2, kbps: 64 }],
	['mpeg1-48k-stereo.mp3', { frames: 25, samples: 1152, sampleRate: 48000, channels: 2, kbps: 64 }],
	['mpeg1-vbr-mono.mp3', { frames: 17, samples: 1152, sampleRate: 32000, channels: 1 }],
	['mpeg2-abr-mono.mp3', { frames: 18, samples: 576, sampleRate: 16000, channels: 1 }],
	['mpeg2-joint.mp3', { frames: 26, samples: 576, sampleRate: 24000, channels: 2, kbps: 32 }],
	['mpeg2-crc.mp3', { frames: 18, samples: 576, sampleRate: 16000, channels: 1, kbps: 24 }],
	['mpeg25-mono.mp3', { frames: 10, samples: 576, sampleRate: 8000, channels: 1, kbps: 8 }],
	['id3v2-picture.mp3', { frames: 18, samples: 576, sampleRate: 16000, channels: 1, kbps: 16 }],
	['id3v1.mp3', { frames: 18, samples: 576, sampleRate: 16000, channels: 1, kbps: 16 }],
	['ffmpeg.mp3', { frames: 18, samples: 576, sampleRate: 16000, channels: 1, kbps: 16 }],
];

describe('An MP3 file', () => {
	test.each(MP3_FILES)('%s lasts as long as its frames', async (name, made) => {
		const { frames, samples, sampleRate, channels, kbps } = made;
		const bytes = recording(name);
		const info = await inspectBytes(bytes, name);

		expect(info).toMatchObject({
			mimeType: 'audio/mpeg',
			format: 'mp3',
			codec: 'mp3',
			channels,
			sampleRate,
			duration: Number(((frames * samples) / sampleRate).toFixed(3)),
			size: bytes.length,
		});
		if (kbps) expect(Math.abs(info.bitRate / (kbps * 1000) - 1)).toBeLessThan(0.01);
	});

	const plain = recording('mpeg1-cbr-mono.mp3');
	const seconds = (23 * 1152) / 44100;
	const id3v1 = concat(ascii('TAG'), new Uint8Array(125));
	const ape = concat(ascii('APETAGEX'), new Uint8Array(300));

	test.each<[string, Uint8Array, number]>([
		['an ID3 tag before', concat(id3Tag(1000), plain), seconds],
		['an ID3 tag with a footer', concat(id3Tag(1000, { hasFooter: true }), plain), seconds],
		['a picture of 300 KB in its tag', concat(id3Tag(300_000), plain), seconds],
		['two tags', concat(id3Tag(1000), id3Tag(70_000), plain), seconds],
		['padding behind its tag', concat(id3Tag(10), new Uint8Array(5000), plain), seconds],
		['an ID3v1 tag behind', concat(plain, id3v1), seconds],
		['an APE tag behind', concat(plain, ape), seconds],
		['an APE and an ID3v1 tag behind', concat(plain, ape, id3v1), seconds],
		[
			'a Lyrics3 tag behind',
			concat(plain, ascii('LYRICSBEGININD0000200000LYRICS200'), id3v1),
			seconds,
		],
		['zeros behind', concat(plain, new Uint8Array(5000)), seconds],
		['three bytes behind', concat(plain, new Uint8Array(3)), seconds],
		[
			'noise before',
			concat(
				new Uint8Array(3000).map((_, i) => (i * 37) % 251),
				plain,
			),
			seconds,
		],
		['its last frame cut off', plain.subarray(0, -10), (22 * 1152) / 44100],
		[
			'a hole in the middle',
			concat(plain.subarray(0, 2000), new Uint8Array(50), plain.subarray(2000)),
			seconds,
		],
		['another one behind it', concat(plain, plain), 2 * seconds],
		['another one with a tag behind it', concat(plain, id3Tag(1000), plain), 2 * seconds],
		['a tag behind and another one behind that', concat(plain, id3v1, plain), 2 * seconds],
	])('may have %s', async (_, bytes, lasts) => {
		const { duration, ...info } = await inspectBytes(bytes);

		expect(info).toMatchObject({ format: 'mp3', channels: 1, sampleRate: 44100 });
		// A hole costs the frame it is in.
		expect(Math.abs(duration - lasts)).toBeLessThan(0.03);
	});

	test('of 15 minutes is read in pieces', async () => {
		const long = new Uint8Array(plain.length * 1500);
		for (let at = 0; at < long.length; at += plain.length) long.set(plain, at);
		const source = new FileLikeSource(long);

		expect((await inspectAudio({ source })).duration).toBeCloseTo(1500 * seconds, 2);
		expect(source.largestRead).toBeLessThanOrEqual(128 * 1024);
	});

	test('that is cut off inside its tag is damaged, not something else', async () => {
		const cut = concat(id3Tag(300_000), plain).subarray(0, 200_000);

		expect(await failureOf(() => inspectBytes(cut))).toMatchObject({ code: 'damaged_audio' });
	});

	test('that turns into false headers does not keep anybody waiting', async () => {
		const headers = new Uint8Array(2 * 1024 * 1024).map((_, i) => [0xff, 0xfb, 0x90, 0x64][i % 4]!);
		const startedAt = performance.now();
		await inspectBytes(concat(plain, headers));

		expect(performance.now() - startedAt).toBeLessThan(3000);
	});
});

describe('What bytes are is told by the bytes', () => {
	const random = (seed: number, length: number): Uint8Array => {
		const next = randomNumbers(seed);
		return new Uint8Array(length).map(() => next() * 256);
	};
	const form = ascii(
		'--x\r\nContent-Disposition: form-data; name="file"; filename="a.mp3"\r\nContent-Type: audio/mpeg\r\n\r\n',
	);

	test.each<[string, Uint8Array, string, boolean]>([
		...WAV_FILES.map(([name]): [string, Uint8Array, string, boolean] => [
			name,
			recording(name),
			'wav',
			true,
		]),
		...MP3_FILES.map(([name]): [string, Uint8Array, string, boolean] => [
			name,
			recording(name),
			'mp3',
			true,
		]),
		['voice.m4a', recording('voice.m4a'), 'm4a', true],
		['voice.aac', recording('voice.aac'), 'aac', true],
		['voice.ogg', recording('voice.ogg'), 'ogg', true],
		['voice.webm', recording('voice.webm'), 'webm', true],
		['voice.flac', recording('voice.flac'), 'flac', true],
		['voice.amr', recording('voice.amr'), 'amr', true],
		['voice.aiff', recording('voice.aiff'), 'aiff', true],
		['voice.au', recording('voice.au'), 'au', true],
		['photo.jpg', recording('photo.jpg'), 'jpeg', false],
		['a PDF', ascii('%PDF-1.7\n%\xe2\xe3\xcf\xd3\n'), 'pdf', false],
		['a PNG', ascii('\x89PNG\r\n\x1a\n'), 'png', false],
		['a GIF', ascii('GIF89a'), 'gif', false],
		['a WebP', ascii('RIFF\x00\x00\x00\x00WEBPVP8 '), 'webp', false],
		['an AVI', ascii('RIFF\x00\x00\x00\x00AVI LIST'), 'avi', true],
		['a HEIC', ascii('\x00\x00\x00\x18ftypheic'), 'heic', false],
		['a ZIP', ascii('PK\x03\x04\x14\x00'), 'zip', false],
		['HTML', ascii('<!DOCTYPE html><html></html>'), 'html', false],
		['HTML without a doctype', ascii('<html lang="en">'), 'html', false],
		['HTML after white space', ascii('\r\n <!doctype HTML>'), 'html', false],
		['HTML in capitals', ascii('<HTML><HEAD>'), 'html', false],
		['JSON', ascii('{"error":"not found"}'), 'text', false],
		['text in UTF-8', new TextEncoder().encode('今天天气怎么样？'), 'text', false],
		['text with a byte order mark', new TextEncoder().encode('\ufeffhello'), 'text', false],
		['one letter', ascii('a'), 'text', false],
		['a multipart form', concat(form, recording('id3v1.mp3')), 'multipart', false],
		['a multipart form of text', concat(form, ascii('x')), 'multipart', false],
		['one byte', Uint8Array.of(0), 'unknown', false],
		['zeros', new Uint8Array(100_000), 'unknown', false],
		['0xFF only', new Uint8Array(100_000).fill(0xff), 'unknown', false],
		['raw samples', recording('pcm16.wav').subarray(44), 'unknown', false],
		...[1, 2, 3, 4, 5, 6, 7, 8].map((seed): [string, Uint8Array, string, boolean] => [
			`random bytes (${seed})`,
			concat(Uint8Array.of(0), random(seed, 70_000)),
			'unknown',
			false,
		]),
	])('%s', async (_, bytes, format, isAudio) => {
		expect(await identify(bytesSource(bytes))).toMatchObject({ format, isAudio });
	});

	test.each<[string, Uint8Array, string, RegExp]>([
		['Sun audio', recording('voice.au'), 'unsupported_audio', /Sun audio/],
		['a picture', recording('photo.jpg'), 'not_audio', /JPEG/],
		['text', ascii('hello'), 'not_audio', /text/],
		['a form', form, 'not_audio', /form/],
		['noise', new Uint8Array(1000), 'not_audio', /raw data/],
		['nothing', new Uint8Array(0), 'empty_audio', /empty/],
	])('and the message for %s says it', async (_, bytes, code, words) => {
		const error = await failureOf(() => inspectBytes(bytes, 'memo.mp3'));

		expect(error).toMatchObject({ code, retryable: false });
		expect(error.problem).toMatch(/^"memo\.mp3" .*\.$/);
		expect(error.problem).toMatch(words);
		expect(error.cure).toMatch(/^[A-Z].*\.$/);
	});

	test('whatever its name and MIME type say', async () => {
		const info = await inspectAudio({
			source: bytesSource(recording('pcm16.wav')),
			fileName: 'memo.mp3',
			mimeType: 'audio/mpeg',
			property: 'voice',
		});

		expect(info).toMatchObject({
			format: 'wav',
			fileName: 'memo.mp3',
			mimeType: 'audio/mpeg',
			property: 'voice',
		});
	});

	test('and it gets a name where it has none', async () => {
		const names = ['pcm16.wav', 'id3v1.mp3'].map(
			async (name) => (await inspectAudio({ source: bytesSource(recording(name)) })).fileName,
		);

		expect(await Promise.all(names)).toEqual(['audio.wav', 'audio.mp3']);
	});
});

describe('A source', () => {
	test.each([...WAV_FILES, ...MP3_FILES].map(([name]) => name))(
		'may be a file, or bytes in the middle of others: %s',
		async (name) => {
			const bytes = recording(name);
			const larger = concat(new Uint8Array(13).fill(0xff), bytes, new Uint8Array(13).fill(0xff));
			const inMemory = await inspectBytes(bytes);
			const inMiddle = await inspectBytes(larger.subarray(13, 13 + bytes.length));
			const inFile = await inspectAudio({ source: new FileLikeSource(bytes), fileName: 'memo' });
			const inBuffer = await inspectBytes(Buffer.from(bytes));

			expect([inMiddle, inFile, inBuffer]).toEqual([inMemory, inMemory, inMemory]);
		},
	);

	test('that cannot be read fails with a sentence, and keeps what was said for developers', async () => {
		const source = { size: 10, read: () => Promise.reject(new Error('EIO')) };
		const error = await failureOf(() => inspectAudio({ source, fileName: 'memo.wav' }));

		expect(error).toMatchObject({
			code: 'unreadable_audio',
			problem: '"memo.wav" could not be read where it is stored.',
			cause: expect.stringMatching(/^Error: EIO\n/),
		});
	});
});

/** Numbers in [0, 1), the same for the same seed (mulberry32). */
function randomNumbers(seed: number): () => number {
	let state = seed;
	return () => {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	};
}

describe('Damage of any kind', () => {
	const NAMES = [...WAV_FILES, ...MP3_FILES].map(([name]) => name);
	const CASES_PER_FILE = 250;

	async function expectToBeTold(bytes: Uint8Array, what: string): Promise<void> {
		try {
			const info = await inspectAudio({ source: bytesSource(bytes), fileName: 'memo' });
			const { duration, bitRate, channels, sampleRate } = info;
			const isSound = [duration, bitRate, channels, sampleRate].every(
				(number) => Number.isFinite(number) && number >= 0,
			);
			if (!isSound) throw new Error(`${what}: ${JSON.stringify(info)}`);
		} catch (error) {
			if (!(error instanceof GlmAsrError) || error.code === 'unexpected')
				throw new Error(what, { cause: error });
			if (!error.message.startsWith('"memo" ')) throw new Error(`${what}: ${error.message}`);
		}
	}

	test.each(NAMES)('to %s is told, never thrown as something else, soon', async (name) => {
		const whole = recording(name);
		const next = randomNumbers(NAMES.indexOf(name) + 1);
		const below = (limit: number): number => Math.floor(next() * limit);
		const startedAt = performance.now();
		for (let index = 0; index < CASES_PER_FILE; index++) {
			const bytes = whole.slice();
			// Most damage goes where the headers are.
			const reach = next() < 0.6 ? Math.min(100, bytes.length) : bytes.length;
			for (let count = below(6); count > 0; count--) {
				bytes[below(reach)] = [0, 0xff, 0x80, 0x7f, below(256)][below(5)]!;
			}
			const end = next() < 0.4 ? below(bytes.length + 1) : bytes.length;
			const begin = next() < 0.1 ? below(end) : 0;
			await expectToBeTold(bytes.subarray(begin, end), `${name}, case ${index}`);
		}

		expect(performance.now() - startedAt).toBeLessThan(3000);
	});

	test.each(['pcm8.wav', 'rf64.wav', 'mpeg25-mono.mp3'])(
		'is told wherever %s is cut off',
		async (name) => {
			const whole = recording(name);
			for (let length = 0; length < Math.min(whole.length, 1000); length++) {
				await expectToBeTold(whole.subarray(0, length), `${name}, ${length} bytes`);
			}
		},
	);
});
