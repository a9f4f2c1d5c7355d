import {
	DamagedAudioError,
	NoSoundError,
	UnreadableAudioError,
	TruncatedAudioError,
	UnsupportedAudioError,
} from '../../../../core/audio/errors';
import { createHash } from 'node:crypto';

import { AlacDecoder, parseAlacConfig } from '../../../../core/audio/codecs/alac/decoder';
import { decodeMp4, inspectMp4, type Decoders } from '../../../support/audio/formats';
import type { Decoder } from '../../../../core/audio/codecs';
import { bytesSource, type ByteSource } from '../../../../core/audio/source/bytes';
import { streamSource } from '../../../../core/audio/source/stream';
import {
	box,
	entryOf,
	fragment,
	FTYP,
	fullBox,
	itunesNote,
	moov,
	movie,
	MVEX,
	packetBytes,
	RATE,
	track,
	u16,
	u32,
	PACKET_SAMPLES,
	type Layout,
} from '../../../support/audio/mp4Files';
import { ascii, concat, recording } from '../../../support/audio/recordings';
import { thrownBy } from '../../../support/core';

const md5 = (bytes: Uint8Array): string => createHash('md5').update(bytes).digest('hex');

/** What ffmpeg tells (test/fixtures/audio/mp4/make.sh): the stream, and a digest of all its packets. */
const RECORDINGS: [
	name: string,
	codec: string,
	channels: number,
	sampleRate: number,
	duration: number,
	packets: string,
][] = [
	['moov-last.m4a', 'aac', 1, 16000, 0.5, '60c497863158cfabb588eca642b21457'],
	['fragments.mp4', 'aac', 1, 16000, 0.564, '60c497863158cfabb588eca642b21457'],
	['moov-and-fragments.mp4', 'aac', 1, 16000, 0.564, '60c497863158cfabb588eca642b21457'],
	['video.mp4', 'aac', 1, 16000, 0.5, '60c497863158cfabb588eca642b21457'],
	['video-fragments.mp4', 'aac', 1, 16000, 0.6, '60c497863158cfabb588eca642b21457'],
	['alac16.m4a', 'alac', 1, 8000, 0.25, '9660fc717f093464da4c8eda29ab87d7'],
	['alac24.mov', 'alac', 1, 16000, 0.1, 'a0c31308bb6679368fce884de79c9dc2'],
	['mulaw.mov', 'mulaw', 1, 8000, 0.25, '8c65cef33dcbdfa96d10e43c0736093e'],
	['pcm-fragments.mov', 'pcm', 1, 8000, 0.25, 'dd23a0a2c7a5b380c06f65ccabfbf8ee'],
	['lpcm24.mov', 'pcm', 1, 96000, 0.02, 'a4005518ffe67e5ab93195e6854e9bc9'],
	['float.mov', 'pcm_float', 1, 16000, 0.02, '3a4a8d85c2a7d60c91836a97fc02dab9'],
	['opus.mp4', 'opus', 1, 48000, 0.5, '3a616c8a95ffeca9a0ea958c38144e58'],
	['amr.3gp', 'amr_nb', 1, 8000, 0.56, 'f43586a87b5e538a3c9aa606eae154d8'],
];

const fixture = (name: string): Uint8Array => recording(`mp4/${name}`);

describe('An MP4 recording', () => {
	test.each(RECORDINGS)(
		'is what ffmpeg says it is: %s',
		async (name, codec, channels, sampleRate, duration) => {
			const info = await inspectMp4(bytesSource(fixture(name)));

			expect(info).toMatchObject({ codec, channels, sampleRate });
			expect(info.duration).toBeCloseTo(duration, 3);
		},
	);

	test.each(RECORDINGS)(
		'gives the packets ffmpeg gives: %s',
		async (name, _codec, _channels, _rate, _duration, digest) => {
			expect(md5(await packetBytes(bytesSource(fixture(name))))).toBe(digest);
		},
	);

	test.each(RECORDINGS)('is read from few streams: %s', async (name) => {
		const bytes = fixture(name);
		let opened = 0;
		const source = streamSource(bytes.length, async () => {
			opened++;
			return inPieces(bytes, 500);
		});
		const digest = RECORDINGS.find(([other]) => other === name)![5];

		expect(md5(await packetBytes(source))).toBe(digest);
		expect(opened).toBeLessThanOrEqual(name.includes('fragments') ? 3 : 2);
	});

	test.each([
		['alac16.m4a', 'bbb898fda5ede50e276180477615a010'],
		['mulaw.mov', '74007501372441d5d6f5701a3ddeacf8'],
		['pcm-fragments.mov', 'bbb898fda5ede50e276180477615a010'],
	])('is decoded to what ffmpeg decodes it to: %s', async (name, digest) => {
		const { samples } = await listen(fixture(name), { alac });

		expect(md5(as16Bits(samples))).toBe(digest);
	});

	test('in Apple Lossless of 24 bits keeps what 16 bits would lose', async () => {
		const { samples, sampleRate } = await listen(fixture('alac24.mov'), { alac });

		expect(sampleRate).toBe(16000);
		expect(samples).toHaveLength(1600);
		expect(samples.some((sample) => !Number.isInteger(sample * 2 ** 15))).toBe(true);
		expect(samples.every((sample) => Number.isInteger(sample * 2 ** 23))).toBe(true);
	});

	test('has the configuration its decoder needs', async () => {
		const aac = await entryOf(fixture('moov-last.m4a'));
		const opus = await entryOf(fixture('opus.mp4'));

		// AAC-LC, 16 kHz, one channel.
		expect([...aac.config].slice(0, 2)).toEqual([0x14, 0x08]);
		expect(String.fromCharCode(...opus.config.subarray(0, 8))).toBe('OpusHead');
		expect(opus.config).toHaveLength(19);
	});
});

describe('The time line of an MP4 track', () => {
	test('is all there is without an edit list', async () => {
		expect(await heard({ packets: [1, 2, 3, 4] })).toEqual([
			[1, 160],
			[2, 160],
			[3, 160],
			[4, 160],
		]);
	});

	test('begins behind the delay of the encoder, and ends before its padding', async () => {
		const layout: Layout = { packets: [1, 2, 3, 4], edits: [[50, 100]] };

		expect(await heard(layout)).toEqual([
			[1, 60],
			[2, 160],
			[3, 160],
			[4, 20],
		]);
		expect((await inspectMp4(bytesSource(movie(layout)))).duration).toBeCloseTo(0.05);
	});

	test('begins with silence where the sound starts late', async () => {
		const layout: Layout = {
			packets: [1, 2],
			edits: [
				[30, -1],
				[40, 0],
			],
		};

		expect(await heard(layout)).toEqual([
			[0, 240],
			[1, 160],
			[2, 160],
		]);
		expect((await inspectMp4(bytesSource(movie(layout)))).duration).toBeCloseTo(0.07);
	});

	test('leaves out what was cut out', async () => {
		const edits: Layout['edits'] = [
			[20, 0],
			[20, 480],
		];

		expect(await heard({ packets: [1, 2, 3, 4], edits })).toEqual([
			[1, 160],
			[4, 160],
		]);
	});

	test('is played whole where there are more edits than anybody makes', async () => {
		const edits = Array<[number, number]>(20_000).fill([1, 100]);
		expect(await heard({ packets: [1, 2], edits })).toEqual([
			[1, 160],
			[2, 160],
		]);
	});

	test('is played once, in order, where edits repeat', async () => {
		const edits: Layout['edits'] = [
			[20, 160],
			[20, 0],
		];

		expect(await heard({ packets: [1, 2, 3], edits })).toEqual([
			[1, 160],
			[2, 160],
		]);
	});

	test('is whole where the edit list leaves nothing', async () => {
		expect(await heard({ packets: [1], edits: [[20, 5000]] })).toEqual([[1, 160]]);
	});

	test("follows iTunes' note where there is no edit list", async () => {
		const more = itunesNote(' 00000000 00000064 00000000 0000000000000078 00000000');

		expect(await heard({ packets: [1, 2], more })).toEqual([
			[1, 60],
			[2, 60],
		]);
	});

	test('has silence where packets pause, but not where they are late for a moment', async () => {
		const pause = [1, PACKET_SAMPLES, 1, 1600 + PACKET_SAMPLES, 2, PACKET_SAMPLES];
		const jitter = [1, PACKET_SAMPLES + 200, 1, PACKET_SAMPLES - 150, 2, PACKET_SAMPLES];
		const packets = [1, 2, 3, 4];

		expect(await heard({ packets, times: pause })).toEqual([
			[1, 160],
			[2, 160],
			[0, 1600],
			[3, 160],
			[4, 160],
		]);
		expect(await heard({ packets, times: jitter })).toEqual(await heard({ packets }));
	});

	test('begins with the first fragment and has silence between fragments that are missing', async () => {
		const file = concat(
			FTYP,
			moov({ packets: [], more: MVEX }, 0),
			fragment([1, 2], 80000),
			fragment([3], 80000 + 320),
			fragment([4], 80000 + 480 + 1600),
		);

		expect(runs((await listen(file, speech)).samples)).toEqual([
			[1, 160],
			[2, 160],
			[3, 160],
			[0, 1600],
			[4, 160],
		]);
		expect((await inspectMp4(bytesSource(file))).duration).toBeCloseTo((640 + 1600) / RATE);
	});
});

describe('Boxes of an MP4 file', () => {
	const packets = [1, 2, 3, 4, 5];
	const plain = movie({ packets });

	test('may have their size in 64 bits', async () => {
		const large = concat(
			u32(1),
			ascii('mdat'),
			u32(0, 16 + packets.length),
			Uint8Array.from(packets),
		);
		const file = concat(FTYP, large, moov({ packets, isLarge: true }, FTYP.length + 16));

		expect(await listen(file, speech)).toEqual(await listen(plain, speech));
	});

	test('may reach to the end of the file', async () => {
		const head = moov({ packets }, 0).length;
		const file = concat(
			FTYP,
			moov({ packets }, FTYP.length + head + 8),
			u32(0),
			ascii('mdat'),
			Uint8Array.from(packets),
		);

		expect(await listen(file, speech)).toEqual(await listen(plain, speech));
	});

	test.each([
		['4', 4, [0x11, 0x11, 0x10]],
		['8', 8, [1, 1, 1, 1, 1]],
		['16', 16, [0, 1, 0, 1, 0, 1, 0, 1, 0, 1]],
	])('may have sizes of samples in %s bits', async (_, bits, table) => {
		const sizes = fullBox('stz2', 0, u32(bits, packets.length), Uint8Array.from(table));

		expect(await listen(movie({ packets, sizes }), speech)).toEqual(await listen(plain, speech));
	});

	test('may hold other tracks', async () => {
		const otherTrack = track({ packets: [9, 9], handler: 'vide', entry: 'avc1' }, 0);

		expect(await listen(movie({ packets, otherTrack }), speech)).toEqual(
			await listen(plain, speech),
		);
	});

	test('tell AAC in QuickTime and MPEG-2 AAC by what lies within', async () => {
		const config = [0x12, 0x10];
		const specific = Uint8Array.of(0x05, 0x80, 0x80, 0x02, ...config);
		const decoderConfig = concat(Uint8Array.of(0x04, 13 + specific.length, 0x67), u32(0, 0, 0));
		const esds = fullBox(
			'esds',
			0,
			Uint8Array.of(0x03, 3 + decoderConfig.length + specific.length, 0, 0, 0),
			decoderConfig,
			specific,
		);
		const file = movie({ packets, entry: 'mp4a', extensions: box('wave', esds) });
		const entry = await entryOf(file);

		expect([...entry.config]).toEqual(config);
		expect(entry).toMatchObject({ codec: 'aac', channels: 2, sampleRate: 44100 });
	});

	test('tell AAC-LC even where the configuration is missing', async () => {
		const entry = await entryOf(movie({ packets, entry: 'mp4a' }));

		expect([...entry.config]).toEqual([]);
		expect(entry).toMatchObject({ codec: 'aac', channels: 1, sampleRate: 8000 });
	});

	test('tell how ISO/IEC 23003-5 writes samples', async () => {
		const pcmC = fullBox('pcmC', 0, Uint8Array.of(1, 16));
		const data = u16(0x0040, 0x00c0);
		const layout: Layout = {
			packets: [...data],
			entry: 'ipcm',
			extensions: pcmC,
			sizes: fullBox('stsz', 0, u32(2, 2)),
			times: [2, 1],
			perChunk: 4,
		};

		expect((await listen(movie(layout), {})).samples).toEqual([0.5, -0.5]);
	});
});

describe('A damaged MP4 file', () => {
	test.each<[string, Uint8Array, string]>([
		[
			'without "moov"',
			concat(FTYP, box('mdat', new Uint8Array(100))),
			'the index that says where its sound lies (the "moov" part, which most recorders write at the end of the file) is missing, as the file was cut short or the recording was never finished',
		],
		['without sound', movie({ packets: [1], handler: 'vide' }), 'it holds no audio track'],
		['with nothing in its track', movie({ packets: [] }), 'its audio track is empty'],
		['that is encrypted', movie({ packets: [1], entry: 'enca' }), 'its sound is encrypted'],
		['without sample sizes', movie({ packets: [1], sizes: box('free') }), 'it has no "stsz" part'],
	])('%s is refused', async (_, file, message) => {
		const error = await thrownBy(() => inspectMp4(bytesSource(file)));

		expect(error).toBeInstanceOf(UnreadableAudioError);
		expect((error as Error).message).toBe(message);
	});

	test('in a codec without a decoder says so', async () => {
		const error = await thrownBy(() => listen(movie({ packets: [1], entry: 'QDM2' }), speech));

		expect(error).toEqual(
			new UnsupportedAudioError('its sound is coded as "QDM2", which cannot be decoded'),
		);
	});

	test('that is cut short is played up to there', async () => {
		const head = moov({ packets: [1, 2, 3, 4] }, 0).length;
		const file = concat(
			FTYP,
			moov({ packets: [1, 2, 3, 4] }, FTYP.length + head + 8),
			u32(12),
			ascii('mdat'),
			Uint8Array.of(1, 2),
		);
		const { samples, error } = await tryToListen(file, speech);

		expect(error).toEqual(new TruncatedAudioError('the file ends before its sound does'));
		expect(runs(samples)).toEqual([
			[1, 160],
			[2, 160],
		]);
		expect((await inspectMp4(bytesSource(file))).duration).toBeCloseTo(0.04);
	});

	test('that ends within a fragment is played up to there', async () => {
		const file = concat(
			FTYP,
			moov({ packets: [], more: MVEX }, 0),
			fragment([1], 0),
			fragment([2], 160).subarray(0, 40),
		);
		const { samples, error } = await tryToListen(file, speech);

		expect(error).toBeInstanceOf(TruncatedAudioError);
		expect(runs(samples)).toEqual([[1, 160]]);
	});

	test('is silent where a packet cannot be decoded, and says so at the end', async () => {
		const { samples, error } = await tryToListen(movie({ packets: [1, BROKEN, 3] }), speech);

		expect(error).toEqual(new TruncatedAudioError('1 of 3 packets could not be decoded'));
		expect(runs(samples)).toEqual([
			[1, 160],
			[0, 160],
			[3, 160],
		]);
	});

	test('keeps its time where the first packets cannot be decoded', async () => {
		const { samples } = await tryToListen(movie({ packets: [BROKEN, 2] }), speech);

		expect(runs(samples)).toEqual([
			[0, 160],
			[2, 160],
		]);
	});

	test('of which no packet can be decoded is refused', async () => {
		const { samples, error } = await tryToListen(movie({ packets: [BROKEN, BROKEN] }), speech);

		expect(samples).toEqual([]);
		expect(error).toBeInstanceOf(UnreadableAudioError);
	});

	test.each<[string, Uint8Array]>([
		['of endless samples', fullBox('stsz', 0, u32(1, 0xffffffff))],
		['of endless nothing', fullBox('stsz', 0, u32(0, 0xffffffff))],
		['of huge samples', fullBox('stsz', 0, u32(0xffffffff, 0xffffffff))],
	])('with a table %s is read no further than its bytes', async (_, sizes) => {
		const layout: Layout = { packets: [1, 2, 3], sizes, perChunk: 0x7fffffff };
		const { error } = await tryToListen(movie(layout), speech);

		expect(error).toBeDefined();
	});

	test('with chunks that lie on each other is read once', async () => {
		const file = movie({ packets: [1, 2, 3, 4, 5, 6, 7, 8, 9], perChunk: 3 });
		const stco = Buffer.from(file).indexOf('stco') + 12;
		const circular = concat(file.subarray(0, stco), u32(28, 28, 28), file.subarray(stco + 12));
		const { samples } = await tryToListen(circular, speech);

		expect(samples.length).toBeLessThanOrEqual(9 * PACKET_SAMPLES);
	});
});

describe('Any bytes for an MP4 file', () => {
	const seeds = [
		...RECORDINGS.map(([name]) => fixture(name)),
		movie({
			packets: [1, 2, 3, 4],
			edits: [
				[30, -1],
				[40, 100],
			],
		}),
		concat(FTYP, moov({ packets: [], more: MVEX }, 0), fragment([1, 2], 0), fragment([3], 320)),
	];

	test('are decoded or refused, soon and with an error of ours', async () => {
		const random = randomNumbers(20261122);
		for (let round = 0; round < 300; round++) {
			const file = mutated(seeds[random(seeds.length)]!, random);
			const info = await tryTo(() => inspectMp4(bytesSource(file)));
			const { error, samples } = await tryToListen(file, everything);

			if (!(info instanceof Error)) expect(info.duration).toBeGreaterThanOrEqual(0);
			if (error)
				expect([
					DamagedAudioError,
					NoSoundError,
					UnsupportedAudioError,
					TruncatedAudioError,
				]).toContain(error.constructor);
			expect(samples.every(Number.isFinite)).toBe(true);
		}
	});

	test('cut anywhere are decoded or refused likewise', async () => {
		const random = randomNumbers(7);
		for (const seed of seeds) {
			for (let round = 0; round < 12; round++) {
				const { error } = await tryToListen(seed.slice(0, random(seed.length)), everything);

				if (error)
					expect([
						DamagedAudioError,
						NoSoundError,
						UnsupportedAudioError,
						TruncatedAudioError,
					]).toContain(error.constructor);
			}
		}
	});
});

const BROKEN = 0xee;

/** Each packet sounds as its first byte says, in hundredths. */
function speechDecoder(): Decoder {
	return {
		sampleRate: RATE,
		samplesIn: (list) => list.length * PACKET_SAMPLES,
		decode([value]) {
			if (value === BROKEN) throw new DamagedAudioError('broken');
			return [new Float32Array(PACKET_SAMPLES).fill(value! / 128)];
		},
	};
}

const alac = (config: Uint8Array): Decoder => new AlacDecoder(parseAlacConfig(config));
const speech = { amr_nb: speechDecoder };
const everything = { alac, amr_nb: speechDecoder, aac: speechDecoder, opus: speechDecoder };

interface Heard {
	samples: number[];
	sampleRate: number;
}

async function listen(file: Uint8Array, decoders: Decoders): Promise<Heard> {
	const { error, ...sound } = await tryToListen(file, decoders);
	if (error) throw error;
	return sound;
}

/** Silence may go on for an hour: no more than ten seconds of it is kept. */
const MAX_SAMPLES = 10 * RATE;

async function tryToListen(
	file: Uint8Array,
	decoders: Decoders,
): Promise<Heard & { error?: Error }> {
	const sound: Heard & { error?: Error } = { samples: [], sampleRate: 0 };
	const source: ByteSource = bytesSource(file);
	try {
		for await (const { samples, sampleRate } of decodeMp4(source, decoders)) {
			expect(samples.length).toBeLessThanOrEqual(8192);
			for (const sample of samples) sound.samples.push(sample);
			sound.sampleRate = sampleRate;
			if (sound.samples.length > MAX_SAMPLES) break;
		}
	} catch (error) {
		sound.error = error as Error;
	}
	return sound;
}

async function heard(layout: Layout): Promise<[value: number, count: number][]> {
	return runs((await listen(movie(layout), speech)).samples);
}

/** What sounded for how many samples. */
function runs(samples: number[]): [value: number, count: number][] {
	const found: [number, number][] = [];
	for (const sample of samples) {
		const value = sample * 128;
		const last = found.at(-1);
		if (last?.[0] === value) last[1]++;
		else found.push([value, 1]);
	}
	return found;
}

function as16Bits(samples: number[]): Uint8Array {
	return new Uint8Array(Int16Array.from(samples, (sample) => sample * 32768).buffer);
}

async function* inPieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
	for (let at = 0; at < bytes.length; at += size) yield bytes.slice(at, at + size);
}

async function tryTo<T>(act: () => Promise<T>): Promise<T | Error> {
	try {
		return await act();
	} catch (error) {
		return error as Error;
	}
}

/** Whole numbers below a limit, the same ones in each run. */
function randomNumbers(seed: number): (limit: number) => number {
	let state = seed;
	return (limit) => {
		state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
		return Math.floor((state / 2 ** 32) * limit);
	};
}

const EXTREMES = [0, 1, 7, 8, 0xff, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff];

/** Some bytes, numbers or the length changed. */
function mutated(bytes: Uint8Array, random: (limit: number) => number): Uint8Array {
	const copy = bytes.slice();
	const view = new DataView(copy.buffer);
	for (let count = 1 + random(4); count > 0; count--) {
		const at = random(copy.length - 4);
		if (random(2) === 0) copy[at] = random(256);
		else view.setUint32(at, EXTREMES[random(EXTREMES.length)]!);
	}
	return random(5) === 0 ? copy.subarray(0, random(copy.length)) : copy;
}
