import { TruncatedAudioError, UnreadableAudioError } from '../../../../core/audio/errors';
import { bytesSource } from '../../../../core/audio/source/bytes';
import { decodeMatroska, inspectMatroska } from '../../../support/audio/formats';
import {
	decodeAll,
	type Decoded,
	heard,
	isExpected,
	later,
	mutated,
	packetsOf,
	pagesOf,
	seeded,
	TONES,
	TONES_SECONDS,
	watchedSource,
	xiph,
} from '../../../support/audio/oggFiles';
import { ascii, concat } from '../../../support/audio/recordings';
import { thrownBy } from '../../../support/core';

const decode = (bytes: Uint8Array): Promise<Decoded> =>
	decodeAll(decodeMatroska(bytesSource(bytes)));
const inspect = (bytes: Uint8Array) => inspectMatroska(bytesSource(bytes));

const UNKNOWN = Uint8Array.of(0xff);

/** An element; its size takes four bytes, or is left open. */
function element(id: number, body: Uint8Array, size = sizeOf(body.length)): Uint8Array {
	const idBytes = [24, 16, 8, 0]
		.map((shift) => (id >>> shift) & 0xff)
		.filter((byte, index, all) => all.slice(0, index + 1).some(Boolean) || byte);
	return concat(Uint8Array.from(idBytes), size, body);
}

function sizeOf(length: number): Uint8Array {
	return Uint8Array.of(0x10 | (length >>> 24), length >>> 16, length >>> 8, length);
}

const unsigned = (id: number, ...bytes: number[]): Uint8Array =>
	element(id, Uint8Array.from(bytes));

const HEADER = element(0x1a45dfa3, element(0x4282, ascii('webm')));
const [HEAD, , ...PACKETS] = packetsOf(pagesOf(xiph('opusenc.opus')));
const FRAME_MILLISECONDS = 20;

function tracks({
	codec = 'A_OPUS',
	codecPrivate = HEAD!,
	more = new Uint8Array(0),
}: { codec?: string; codecPrivate?: Uint8Array; more?: Uint8Array } = {}): Uint8Array {
	const entry = (number: number, type: number, ...parts: Uint8Array[]): Uint8Array =>
		element(0xae, concat(unsigned(0xd7, number), unsigned(0x83, type), ...parts));
	const video = entry(1, 1, element(0x86, ascii('V_VP8')));
	const audio = entry(2, 2, element(0x86, ascii(codec)), element(0x63a2, codecPrivate), more);
	return element(0x1654ae6b, concat(video, audio));
}

function block(time: number, flags: number, ...parts: Uint8Array[]): Uint8Array {
	return concat(Uint8Array.of(0x82, time >> 8, time, flags), ...parts);
}

const simpleBlock = (time: number, flags: number, ...parts: Uint8Array[]): Uint8Array =>
	element(0xa3, block(time, flags, ...parts));

/** One cluster of all packets, each in a simple block. */
function plainCluster(packets: Uint8Array[], size?: Uint8Array): Uint8Array {
	const blocks = packets.map((packet, index) =>
		simpleBlock(index * FRAME_MILLISECONDS, 0x80, packet),
	);
	return element(0x1f43b675, concat(unsigned(0xe7, 0), ...blocks), size);
}

function segment(...parts: Uint8Array[]): Uint8Array {
	return concat(HEADER, element(0x18538067, concat(...parts), UNKNOWN));
}

/** Packets laced in fours. */
function laced(flags: number, sizes: (lengths: number[]) => number[]): Uint8Array {
	const blocks: Uint8Array[] = [];
	for (let first = 0; first + 4 <= PACKETS.length; first += 4) {
		const group = PACKETS.slice(first, first + 4);
		const head = Uint8Array.of(3, ...sizes(group.map(({ length }) => length)));
		blocks.push(simpleBlock(first * FRAME_MILLISECONDS, flags, head, ...group));
	}
	return segment(tracks(), element(0x1f43b675, concat(unsigned(0xe7, 0), ...blocks)));
}

const xiphSize = (length: number): number[] =>
	length < 255 ? [length] : [255, ...xiphSize(length - 255)];
const ebmlSize = (length: number): number[] => [0x40 | (length >> 8), length & 0xff];

describe('A WebM file', () => {
	test.each([
		['opus.webm', 'opus', 2, 48000, 16000],
		['pipe.webm', 'opus', 1, 48000, 16000],
		['live.webm', 'opus', 1, 48000, 16000],
		['video.webm', 'opus', 1, 48000, 16000],
		['vorbis.mkv', 'vorbis', 1, 8000, 8000],
	])('tells what it is, and is heard in full and in time: %s', async (...row) => {
		const [name, codec, channels, sampleRate, decodedRate] = row;
		const info = await inspect(xiph(name));
		expect(info).toMatchObject({ codec, channels, sampleRate });
		expect(Math.abs(info.duration - TONES_SECONDS)).toBeLessThan(0.04);

		const decoded = await decode(xiph(name));
		expect(decoded.error).toBeUndefined();
		expect(decoded.sampleRate).toBe(decodedRate);
		expect(Math.abs(decoded.seconds - TONES_SECONDS)).toBeLessThan(0.03);
		expect(heard(decoded)).toEqual(TONES);
	});

	test('has the end left out that it says is to be left out', async () => {
		expect((await decode(xiph('opus.webm'))).samples.length).toBe(TONES_SECONDS * 16000);
	});

	test('may leave sizes open and have anything in between', async () => {
		const bytes = segment(
			element(0xec, new Uint8Array(5000)),
			tracks(),
			element(0x1254c367, new Uint8Array(300).fill(0x1f)),
			plainCluster(PACKETS.slice(0, 30), UNKNOWN),
			element(0x1c53bb6b, new Uint8Array(40)),
			element(0x1f43b675, concat(unsigned(0xe7, 600 >> 8, 600 & 0xff)), UNKNOWN),
			...PACKETS.slice(30).flatMap((packet, index) => [
				simpleBlock(index * FRAME_MILLISECONDS, 0, packet),
				element(0xa3, concat(Uint8Array.of(0x81, 0, 0, 0), new Uint8Array(2000))),
				element(0xec, new Uint8Array(3)),
			]),
		);
		const decoded = await decode(bytes);
		expect(decoded.error).toBeUndefined();
		expect(heard(decoded)).toEqual(TONES);
		const expected = PACKETS.length * 0.02 - 312 / 48000;
		expect((await inspect(bytes)).duration).toBeCloseTo(expected, 4);
		expect(decoded.seconds).toBeCloseTo(expected, 4);
	});

	test.each([
		['Xiph', 0x02, (lengths: number[]) => lengths.slice(0, 3).flatMap(xiphSize)],
		[
			'EBML',
			0x06,
			([first, ...others]: number[]) => [
				...ebmlSize(first!),
				...others
					.slice(0, 2)
					.flatMap((length, index) => ebmlSize(length - [first!, ...others][index]! + 0x1fff)),
			],
		],
	])('may have several packets in a block, with lacing as in %s', async (_, flags, sizes) => {
		const decoded = await decode(laced(flags, sizes));
		expect(decoded.error).toBeUndefined();
		expect(heard(decoded)).toEqual(TONES);
	});

	test('may have several packets of one size in a block', async () => {
		const silence = Uint8Array.of(0x0b, 0x01, 0, 0, 0, 0);
		const bytes = segment(
			tracks(),
			element(0x1f43b675, simpleBlock(0, 0x04, Uint8Array.of(4), ...Array(5).fill(silence))),
		);
		expect((await decode(bytes)).seconds).toBeCloseTo(0.1 - 312 / 48000, 4);
	});

	test('may have blocks in groups', async () => {
		const group = (packet: Uint8Array, time: number): Uint8Array =>
			element(0xa0, concat(element(0xa1, block(time, 0, packet)), unsigned(0x9b, 20)));
		const groups = PACKETS.map((packet, index) => group(packet, index * FRAME_MILLISECONDS));
		const bytes = segment(tracks(), element(0x1f43b675, concat(unsigned(0xe7, 0), ...groups)));
		expect(heard(await decode(bytes))).toEqual(TONES);
	});

	test('may have bytes taken from the beginning of each packet', async () => {
		const packets = PACKETS.slice(20);
		const common = packets[0]!.subarray(0, 1);
		expect(packets.every((packet) => packet[0] === common[0])).toBe(true);
		const compression = element(0x5034, concat(unsigned(0x4254, 3), element(0x4255, common)));
		const more = element(0x6d80, element(0x6240, compression));
		const stripped = packets.map((packet) => packet.subarray(1));
		const whole = await decode(segment(tracks(), plainCluster(packets)));
		const decoded = await decode(segment(tracks({ more }), plainCluster(stripped)));
		expect(decoded.samples).toEqual(whole.samples);
	});

	test('may have a block of any size where beginnings are left out', async () => {
		const compression = element(0x5034, concat(unsigned(0x4254, 3), unsigned(0x4255, 0)));
		const more = element(0x6d80, element(0x6240, compression));
		const huge = simpleBlock(0, 0x80, new Uint8Array(500_000));
		const [, ...packets] = PACKETS.map((packet) => concat(Uint8Array.of(0), packet.subarray(1)));
		const cluster = element(
			0x1f43b675,
			concat(unsigned(0xe7, 0), huge, simpleBlock(20, 0x80, packets[0]!)),
		);
		const { error } = await decode(segment(tracks({ more }), cluster));
		expect(isExpected(error)).toBe(true);
	});

	test('that is made of nothing but tracks is soon refused', async () => {
		const entries = Uint8Array.from({ length: 2_000_000 }, (_, index) => (index % 2 ? 0x80 : 0xae));
		const before = process.threadCpuUsage().user;
		const error = await thrownBy(() => inspect(segment(element(0x1654ae6b, entries))));
		expect(error).toBeInstanceOf(UnreadableAudioError);
		expect(process.threadCpuUsage().user - before).toBeLessThan(200_000);
	});

	test('begins when its first block does, whatever its clock says', async () => {
		const bytes = segment(
			tracks(),
			element(0x1f43b675, unsigned(0xe7, 0x10, 0, 0), UNKNOWN),
			...PACKETS.map((packet, index) => simpleBlock(index * FRAME_MILLISECONDS, 0, packet)),
		);
		expect(heard(await decode(bytes))).toEqual(TONES);
		expect((await inspect(bytes)).duration).toBeLessThan(1.4);
	});

	test('keeps its times where blocks are missing', async () => {
		const blocks = PACKETS.map((packet, index) =>
			simpleBlock(index * FRAME_MILLISECONDS, 0, packet),
		);
		blocks.splice(19, 8);
		const decoded = await decode(segment(tracks(), element(0x1f43b675, concat(...blocks))));
		expect(heard(decoded)).toEqual(TONES.filter(([digit]) => digit !== '5'));
	});

	test('may be two recordings joined', async () => {
		const decoded = await decode(concat(xiph('live.webm'), xiph('live.webm')));
		expect(heard(decoded)).toEqual([...TONES, ...later(TONES_SECONDS)]);
	});

	test('is read over bytes that make no sense, which is told at the end', async () => {
		const bytes = segment(
			tracks(),
			plainCluster(PACKETS.slice(0, 15)),
			new Uint8Array(90_000),
			element(0x1f43b675, unsigned(0xe7, 300 >> 8, 300 & 0xff), UNKNOWN),
			...PACKETS.slice(15).map((packet, index) =>
				simpleBlock(index * FRAME_MILLISECONDS, 0, packet),
			),
		);
		const decoded = await decode(bytes);
		expect(heard(decoded)).toEqual(TONES);
		expect(decoded.error).toBeInstanceOf(TruncatedAudioError);
	});

	test.each(['opus.webm', 'live.webm'])(
		'gives what it holds when it is cut off: %s',
		async (name) => {
			const bytes = xiph(name);
			const decoded = await decode(bytes.subarray(0, Math.round(bytes.length * 0.7)));
			expect(decoded.error).toBeInstanceOf(TruncatedAudioError);
			const digits = heard(decoded);
			expect(digits.length).toBeGreaterThanOrEqual(2);
			expect(TONES.slice(0, digits.length)).toEqual(digits);
		},
	);

	test.each([
		[
			'AC-3',
			() => segment(tracks({ codec: 'A_AC3' })),
			'its audio is of a kind that cannot be read (A_AC3)',
		],
		[
			'a name that objects have',
			() => segment(tracks({ codec: 'constructor' })),
			'its audio is of a kind that cannot be read (constructor)',
		],
		['no audio', () => segment(element(0x1654ae6b, new Uint8Array(0))), 'it holds no audio track'],
		['no sound', () => segment(tracks()), 'its audio track has no sound'],
		['nothing', () => HEADER, 'it holds no audio track'],
		[
			'a header of Opus that is cut short',
			() => segment(tracks({ codecPrivate: HEAD!.subarray(0, 12) }), plainCluster(PACKETS)),
			'its Opus header is cut short',
		],
	])('with %s says so', async (_, make, message) => {
		const error = await thrownBy(() => inspect(make()));
		expect(error).toBeInstanceOf(UnreadableAudioError);
		expect((error as Error).message).toBe(message);
		expect((await decode(make())).error).toBeInstanceOf(UnreadableAudioError);
	});

	test('with whatever in it leads to an end, and to no other error', async () => {
		const random = seeded(20261123);
		const files = ['opus.webm', 'live.webm', 'video.webm', 'vorbis.mkv'];
		for (let round = 0; round < 150; round++) {
			const source = watchedSource(mutated(xiph(files[round % files.length]!), random));
			const inspected = await inspectMatroska(source).catch((error: unknown) => error);
			if (inspected instanceof Error) expect(inspected).toBeInstanceOf(UnreadableAudioError);
			const { samples, error } = await decodeAll(decodeMatroska(source));
			if (!isExpected(error)) throw error;
			expect(samples.reduce((sum, sample) => sum + sample, 0)).not.toBeNaN();
		}
	});
});
