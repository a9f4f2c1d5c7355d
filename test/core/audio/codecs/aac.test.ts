import { UnreadableAudioError } from '../../../../core/audio/errors';
import { parseAudioSpecificConfig } from '../../../../core/audio/codecs/aac/audioSpecificConfig';
import { AacDecoder } from '../../../../core/audio/codecs/aac/decoder';
import {
	REFERENCES,
	accessUnitsOf,
	type ReferenceName,
} from '../../../support/audio/aacReferences';
import { BitWriter, ID, RandomStream, randomSource } from '../../../support/audio/aacWriter';
import { recording } from '../../../support/audio/recordings';
import { thrownBy } from '../../../support/core';

const LC_44100 = { sampleRateIndex: 4, channelConfiguration: 2 };

/** Frames of random content, each built by one call. */
function frames(count: number, build: (writer: BitWriter, stream: RandomStream) => void, seed = 7) {
	const stream = new RandomStream(randomSource(seed), 4, 1024, { hasNoise: false });
	return Array.from({ length: count }, () => {
		const writer = new BitWriter();
		build(writer, stream);
		return writer.put(ID.END, 3).bytes();
	});
}

function decodeAll(decoder: AacDecoder, units: Uint8Array[]): Float32Array[][] {
	return units.map((unit) => decoder.decode(unit).map((output) => output.slice()));
}

/** Decibels of a signal over its difference from another. */
function signalToNoise(expected: ArrayLike<number>, actual: ArrayLike<number>): number {
	let signal = 0;
	let noise = 0;
	for (let n = 0; n < expected.length; n++) {
		signal += expected[n]! ** 2;
		noise += (expected[n]! - actual[n]!) ** 2;
	}
	return 10 * Math.log10(signal / (noise + Number.MIN_VALUE));
}

function meanOf(channels: Float32Array[]): Float32Array {
	return channels[0]!.map(
		(_, n) => channels.reduce((sum, channel) => sum + channel[n]!, 0) / channels.length,
	);
}

describe('AAC-LC', () => {
	test.each(Object.keys(REFERENCES) as ReferenceName[])(
		'is decoded as ffmpeg does it, with all its tools: %s',
		(name) => {
			const { sampleRateIndex, channels, frameLength } = REFERENCES[name];
			const decoder = new AacDecoder({
				sampleRateIndex,
				channelConfiguration: channels,
				frameLength,
			});
			const decoded: number[] = [];
			for (const output of decodeAll(decoder, accessUnitsOf(name))) {
				expect(output.map(({ length }) => length)).toEqual(
					new Array<number>(channels).fill(frameLength),
				);
				for (let n = 0; n < frameLength; n += 16) {
					decoded.push(...output.map((channel) => channel[n]!));
				}
			}
			const expected = new Float32Array(recording(`aac/${name}.f32`).buffer);
			expect(decoded).toHaveLength(expected.length);
			expect(signalToNoise(expected, decoded)).toBeGreaterThan(110);
		},
	);

	test('mixed to mono is the mean of its channels, whatever their windows are', () => {
		const units = frames(60, (writer, stream) => {
			stream.pair(writer);
			stream.single(writer, { channel: 2 });
		});
		const planar = decodeAll(new AacDecoder(LC_44100), units);
		const mono = decodeAll(new AacDecoder(LC_44100, { isMono: true }), units);
		mono.forEach((output, frame) => {
			expect(output).toHaveLength(1);
			expect(signalToNoise(meanOf(planar[frame]!), output[0]!)).toBeGreaterThan(100);
		});
	});

	test('mixed to mono leaves out the channel for low frequency effects', () => {
		let channelsToWrite = 0;
		const build = (writer: BitWriter, stream: RandomStream): void => {
			stream.pair(writer);
			channelsToWrite = 2;
			stream.single(writer, { channel: channelsToWrite, id: ID.LFE });
		};
		const units = frames(20, build);
		const planar = decodeAll(new AacDecoder(LC_44100), units);
		const mono = decodeAll(new AacDecoder(LC_44100, { isMono: true }), units);
		mono.forEach((output, frame) => {
			expect(planar[frame]).toHaveLength(3);
			expect(signalToNoise(meanOf(planar[frame]!.slice(0, 2)), output[0]!)).toBeGreaterThan(100);
		});
	});

	test('gives the channels of 5.1 in the order of the bitstream', () => {
		const [unit] = frames(1, (writer, stream) => {
			stream.single(writer);
			stream.pair(writer, { channel: 1 });
			stream.pair(writer, { channel: 3, tag: 1 });
			stream.single(writer, { channel: 5, id: ID.LFE });
		});
		const decoder = new AacDecoder({ sampleRateIndex: 4, channelConfiguration: 6 });
		expect(decoder.decode(unit!)).toHaveLength(6);
		expect(decoder.consumedBytes).toBe(unit!.length);
	});

	test('passes over what is not heard: data, fill, coupling and program config elements', () => {
		const clutter: ((writer: BitWriter, stream: RandomStream) => void)[] = [
			(writer) => writer.put(ID.DSE, 3).put(0, 4).put(0, 1).put(3, 8).put(0xabcdef, 24),
			(writer) => {
				writer.put(ID.DSE, 3).put(0, 4).put(1, 1).put(255, 8).put(2, 8).align();
				for (let byte = 0; byte < 257; byte++) writer.put(byte % 256, 8);
			},
			(writer) => {
				writer.put(ID.FIL, 3).put(15, 4).put(10, 8);
				for (let byte = 0; byte < 24; byte++) writer.put(byte, 8);
			},
			(writer) => writer.put(ID.FIL, 3).put(0, 4),
			(writer) => programConfig(writer.put(ID.PCE, 3)),
			(writer, stream) => stream.coupling(writer, 5),
		];
		const plain = frames(40, (writer, stream) => {
			// Drawn all the same, so that both streams get the same numbers.
			stream.coupling(new BitWriter(), 5);
			stream.pair(writer);
		});
		let frame = 0;
		const cluttered = frames(40, (writer, stream) => {
			const kind = frame++ % clutter.length;
			if (kind !== 5) stream.coupling(new BitWriter(), 5);
			clutter[kind]!(writer, stream);
			stream.pair(writer);
		});
		expect(decodeAll(new AacDecoder(LC_44100), cluttered)).toEqual(
			decodeAll(new AacDecoder(LC_44100), plain),
		);
	});

	test('is found inside HE-AAC, whose additions in fill elements are ignored', () => {
		const SBR_DATA = 13;
		const plain = frames(12, (writer, stream) => stream.single(writer));
		const wrapped = frames(12, (writer, stream) => {
			stream.single(writer);
			writer.put(ID.FIL, 3).put(14, 4).put(SBR_DATA, 4);
			for (let bit = 0; bit < 14 * 8 - 4; bit++) writer.put(bit % 3 === 0 ? 1 : 0, 1);
		});
		// AOT 29, core 44100 Hz mono, extended to 88200 Hz.
		const decoder = new AacDecoder(config([29, 5], [4, 4], [1, 4], [1, 4], [2, 5], [0, 3]));
		expect(decoder.sampleRate).toBe(44100);
		expect(decodeAll(decoder, wrapped)).toEqual(decodeAll(new AacDecoder(LC_44100), plain));
	});

	test('substitutes noise of the stated energy, and one for both channels where the pair says so', () => {
		for (const [mask, isShared] of [
			[0, false],
			[2, true],
		] as const) {
			const writer = new BitWriter().put(ID.CPE, 3).put(0, 4).put(1, 1);
			// Long window, sine, 10 bands, no prediction.
			writer.put(0, 1).put(0, 2).put(0, 1).put(10, 6).put(0, 1).put(mask, 2);
			for (let channel = 0; channel < 2; channel++) {
				// All bands in codebook 13, the first energy in 9 bits, then "as before" nine times.
				writer.put(150, 8).put(13, 4).put(10, 5).put(256, 9).put(0, 9).put(0, 3);
			}
			const unit = writer.put(ID.END, 3).bytes();
			const decoder = new AacDecoder(LC_44100);
			let energies = [0, 0];
			let isSame = true;
			for (let frame = 0; frame < 200; frame++) {
				const [left, right] = decoder.decode(unit) as [Float32Array, Float32Array];
				isSame &&= left.every((sample, n) => sample === right[n]);
				energies = [left, right].map(
					(channel, index) =>
						energies[index]! + channel.reduce((sum, sample) => sum + sample * sample, 0),
				);
			}
			expect(isSame).toBe(isShared);
			// Ten bands of energy 2^((150 - 90) / 2) each; the transform keeps 2 / 1024 of it per sample pair.
			const expected = (10 * 2 ** 30) / 32768 ** 2 / 1024;
			for (const energy of energies) {
				expect(energy / 200 / expected).toBeGreaterThan(0.45);
				expect(energy / 200 / expected).toBeLessThan(0.55);
			}
		}
	});

	test('fades out where a frame is lost, and goes on', () => {
		const units = accessUnitsOf('mono');
		const decoder = new AacDecoder({ sampleRateIndex: 8, channelConfiguration: 1 });
		expect(decoder.conceal()).toEqual([new Float32Array(1024)]);
		decodeAll(decoder, units.slice(0, 4));
		const [faded] = decoder.conceal();
		expect(faded!.some((sample) => sample !== 0)).toBe(true);
		expect(decoder.conceal()).toEqual([new Float32Array(1024)]);
		expect(decoder.decode(units[5]!)[0]).toHaveLength(1024);
	});

	test('refuses damaged frames, and nothing else happens', async () => {
		const decoder = new AacDecoder(LC_44100);
		const [unit] = frames(1, (writer, stream) => stream.pair(writer));
		const damages = [
			new Uint8Array(0),
			unit!.subarray(0, unit!.length >> 1),
			new BitWriter().put(ID.END, 3).bytes(),
			new Uint8Array(100_000),
			new Uint8Array(1000).fill(0xff),
		];
		for (const damage of damages) {
			expect(await thrownBy(async () => decoder.decode(damage))).toBeInstanceOf(
				UnreadableAudioError,
			);
		}
		expect(decoder.decode(unit!)).toEqual(new AacDecoder(LC_44100).decode(unit!));
	});
});

describe('An AudioSpecificConfig', () => {
	const lc = { objectType: 2, frameLength: 1024, hasSbr: false, hasPs: false, profile: 'AAC-LC' };

	test('of AAC-LC tells rate, channels and frame length', () => {
		expect(parseAudioSpecificConfig(Uint8Array.of(0x12, 0x10))).toEqual({
			...lc,
			sampleRate: 44100,
			coreSampleRate: 44100,
			sampleRateIndex: 4,
			channelConfiguration: 2,
			channels: 2,
		});
		expect(parseAudioSpecificConfig(config([2, 5], [8, 4], [7, 4], [1, 1], [0, 2]))).toMatchObject({
			sampleRate: 16000,
			channels: 8,
			frameLength: 960,
		});
	});

	test('may state a rate that no table has', () => {
		const parsed = parseAudioSpecificConfig(config([2, 5], [15, 4], [22000, 24], [1, 4], [0, 3]));
		expect(parsed).toMatchObject({ coreSampleRate: 22000, sampleRateIndex: 7 });
		expect(new AacDecoder(parsed).sampleRate).toBe(22000);
	});

	test('may lay out its channels in a program config element', () => {
		const writer = new BitWriter().put(2, 5).put(3, 4).put(0, 4).put(0, 3);
		programConfig(writer);
		expect(parseAudioSpecificConfig(writer.bytes())).toMatchObject({
			channelConfiguration: 0,
			channels: 4,
		});
	});

	test.each([
		['HE-AAC', config([5, 5], [7, 4], [2, 4], [4, 4], [2, 5], [0, 3]), false, 2],
		['HE-AAC v2', config([29, 5], [7, 4], [1, 4], [4, 4], [2, 5], [0, 3]), true, 1],
		[
			'HE-AAC',
			config([2, 5], [7, 4], [2, 4], [0, 3], [0x2b7, 11], [5, 5], [1, 1], [4, 4]),
			false,
			2,
		],
		[
			'HE-AAC v2',
			config(
				[2, 5],
				[7, 4],
				[1, 4],
				[0, 3],
				[0x2b7, 11],
				[5, 5],
				[1, 1],
				[4, 4],
				[0x548, 11],
				[1, 1],
			),
			true,
			1,
		],
	])('of %s tells the core as well as what is around it', (profile, bytes, hasPs, channels) => {
		expect(parseAudioSpecificConfig(bytes)).toMatchObject({
			profile,
			objectType: 2,
			sampleRate: 44100,
			coreSampleRate: 22050,
			hasSbr: true,
			hasPs,
			channels,
		});
	});

	test.each([
		[1, 'AAC Main'],
		[3, 'AAC SSR'],
		[4, 'AAC-LTP'],
		[17, 'ER AAC-LC'],
		[23, 'AAC-LD'],
	])('of another profile is refused by its name: %i', async (objectType, name) => {
		const bytes = config([objectType, 5], [4, 4], [2, 4], [0, 3]);
		const error = await thrownBy(async () => new AacDecoder(bytes));
		expect(error).toBeInstanceOf(UnreadableAudioError);
		expect((error as Error).message).toBe(`it is in ${name}, an unsupported AAC profile`);
	});

	test('of xHE-AAC and AAC-ELD is refused, whose types are escaped', async () => {
		for (const [escaped, name] of [
			[42 - 32, 'xHE-AAC'],
			[39 - 32, 'AAC-ELD'],
		] as const) {
			const bytes = config([31, 5], [escaped, 6], [4, 4], [2, 4], [0, 3]);
			const error = await thrownBy(async () => new AacDecoder(bytes));
			expect((error as Error).message).toContain(name);
		}
	});

	test('that makes no sense is refused', async () => {
		const nonsense = [
			new Uint8Array(0),
			Uint8Array.of(0x12),
			config([2, 5], [13, 4], [2, 4], [0, 3]),
			config([2, 5], [15, 4], [0, 24], [2, 4], [0, 3]),
			config([2, 5], [4, 4], [9, 4], [0, 3]),
		];
		for (const bytes of nonsense) {
			const error = await thrownBy(async () => parseAudioSpecificConfig(bytes));
			expect(error).toBeInstanceOf(UnreadableAudioError);
		}
	});

	test('of random bytes does nothing worse', () => {
		const random = randomSource(5);
		for (let round = 0; round < 3000; round++) {
			const bytes = Uint8Array.from({ length: random(12) }, () => random(256));
			if (bytes.length > 0 && random(2)) bytes[0] = 0x10 + random(8);
			try {
				parseAudioSpecificConfig(bytes);
			} catch (error) {
				expect(error).toBeInstanceOf(UnreadableAudioError);
			}
		}
	});
});

/** A program config element behind its id: front one single and one pair, one LFE, a comment. */
function programConfig(writer: BitWriter): void {
	writer.put(0, 4).put(1, 2).put(3, 4).put(2, 4).put(0, 4).put(0, 4).put(1, 2).put(0, 3).put(0, 4);
	writer.put(0, 1).put(0, 1).put(1, 1).put(5, 3);
	writer.put(0, 1).put(0, 4).put(1, 1).put(0, 4).put(0, 4).align();
	writer.put(3, 8).put(0x616263, 24);
}

function config(...fields: [value: number, bits: number][]): Uint8Array {
	const writer = new BitWriter();
	for (const [value, bits] of fields) writer.put(value, bits);
	return writer.bytes();
}
