import { TruncatedAudioError, UnreadableAudioError } from '../../../../core/audio/errors';
import { decodeOgg, inspectOgg } from '../../../support/audio/formats';
import { bytesSource } from '../../../../core/audio/source/bytes';
import {
	CONTINUED,
	decodeAll,
	type Decoded,
	FIRST,
	heard,
	isExpected,
	LAST,
	later,
	mutated,
	packetsOf,
	pageBytes,
	pagesOf,
	seeded,
	type TestPage,
	TONES,
	TONES_SECONDS,
	watchedSource,
	xiph,
} from '../../../support/audio/oggFiles';
import { ascii, concat } from '../../../support/audio/recordings';
import { thrownBy } from '../../../support/core';

const decode = (bytes: Uint8Array): Promise<Decoded> => decodeAll(decodeOgg(bytesSource(bytes)));
const inspect = (bytes: Uint8Array) => inspectOgg(bytesSource(bytes));
const join = (pages: TestPage[]): Uint8Array => concat(...pages.map(pageBytes));

describe('An Ogg file', () => {
	test.each([
		['opusenc.opus', 'opus', 1, 48000, 16000],
		['voip.ogg', 'opus', 1, 48000, 16000],
		['stereo.opus', 'opus', 2, 48000, 16000],
		['surround.opus', 'opus', 6, 48000, 16000],
		['vorbis-8k.ogg', 'vorbis', 1, 8000, 8000],
		['vorbis-stereo.ogg', 'vorbis', 2, 16000, 16000],
	])('tells what it is, and is heard in full and in time: %s', async (...row) => {
		const [name, codec, channels, sampleRate, decodedRate] = row;
		const bytes = xiph(name);
		const info = await inspect(bytes);
		expect(info).toMatchObject({ codec, channels, sampleRate });
		expect(info.duration).toBeCloseTo(TONES_SECONDS, 4);
		expect(info.bitRate).toBe(Math.round((bytes.length * 8) / info.duration));

		const decoded = await decode(bytes);
		expect(decoded.error).toBeUndefined();
		expect(decoded.sampleRate).toBe(decodedRate);
		expect(decoded.samples.length).toBe(Math.round(TONES_SECONDS * decodedRate));
		expect(heard(decoded)).toEqual(TONES);
	});

	test('comes in blocks of at most 8192 samples', async () => {
		for await (const { samples } of decodeOgg(bytesSource(xiph('opusenc.opus')))) {
			expect(samples.length).toBeGreaterThan(0);
			expect(samples.length).toBeLessThanOrEqual(8192);
		}
	});

	test('may have its packets spread over pages', async () => {
		const [head, tags, ...audio] = pagesOf(xiph('stereo.opus'));
		const single = audio.flatMap(({ lacing, body, granule, flags, serial }) => {
			let at = 0;
			return lacing.map((length, index): TestPage => {
				at += length;
				return {
					serial,
					flags:
						(lacing[index - 1] === 255 ? CONTINUED : 0) |
						(index === lacing.length - 1 ? flags & LAST : 0),
					granule: index === lacing.length - 1 ? granule : -1,
					lacing: [length],
					body: body.subarray(at - length, at),
				};
			});
		});
		const packets = packetsOf(audio);
		expect(packets.some(({ length }) => length > 255)).toBe(true);

		const whole = await decode(xiph('stereo.opus'));
		const spread = await decode(join([head!, tags!, ...single]));
		expect(spread.error).toBeUndefined();
		expect(spread.samples).toEqual(whole.samples);
	});

	test('may be interleaved with other streams, of which the first that is audio counts', async () => {
		const video = { serial: 77, granule: 0, lacing: [7], body: ascii('\x80theora') };
		const pages = pagesOf(xiph('opusenc.opus'));
		const mixed = [
			{ ...video, flags: FIRST },
			...pages.flatMap((page, index) => (index === 0 ? [page] : [page, { ...video, flags: 0 }])),
			{ ...video, flags: LAST },
		];
		expect(await inspect(join(mixed))).toMatchObject({ codec: 'opus', duration: TONES_SECONDS });
		expect((await decode(join(mixed))).samples).toEqual(
			(await decode(xiph('opusenc.opus'))).samples,
		);
	});

	test.each([
		['Opus mono and stereo', 'opusenc.opus', 'stereo.opus'],
		['Opus twice the same', 'opusenc.opus', 'opusenc.opus'],
		['Vorbis', 'vorbis-stereo.ogg', 'vorbis-stereo.ogg'],
	])('may have another chained behind it: %s', async (_, first, second) => {
		const bytes = concat(xiph(first), xiph(second));
		expect((await inspect(bytes)).duration).toBeCloseTo(2 * TONES_SECONDS, 4);
		const decoded = await decode(bytes);
		expect(decoded.error).toBeUndefined();
		expect(heard(decoded)).toEqual([...TONES, ...later(TONES_SECONDS)]);
	});

	test('that was joined many times lasts as long as all together', async () => {
		const copies = 20;
		const bytes = concat(...new Array<Uint8Array>(copies).fill(xiph('opusenc.opus')));

		expect(bytes.length).toBeGreaterThan(64 * 1024);
		expect((await inspect(bytes)).duration).toBeCloseTo(copies * TONES_SECONDS, 3);
	});

	test.each([
		['of another codec', 'vorbis-8k.ogg'],
		['of another sample rate', 'vorbis-8k.ogg', 'vorbis-stereo.ogg'],
	])('ends where one %s is chained behind it', async (_, second, first = 'opusenc.opus') => {
		const decoded = await decode(concat(xiph(first), xiph(second)));
		expect(heard(decoded)).toEqual(TONES);
		expect(decoded.error).toBeInstanceOf(TruncatedAudioError);
	});

	test('may be a part of a broadcast, whose clock does not begin at 0', async () => {
		const pages = pagesOf(xiph('opusenc.opus')).map((page, index) =>
			index < 2 ? page : { ...page, granule: page.granule + 480_000 },
		);
		const [head, tags, ...audio] = pages;
		const split = audio.flatMap((page) => onePacketPages(page));
		const bytes = join([head!, tags!, ...split]);
		expect((await inspect(bytes)).duration).toBeCloseTo(TONES_SECONDS, 4);
		expect(heard(await decode(bytes))).toEqual(TONES);
	});

	test('keeps its times where pages are missing', async () => {
		const [head, tags, ...audio] = pagesOf(xiph('opusenc.opus'));
		const split = audio.flatMap((page) => onePacketPages(page));
		// 20 ms a page: the second digit, from 0.38 to 0.54 s.
		const bytes = join([head!, tags!, ...split.slice(0, 19), ...split.slice(27)]);
		const decoded = await decode(bytes);
		expect(heard(decoded)).toEqual(TONES.filter(([digit]) => digit !== '5'));
		expect(decoded.seconds).toBeCloseTo(TONES_SECONDS, 2);
	});

	test('is read over bytes that make no sense, which is told at the end', async () => {
		const [head, tags, ...audio] = pagesOf(xiph('opusenc.opus'));
		const split = audio.flatMap((page) => onePacketPages(page)).map(pageBytes);
		const junk = new Uint8Array(100_000).fill(0x4f);
		const bytes = concat(pageBytes(head!), pageBytes(tags!), split[0]!, junk, ...split.slice(1));
		const decoded = await decode(bytes);
		expect(heard(decoded)).toEqual(TONES);
		expect(decoded.error).toBeInstanceOf(TruncatedAudioError);
	});

	test.each(['opusenc.opus', 'stereo.opus', 'vorbis-stereo.ogg'])(
		'gives what it holds when it is cut off: %s',
		async (name) => {
			const bytes = xiph(name);
			const decoded = await decode(bytes.subarray(0, Math.round(bytes.length * 0.9)));
			expect(decoded.error).toBeInstanceOf(TruncatedAudioError);
			const digits = heard(decoded);
			expect(digits.length).toBeGreaterThanOrEqual(2);
			expect(TONES.slice(0, digits.length)).toEqual(digits);
		},
	);

	test('lasts as long as all its pages say, whatever the last one says', async () => {
		const [head, tags] = pagesOf(xiph('opusenc.opus'));
		const silence = Uint8Array.of(0x0b, 0x01, ...new Uint8Array(198));
		const pages = Array.from({ length: 2000 }, (_, index) => ({
			serial: head!.serial,
			flags: index === 1999 ? LAST : 0,
			granule: index === 1999 ? 48_000 : (index + 1) * 960,
			lacing: [silence.length],
			body: silence,
		}));
		const { duration } = await inspect(join([head!, tags!, ...pages]));
		expect(duration).toBeCloseTo(40 - 0.02 - 312 / 48000, 4);
	});

	test.each([
		['Speex', 'Speex   1.2'],
		['CELT', 'CELT    '],
	])('with a codec that is not read says so: %s', async (codec, mark) => {
		const page = { serial: 5, granule: 0, lacing: [mark.length], body: ascii(mark) };
		const bytes = join([
			{ ...page, flags: FIRST },
			{ ...page, flags: LAST },
		]);
		const error = await thrownBy(() => inspect(bytes));
		expect(error).toBeInstanceOf(UnreadableAudioError);
		expect((error as Error).message).toBe(`its audio is ${codec}`);
	});

	test.each([
		['nothing but a header', () => pageBytes(pagesOf(xiph('opusenc.opus'))[0]!)],
		['no beginning', () => join(pagesOf(xiph('opusenc.opus')).slice(2))],
		['zeros', () => new Uint8Array(1000)],
		['nothing', () => new Uint8Array(0)],
	])('that holds %s is damaged', async (_, make) => {
		expect(await thrownBy(() => inspect(make()))).toBeInstanceOf(UnreadableAudioError);
		expect((await decode(make())).error).toBeInstanceOf(UnreadableAudioError);
	});

	test('with whatever in it leads to an end, and to no other error', async () => {
		const random = seeded(20261122);
		const files = ['opusenc.opus', 'voip.ogg', 'vorbis-8k.ogg', 'said-44k.ogg', 'surround.opus'];
		for (let round = 0; round < 150; round++) {
			const source = watchedSource(mutated(xiph(files[round % files.length]!), random));
			const inspected = await inspectOgg(source).catch((error: unknown) => error);
			if (inspected instanceof Error) expect(inspected).toBeInstanceOf(UnreadableAudioError);
			const { samples, error } = await decodeAll(decodeOgg(source));
			if (!isExpected(error)) throw error;
			expect(samples.reduce((sum, sample) => sum + sample, 0)).not.toBeNaN();
		}
	});
});

/** Each packet of a page in a page of its own; all packets last 20 ms. */
function onePacketPages(page: TestPage): TestPage[] {
	const packets = packetsOf([page]);
	return packets.map((packet, index) => {
		const isLast = index === packets.length - 1;
		return {
			serial: page.serial,
			flags: isLast ? page.flags : 0,
			granule:
				isLast && page.flags & LAST
					? page.granule
					: firstGranule(page, packets.length) + (index + 1) * 960,
			lacing: [packet.length],
			body: packet,
		};
	});
}

/** Where a page's first packet begins; the last page of a stream states less than it holds. */
function firstGranule({ flags, granule }: TestPage, packets: number): number {
	return flags & LAST ? Math.floor(granule / 48_000) * 48_000 : granule - packets * 960;
}
