import { DamagedAudioError, TruncatedAudioError } from '../../../../core/audio/errors';
import fc from 'fast-check';

import { identify } from '../../../../core/audio/formats/identify';
import { inspectAudio } from '../../../../core/audio/recording';
import { decodeFlac, inspectFlac } from '../../../support/audio/formats';
import { bytesSource, type ByteSource } from '../../../../core/audio/source/bytes';
import {
	decodeAll,
	EXPECTED,
	expectDamageToBeTold,
	hashOf,
	pcmRecording,
	randomNumbers,
} from '../../../support/audio/decoding';
import { flacFile, flacParts, type Coding, type Flac } from '../../../support/audio/flacWriter';
import { ascii, concat, id3Tag } from '../../../support/audio/recordings';

const FILES = EXPECTED.filter(([name]) => name.endsWith('.flac'));

/** Numbers that wander about, so that predictors have something to do. */
function walk(length: number, seed: number, { start = 0, step = 20 } = {}): number[] {
	const next = randomNumbers(seed);
	let value = start;
	return Array.from({ length }, () => (value += Math.round((next() - 0.5) * 2 * step)));
}

const decoded = async (flac: Flac): Promise<Float32Array> => {
	const { samples, error } = await decodeAll(decodeFlac, flacFile(flac));
	expect(error).toBeUndefined();
	return samples;
};
const scaled = (samples: number[], bits: number): Float32Array =>
	Float32Array.from(samples, (sample) => sample / 2 ** (bits - 1) + 0);

describe('A FLAC file', () => {
	test.each(FILES)('%s is decoded bit by bit', async (name, { channels, samples, sha256 }) => {
		const { error, ...all } = await decodeAll(decodeFlac, pcmRecording(name));

		expect(error).toBeUndefined();
		expect(all).toMatchObject({ sampleRate: 8000, samples: { length: samples } });
		expect(hashOf(all.samples, channels)).toBe(sha256);
	});

	test.each(FILES)('%s lasts as long as it does', async (name, { samples, channels }) => {
		const bytes = pcmRecording(name);
		const info = await inspectFlac(bytesSource(bytes));

		expect(info).toMatchObject({ codec: 'flac', sampleRate: 8000, channels });
		expect(info.duration).toBe(samples / 8000);
		expect(info.bitRate).toBeLessThanOrEqual((bytes.length * 8) / info.duration);
	});

	test.each<[string, Coding]>([
		['samples as they are', {}],
		['the fixed predictor of order 0', { fixed: 0 }],
		['the fixed predictor of order 1', { fixed: 1 }],
		['the fixed predictor of order 2', { fixed: 2 }],
		['the fixed predictor of order 3', { fixed: 3, parameters: [7] }],
		['the fixed predictor of order 4', { fixed: 4, parameters: [8] }],
		['a linear predictor', { linear: { coefficients: [7, -3], shift: 2, precision: 5 } }],
		[
			'a linear predictor of order 32',
			{ linear: { coefficients: new Array<number>(32).fill(2), shift: 6, precision: 3 } },
		],
		['partitions', { fixed: 1, partitionOrder: 3, parameters: [2, 5, 0, 9] }],
		['partitions without codes', { fixed: 1, partitionOrder: 2, parameters: [-8, 4, -9, 14] }],
		['larger parameters', { fixed: 1, parameterBits: 5, partitionOrder: 1, parameters: [15, 30] }],
		['long runs of zeros', { fixed: 0, parameters: [0] }],
	])('may use %s', async (_, coding) => {
		const samples = walk(96, 7);

		expect(await decoded({ frames: [{ channels: [samples], codings: [coding] }] })).toEqual(
			scaled(samples, 16),
		);
	});

	test('may have silence', async () => {
		const samples = new Array<number>(64).fill(-3);

		expect(await decoded({ frames: [{ channels: [samples] }] })).toEqual(scaled(samples, 16));
	});

	test.each([4, 5, 8, 12, 15, 16, 20, 24, 31, 32])('may have %i bits', async (bitsPerSample) => {
		const start = 2 ** (bitsPerSample - 1) - 8;
		const samples = Array.from({ length: 64 }, (_, index) =>
			index % 3 ? -start : start - (index % 7),
		);
		const codings = [
			{ fixed: 0, parameterBits: 5, parameters: [Math.max(0, bitsPerSample - 2)] },
		] as Coding[];

		for (const some of [codings, []]) {
			expect(
				await decoded({ bitsPerSample, frames: [{ channels: [samples], codings: some }] }),
			).toEqual(scaled(samples, bitsPerSample));
		}
	});

	test('may have bits that are all zeros', async () => {
		const samples = walk(64, 3).map((sample) => sample * 32);
		const codings = [{ fixed: 2, wasted: 5 }];

		expect(await decoded({ frames: [{ channels: [samples], codings }] })).toEqual(
			scaled(samples, 16),
		);
	});

	test.each([
		['left and side', 8, 16],
		['side and right', 9, 16],
		['mid and side', 10, 16],
		['left and side of 32 bits', 8, 32],
		['side and right of 32 bits', 9, 32],
		['mid and side of 32 bits', 10, 32],
	])('may have %s', async (_, assignment, bitsPerSample) => {
		const start = 2 ** (bitsPerSample - 1) - 5000;
		const left = walk(80, 1, { start });
		const right = walk(80, 2, { start: -start });
		const side = left.map((sample, index) => sample - right[index]!);
		const mid = left.map((sample, index) => Math.floor((sample + right[index]!) / 2));
		const channels = { 8: [left, side], 9: [side, right], 10: [mid, side] }[assignment]!;
		const mean = left.map((sample, index) => (sample + right[index]!) / 2);
		const linear = { linear: { coefficients: [14, -6], shift: 3, precision: 5 }, parameters: [8] };

		for (const coding of [{}, { fixed: 1 }, { fixed: 2, parameters: [7] }, linear]) {
			const frames = [{ channels, assignment, codings: [coding, coding] }];

			expect(await decoded({ bitsPerSample, frames })).toEqual(scaled(mean, bitsPerSample));
		}
	});

	test('may have blocks of different sizes', async () => {
		const samples = walk(9000, 5);
		const cuts = [0, 16, 4000, 4001, 8999, 9000];
		const frames = cuts.slice(1).map((cut, index) => ({
			channels: [samples.slice(cuts[index], cut)],
			codings: [{ fixed: 0 }],
		}));

		expect(await decoded({ frames, isVariable: true, sampleRate: 12345 })).toEqual(
			scaled(samples, 16),
		);
	});

	test('is decoded whatever its samples are and however they are coded', async () => {
		const codings = fc.record({
			fixed: fc.integer({ min: 0, max: 4 }),
			partitionOrder: fc.integer({ min: 0, max: 3 }),
			parameterBits: fc.constantFrom(4 as const, 5 as const),
			parameters: fc.array(fc.constantFrom(-26, -20, 6, 8, 10, 13), { minLength: 1, maxLength: 8 }),
		});
		const blocks = fc.array(fc.integer({ min: -2047, max: 2047 }), {
			minLength: 32,
			maxLength: 32,
		});
		await fc.assert(
			fc.asyncProperty(
				fc.array(fc.tuple(blocks, codings), { minLength: 1, maxLength: 4 }),
				async (all) => {
					const frames = all.map(([samples, coding]) => ({
						channels: [samples],
						codings: [coding],
					}));

					expect(await decoded({ frames })).toEqual(
						scaled(
							all.flatMap(([samples]) => samples),
							16,
						),
					);
				},
			),
			{ seed: 1, numRuns: 60 },
		);
	});

	const blocks = Array.from({ length: 6 }, (_, index) => walk(200, index, { start: 99 }));
	const flac: Flac = {
		frames: blocks.map((samples) => ({ channels: [samples], codings: [{ fixed: 1 }] })),
	};
	const whole = scaled(blocks.flat(), 16);

	test('may come behind ID3 tags', async () => {
		const bytes = concat(id3Tag(70_000), id3Tag(9, { hasFooter: true }), flacFile(flac));

		expect(await identify(bytesSource(bytes))).toMatchObject({ format: 'flac' });
		expect(await inspectAudio({ source: bytesSource(bytes) })).toMatchObject({
			format: 'flac',
			duration: 0.075,
		});
	});

	test('may have a picture, which is not read', async () => {
		const bytes = flacFile({
			...flac,
			metadata: [
				[4, ascii('xy')],
				[6, new Uint8Array(2 ** 23)],
			],
		});
		let readBytes = 0;
		const source: ByteSource = {
			size: bytes.length,
			read: async (position, length) => {
				const some = bytes.slice(position, position + length);
				readBytes += some.length;
				return some;
			},
		};

		expect((await decodeAll(decodeFlac, source)).samples).toEqual(whole);
		expect(readBytes).toBeLessThan(2 ** 18);
	});

	test('with metadata that leads nowhere is decoded from its first frame', async () => {
		const bytes = flacFile({ ...flac, metadata: [[4, new Uint8Array(50)]] });

		expect((await decodeAll(decodeFlac, bytes.with(43, 0xff))).samples).toEqual(whole);
	});

	test('that does not know its length tells it by its last frame', async () => {
		const bytes = flacFile({ ...flac, totalSamples: 0 });

		expect((await inspectFlac(bytesSource(bytes))).duration).toBe(1200 / 16000);
		expect(await decodeAll(decodeFlac, bytes)).toEqual({ samples: whole, sampleRate: 16000 });
	});

	test.each([
		['a tag', concat(ascii('TAG'), new Uint8Array(125).fill(0xff))],
		['zeros', new Uint8Array(300)],
	])('that does not know its length may have %s behind it', async (_, rest) => {
		const bytes = concat(flacFile({ ...flac, totalSamples: 0 }), rest);

		expect(await decodeAll(decodeFlac, bytes)).toEqual({ samples: whole, sampleRate: 16000 });
	});

	test.each([1200, 0])('that is cut off says so (length known: %i)', async (totalSamples) => {
		const bytes = flacFile({ ...flac, totalSamples }).subarray(0, -20);
		const { samples, error } = await decodeAll(decodeFlac, bytes);

		expect(samples).toEqual(whole.subarray(0, 1000));
		expect(error).toBeInstanceOf(TruncatedAudioError);
	});

	test.each([
		['a wrong bit', (frame: Uint8Array) => frame.with(50, frame[50]! ^ 4)],
		['its header gone', (frame: Uint8Array) => frame.with(0, 0)],
		['a half missing', (frame: Uint8Array) => frame.subarray(0, 60)],
		[
			'noise in it',
			(frame: Uint8Array) => concat(frame.subarray(0, 60), ascii('noise'), frame.subarray(60)),
		],
		['itself missing', () => ascii('?')],
	])('with a frame that has %s keeps silent for it', async (_, damage) => {
		const { head, frames } = flacParts(flac);
		const bytes = concat(
			head,
			...frames.map((frame, index) => (index === 2 ? damage(frame) : frame)),
		);
		const { samples, error } = await decodeAll(decodeFlac, bytes);

		expect(samples).toEqual(whole.slice().fill(0, 400, 600));
		expect(error).toBeInstanceOf(TruncatedAudioError);
	});

	test('whose frames are numbered wildly is not filled up with silence for ever', async () => {
		const { head, frames } = flacParts(flac);
		const far = flacParts({
			...flac,
			isVariable: true,
			frames: [{ channels: [new Array<number>(60_000).fill(1)] }, ...flac.frames],
		});
		const bytes = concat(head, frames[0]!, Uint8Array.of(0), far.frames[4]!);
		const { samples, error } = await decodeAll(decodeFlac, bytes);

		expect(samples.length).toBeLessThan(10_000);
		expect(error).toBeInstanceOf(TruncatedAudioError);
	});

	test.each([0, 1, 8, 15, 16, 17])(
		'that ends %i bytes after the furthest place where a header is looked for comes to an end',
		async (bytes) => {
			const { head, frames } = flacParts(flac);
			const rest = new Uint8Array(256 * 1024 - frames[0]!.length + bytes).fill(1);
			const { samples, error } = await decodeAll(decodeFlac, concat(head, frames[0]!, rest));

			expect(samples).toEqual(whole.subarray(0, samples.length));
			expect(error).toBeInstanceOf(TruncatedAudioError);
		},
	);

	test('of false headers does not keep anybody waiting', async () => {
		const big = { channels: [walk(65_535, 1)] };
		const { head, frames } = flacParts({ frames: [big], totalSamples: 1 });
		const header = frames[0]!.subarray(0, 9);
		const bytes = concat(head, ...new Array<Uint8Array>(40_000).fill(header));
		const startedAt = performance.now();
		const { error } = await decodeAll(decodeFlac, bytes);

		expect(error).toBeInstanceOf(DamagedAudioError);
		expect(performance.now() - startedAt).toBeLessThan(3000);
	});

	test('of hours of silence lets others have a turn', async () => {
		const { head, frames } = flacParts({
			frames: [{ channels: [new Array<number>(65_535).fill(0)] }],
			totalSamples: 0,
		});
		const bytes = concat(head, ...new Array<Uint8Array>(100).fill(frames[0]!));
		let samples = 0;
		let blocks = 0;
		for await (const block of decodeFlac(bytesSource(bytes))) {
			samples += block.samples.length;
			blocks++;
		}

		expect(samples).toBe(6_553_500);
		expect(blocks).toBe(Math.ceil(samples / 8192));
	});

	test.each<[string, Uint8Array]>([
		['nothing', new Uint8Array(0)],
		['its mark only', ascii('fLaC')],
		['other metadata first', flacFile(flac).with(4, 1)],
		['no sample rate', flacFile({ ...flac, sampleRate: 0 })],
		['no frames', flacParts(flac).head],
		['no frames and no length', flacParts({ ...flac, totalSamples: 0 }).head],
		['a tag around nothing', id3Tag(99)],
	])('with %s is damaged', async (_, bytes) => {
		expect((await decodeAll(decodeFlac, bytes)).error).toBeInstanceOf(DamagedAudioError);
	});

	test.each(['deep.flac', 'stereo.flac', 'wasted.flac', 'pipe.flac'])(
		'%s damaged in any way is told to be',
		(name) => expectDamageToBeTold(inspectFlac, decodeFlac, pcmRecording(name), 80),
	);
});
