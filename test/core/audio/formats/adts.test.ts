import { TruncatedAudioError, UnreadableAudioError } from '../../../../core/audio/errors';
import { decodeAdts, inspectAdts } from '../../../support/audio/formats';
import { bytesSource, type ByteSource } from '../../../../core/audio/source/bytes';
import { hearDigits } from '../../../../dev/service/dtmf';
import { accessUnitsOf, adtsOf } from '../../../support/audio/aacReferences';
import {
	BitWriter,
	ID,
	RandomStream,
	adtsFrame,
	randomSource,
} from '../../../support/audio/aacWriter';
import { ascii, concat, id3Tag, recording } from '../../../support/audio/recordings';
import { thrownBy } from '../../../support/core';

const DIGITS = recording('aac/digits.aac');

interface Decoded {
	samples: Float32Array;
	sampleRate: number;
	blocks: number;
	error: unknown;
}

async function decode(source: Uint8Array | ByteSource): Promise<Decoded> {
	const blocks: Float32Array[] = [];
	let sampleRate = 0;
	const error = await failureOf(async () => {
		const input = source instanceof Uint8Array ? bytesSource(source) : source;
		for await (const block of decodeAdts(input)) {
			blocks.push(block.samples.slice());
			sampleRate = block.sampleRate;
		}
	});
	const samples = new Float32Array(blocks.reduce((sum, { length }) => sum + length, 0));
	let filled = 0;
	for (const block of blocks) {
		samples.set(block, filled);
		filled += block.length;
	}
	return { samples, sampleRate, blocks: blocks.length, error };
}

/** Compares samples at once; matchers take them one by one. */
function areSame(a: Float32Array, b: Float32Array): boolean {
	const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array): Buffer =>
		Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength);
	return bytesOf(a).equals(bytesOf(b));
}

/** What an action throws, if it does. */
async function failureOf(action: () => Promise<unknown>): Promise<unknown> {
	return await action().then(
		() => undefined,
		(error: unknown) => error,
	);
}

/** The frames of an ADTS file. */
function split(bytes: Uint8Array): Uint8Array[] {
	const frames: Uint8Array[] = [];
	for (let at = 0; at < bytes.length; at += frames.at(-1)!.length) {
		const size = ((bytes[at + 3]! & 3) << 11) | (bytes[at + 4]! << 3) | (bytes[at + 5]! >> 5);
		frames.push(bytes.subarray(at, at + size));
	}
	return frames;
}

describe('An ADTS file', () => {
	test('is inspected by counting its frames', async () => {
		const count = split(DIGITS).length;
		const duration = (count * 1024) / 22050;
		expect(await inspectAdts(bytesSource(DIGITS))).toEqual({
			codec: 'aac',
			channels: 2,
			sampleRate: 22050,
			duration,
			bitRate: Math.round((DIGITS.length * 8) / duration),
		});
	});

	test('is decoded to mono: the digits in it are heard', async () => {
		const { samples, sampleRate, error } = await decode(DIGITS);
		expect(error).toBeUndefined();
		expect(sampleRate).toBe(22050);
		expect(samples).toHaveLength(split(DIGITS).length * 1024);
		const digits = hearDigits(samples, sampleRate);
		expect(digits.map(({ digit }) => digit).join('')).toBe('0123456789');
	});

	test('may have tags in front, between its frames and at its end', async () => {
		const frames = split(DIGITS);
		const tagged = concat(
			id3Tag(70_000),
			...frames.slice(0, 20),
			id3Tag(10),
			...frames.slice(20),
			ascii('TAG'),
			new Uint8Array(125),
		);
		const { samples, error } = await decode(tagged);
		expect(error).toBeUndefined();
		expect(areSame(samples, (await decode(DIGITS)).samples)).toBe(true);
		expect((await inspectAdts(bytesSource(tagged))).duration).toBe(
			(await inspectAdts(bytesSource(DIGITS))).duration,
		);
	});

	test('is found again behind bytes that do not belong to it', async () => {
		const frames = split(DIGITS);
		const random = randomSource(3);
		const garbage = Uint8Array.from({ length: 3000 }, () => random(256));
		const mended = concat(garbage, ...frames.slice(0, 30), garbage, ...frames.slice(30));
		const { samples, error } = await decode(mended);
		expect(error).toBeUndefined();
		expect(areSame(samples, (await decode(DIGITS)).samples)).toBe(true);
	});

	test('may have checksums and several raw data blocks in a frame', async () => {
		const units = accessUnitsOf('mono').filter((unit) => unit.length < 2000);
		const options = { sampleRateIndex: 8, channelConfiguration: 1 };
		const plain = concat(...units.map((unit) => adtsFrame([unit], options)));
		const expected = await decode(plain);
		for (const hasCrc of [false, true]) {
			for (const blocks of [1, 2, 4]) {
				const frames: Uint8Array[] = [];
				for (let at = 0; at < units.length; at += blocks) {
					frames.push(adtsFrame(units.slice(at, at + blocks), { ...options, hasCrc }));
				}
				const packed = concat(...frames);
				const { samples, error } = await decode(packed);
				expect(error).toBeUndefined();
				expect(areSame(samples, expected.samples)).toBe(true);
				expect((await inspectAdts(bytesSource(packed))).duration).toBe(
					(units.length * 1024) / 16000,
				);
			}
		}
	});

	test('without a channel configuration is asked for its channels', async () => {
		const stream = new RandomStream(randomSource(9), 4);
		const units = Array.from({ length: 4 }, () => {
			const writer = new BitWriter();
			stream.single(writer);
			stream.pair(writer, { channel: 1 });
			return writer.put(ID.END, 3).bytes();
		});
		const bytes = concat(...units.map((unit) => adtsFrame([unit], { channelConfiguration: 0 })));
		expect(await inspectAdts(bytesSource(bytes))).toMatchObject({ channels: 3, sampleRate: 44100 });
	});

	test('of another profile is refused by its name', async () => {
		for (const [objectType, name] of [
			[1, 'AAC Main'],
			[3, 'AAC SSR'],
			[4, 'AAC-LTP'],
		] as const) {
			const units = accessUnitsOf('mono').slice(0, 5);
			const bytes = concat(...units.map((unit) => adtsFrame([unit], { objectType })));
			for (const error of [
				await thrownBy(async () => inspectAdts(bytesSource(bytes))),
				(await decode(bytes)).error,
			]) {
				expect(error).toBeInstanceOf(UnreadableAudioError);
				expect((error as Error).message).toBe(`it is in ${name}, an unsupported AAC profile`);
			}
		}
	});

	test('that is cut off gives what is there, and says so', async () => {
		const whole = await decode(DIGITS);
		const frames = split(DIGITS);
		const cut = concat(...frames.slice(0, 40), frames[40]!.subarray(0, 100));
		const { samples, error } = await decode(cut);
		expect(areSame(samples, whole.samples.subarray(0, 40 * 1024))).toBe(true);
		expect(error).toBeInstanceOf(TruncatedAudioError);
		expect((error as Error).message).toBe('it ends in the middle of an AAC frame');
	});

	test('with damaged frames keeps its time, and says so', async () => {
		const whole = await decode(DIGITS);
		const frames = split(DIGITS).map((frame) => frame.slice());
		for (const index of [10, 11, 30]) frames[index]!.fill(0xff, 7);
		const { samples, error } = await decode(concat(...frames));
		expect(samples).toHaveLength(whole.samples.length);
		expect(samples.subarray(11 * 1024, 12 * 1024).every((sample) => sample === 0)).toBe(true);
		expect(areSame(samples.subarray(35 * 1024), whole.samples.subarray(35 * 1024))).toBe(true);
		expect(error).toBeInstanceOf(TruncatedAudioError);
		expect((error as Error).message).toBe(`3 of ${frames.length} packets could not be decoded`);
	});

	test('in which nothing can be read is damaged', async () => {
		const random = randomSource(4);
		const noise = Uint8Array.from({ length: 200_000 }, () => random(256));
		const hollow = concat(...split(DIGITS).map((frame) => frame.slice().fill(0xff, 7)));
		for (const [bytes, message] of [
			[noise, 'it has no AAC frames'],
			[new Uint8Array(0), 'it has no AAC frames'],
			[id3Tag(100), 'it has no AAC frames'],
			[DIGITS.subarray(0, 10), 'it has no AAC frames'],
			[hollow, 'nothing in it can be decoded'],
		] as const) {
			const { samples, error } = await decode(bytes);
			expect(samples).toHaveLength(0);
			expect(error).toBeInstanceOf(UnreadableAudioError);
			expect((error as Error).message).toBe(message);
		}
	});

	test('is read forward, in pieces', async () => {
		const long = concat(...new Array<Uint8Array>(10).fill(DIGITS));
		let latest = 0;
		const source: ByteSource = {
			size: long.length,
			read: async (position, length) => {
				expect(position).toBeGreaterThanOrEqual(latest);
				expect(length).toBeLessThanOrEqual(64 * 1024);
				latest = position;
				return long.slice(position, position + length);
			},
		};
		const { samples, blocks, error } = await decode(source);
		expect(error).toBeUndefined();
		expect(samples).toHaveLength(10 * split(DIGITS).length * 1024);
		expect(blocks).toBe(Math.ceil(samples.length / 8192));
	});

	test('that is mutated or cut anywhere does nothing worse than to say so', async () => {
		const seeds = [DIGITS, adtsOf('mono'), adtsOf('stereo')].map((bytes) =>
			bytes.subarray(0, 2500),
		);
		const random = randomSource(12);
		for (let round = 0; round < 300; round++) {
			const bytes = seeds[round % seeds.length]!.slice();
			for (let change = random(20); change >= 0; change--)
				bytes[random(bytes.length)] = random(256);
			const cut = random(3) === 0 ? bytes.subarray(0, random(bytes.length)) : bytes;
			const { samples, error } = await decode(cut);
			if (error !== undefined) {
				const isExpected =
					error instanceof TruncatedAudioError ||
					(error instanceof UnreadableAudioError && samples.length === 0);
				expect(isExpected).toBe(true);
			}
			expect(samples.every(Number.isFinite)).toBe(true);
			const failure = await failureOf(async () => inspectAdts(bytesSource(cut)));
			expect(failure === undefined || failure instanceof UnreadableAudioError).toBe(true);
		}
	});
});
