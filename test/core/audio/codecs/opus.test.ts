import { UnreadableAudioError } from '../../../../core/audio/errors';
import { parseOpusHead } from '../../../../core/audio/codecs/opus/head';
import { opusPacketSamples } from '../../../../core/audio/codecs/opus/packet';
import { decodeOgg } from '../../../support/audio/formats';
import { bytesSource } from '../../../../core/audio/source/bytes';
import { decodeAll, packetsOf, pageBytes, pagesOf, xiph } from '../../../support/audio/oggFiles';
import { concat } from '../../../support/audio/recordings';
import { thrownBy } from '../../../support/core';

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);
const zeros = (count: number): number[] => Array<number>(count).fill(0);
const toc = (configuration: number, code: number): number => (configuration << 3) | code;

describe('A packet of Opus', () => {
	test.each([
		['SILK, 10 ms', bytes(toc(0, 0), 1), 480],
		['SILK, 60 ms', bytes(toc(3, 0), 1), 2880],
		['hybrid, 20 ms', bytes(toc(13, 0), 1), 960],
		['CELT, 2.5 ms', bytes(toc(28, 0), 1), 120],
		['nothing but its first byte', bytes(toc(31, 0)), 960],
		['two frames of one size', bytes(toc(31, 1), 1, 2), 1920],
		['two frames of two sizes', bytes(toc(31, 2), 1, 9, 9, 9), 1920],
		['three frames of one size', bytes(toc(31, 3), 3, 7, 7, 7), 2880],
		['three frames of any size', bytes(toc(31, 3), 0x83, 1, 2, 7, 7, 7, 7), 2880],
		['padding', bytes(toc(31, 3), 0x41, 2, 7, 0, 0), 960],
		['much padding', bytes(toc(31, 3), 0x41, 255, 1, 7, ...zeros(255)), 960],
	])('lasts as long as its frames: %s', (_, packet, samples) => {
		expect(opusPacketSamples(packet, 1)).toBe(samples);
	});

	test.each([
		['nothing', bytes()],
		['an odd number of bytes for two frames', bytes(toc(31, 1), 1, 2, 3)],
		['a frame that is longer than the packet', bytes(toc(31, 2), 9, 1)],
		['a length that is cut off', bytes(toc(31, 2), 252)],
		['no frames', bytes(toc(31, 3), 0)],
		['no count of frames', bytes(toc(31, 3))],
		['more than 120 ms', bytes(toc(3, 3), 3, 7, 7, 7)],
		['frames that do not fill it', bytes(toc(31, 3), 2, 7, 7, 7)],
		['frames that are longer than it', bytes(toc(31, 3), 0x82, 9, 7)],
		['more padding than there is', bytes(toc(31, 3), 0x41, 9, 7)],
		['padding without an end', bytes(toc(31, 3), 0x41, 255, 255)],
		['a frame that is too long', bytes(toc(31, 0), ...zeros(1276))],
	])('breaks a rule with %s', (_, packet) => {
		expect(opusPacketSamples(packet, 1)).toBe(0);
	});

	test('may hold several streams that last equally long', () => {
		const both = bytes(toc(31, 0), 2, 7, 7, toc(31, 0), 7);
		expect(opusPacketSamples(both, 2)).toBe(960);
		expect(opusPacketSamples(bytes(toc(31, 0), 2, 7, 7, toc(30, 0), 7), 2)).toBe(0);
		expect(opusPacketSamples(bytes(toc(31, 0), 2, 7, 7), 2)).toBe(0);
		expect(opusPacketSamples(bytes(toc(31, 0), 9, 7, 7), 2)).toBe(0);
		expect(opusPacketSamples(bytes(toc(31, 3), 2, 1, 7, 7, toc(31, 1), 8, 8), 2)).toBe(1920);
		expect(opusPacketSamples(bytes(toc(31, 2), 1, 1, 7, 7, toc(31, 1), 8, 8), 2)).toBe(1920);
		expect(opusPacketSamples(bytes(toc(31, 1), 1, 7, 7, toc(31, 1), 8, 8), 2)).toBe(1920);
	});
});

describe('The header of Opus', () => {
	const [stereo] = packetsOf(pagesOf(xiph('stereo.opus')));
	const [surround] = packetsOf(pagesOf(xiph('surround.opus')));
	const changed = (head: Uint8Array, at: number, value: number): Uint8Array => {
		const copy = head.slice();
		copy[at] = value;
		return copy;
	};

	test('tells channels and how they are mapped', () => {
		expect(parseOpusHead(stereo!)).toEqual({
			channels: 2,
			preSkip: 312,
			gain: 1,
			streams: 1,
			coupledStreams: 1,
			mapping: [0, 1],
		});
		expect(parseOpusHead(surround!)).toMatchObject({ channels: 6, streams: 4, coupledStreams: 2 });
	});

	test.each([
		['a new version', () => changed(stereo!, 8, 16)],
		['no channels', () => changed(stereo!, 9, 0)],
		['too many channels', () => changed(stereo!, 9, 3)],
		['a channel out of nothing', () => changed(surround!, 21, 200)],
		['no streams', () => changed(surround!, 19, 0)],
		['more stereo streams than streams', () => changed(surround!, 20, 9)],
		['a mapping by a matrix', () => changed(surround!, 18, 3)],
		['a mapping that is cut short', () => surround!.subarray(0, 24)],
		['another name', () => changed(stereo!, 0, 0)],
	])('is refused with %s', async (_, make) => {
		expect(await thrownBy(() => parseOpusHead(make()))).toBeInstanceOf(UnreadableAudioError);
	});

	test('states how much louder all is to be played', async () => {
		const [first, ...others] = pagesOf(xiph('opusenc.opus'));
		const head = changed(changed(first!.body, 16, 0x81), 17, 0xf9);
		const quiet = concat(...[{ ...first!, body: head }, ...others].map(pageBytes));
		const energy = async (file: Uint8Array): Promise<number> => {
			const { samples } = await decodeAll(decodeOgg(bytesSource(file)));
			return samples.reduce((sum, sample) => sum + sample ** 2, 0);
		};
		// -6.5 dB (0xf981 / 256)
		const ratio = (await energy(quiet)) / (await energy(xiph('opusenc.opus')));
		expect(10 * Math.log10(ratio)).toBeCloseTo(-6.496, 2);
	});
});
