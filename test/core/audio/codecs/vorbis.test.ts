import { DamagedAudioError } from '../../../../core/audio/errors';
import { decodeOgg, inspectOgg } from '../../../support/audio/formats';
import { bytesSource } from '../../../../core/audio/source/bytes';
import { LsbBitReader } from '../../../../core/audio/codecs/lsbBitReader';
import { Codebook, NO_ENTRY } from '../../../../core/audio/codecs/vorbis/codebook';
import { Dct4 } from '../../../../core/audio/codecs/vorbis/dct';
import { vorbis } from '../../../../core/audio/codecs/vorbis';
import { xiphLaced } from '../../../../core/audio/source/xiphLacing';
import { decodeAll, packetsOf, pagesOf, seeded, xiph } from '../../../support/audio/oggFiles';
import { thrownBy } from '../../../support/core';

describe('Vorbis', () => {
	test.each([
		['mono at 8 kHz', 'said-8k'],
		['stereo at 44.1 kHz', 'said-44k'],
	])('sounds as ffmpeg decodes it: %s', async (_, name) => {
		const { samples, error } = await decodeAll(decodeOgg(bytesSource(xiph(`${name}.ogg`))));
		const bytes = xiph(`${name}.s16`);
		const reference = new Int16Array(bytes.buffer, bytes.byteOffset, bytes.length / 2);
		expect(error).toBeUndefined();
		expect(samples.length).toBe(reference.length);
		let signal = 0;
		let noise = 0;
		for (const [index, level] of reference.entries()) {
			signal += (level / 32768) ** 2;
			noise += (samples[index]! - level / 32768) ** 2;
		}
		expect(10 * Math.log10(signal / noise)).toBeGreaterThan(60);
	});

	test('is inspected by its headers and the last page', async () => {
		expect(await inspectOgg(bytesSource(xiph('said-44k.ogg')))).toMatchObject({
			codec: 'vorbis',
			channels: 2,
			sampleRate: 44100,
			duration: 7277 / 44100,
		});
	});
});

describe('The headers of Vorbis', () => {
	const [head, comments, setup] = packetsOf(pagesOf(xiph('vorbis-8k.ogg')));
	const changed = (packet: Uint8Array, at: number, value: number): Uint8Array => {
		const copy = packet.slice();
		copy[at] = value;
		return copy;
	};

	test.each([
		['no channels', () => [changed(head!, 11, 0), comments!, setup!]],
		['a new version', () => [changed(head!, 7, 1), comments!, setup!]],
		['blocks of impossible sizes', () => [changed(head!, 28, 0x58), comments!, setup!]],
		['a head that is cut short', () => [head!.subarray(0, 20), comments!, setup!]],
		['no setup', () => [head!, comments!]],
		['a setup that is cut short', () => [head!, comments!, setup!.subarray(0, 900)]],
		['a setup that is something else', () => [head!, comments!, comments!]],
		['broken codebooks', () => [head!, comments!, changed(setup!, 8, 0)]],
	])('are damaged with %s', async (_, make) => {
		expect(
			await thrownBy(() =>
				vorbis({ codec: 'vorbis', channels: 1, sampleRate: 8000, config: xiphLaced(make()) }),
			),
		).toBeInstanceOf(DamagedAudioError);
	});
});

describe('A codebook', () => {
	const bitsOf = (text: string): LsbBitReader => {
		const bytes = new Uint8Array(Math.ceil(text.length / 8));
		for (const [index, bit] of [...text].entries())
			bytes[index >> 3]! |= Number(bit) << (index & 7);
		const bits = new LsbBitReader();
		bits.open(bytes);
		return bits;
	};
	const entries = (codebook: Codebook, text: string, count: number): number[] => {
		const bits = bitsOf(text);
		return Array.from({ length: count }, () => codebook.decode(bits));
	};

	test('gives each entry the lowest codeword that is free (Vorbis I, 3.2.1)', () => {
		const codebook = new Codebook(1, Uint8Array.of(2, 4, 4, 4, 4, 2, 3, 3), undefined);
		const codewords = ['00', '0100', '0101', '0110', '0111', '10', '110', '111'];
		expect(entries(codebook, codewords.join(''), 8)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
	});

	test('may have codewords of up to 32 bits', () => {
		const lengths = Uint8Array.from({ length: 33 }, (_, index) => Math.min(index + 1, 32));
		const codebook = new Codebook(1, lengths, undefined);
		const codewords = [...Array(31).keys()].map((ones) => `${'1'.repeat(ones)}0`);
		expect(entries(codebook, codewords.join(''), 31)).toEqual([...Array(31).keys()]);
		expect(entries(codebook, '1'.repeat(32), 1)).toEqual([32]);
	});

	test('may have one entry, meant by either bit', () => {
		const codebook = new Codebook(1, Uint8Array.of(0, 0, 1), undefined);
		expect(entries(codebook, '01', 2)).toEqual([2, 2]);
	});

	test('has no entry for a codeword that is not used or that is cut off', () => {
		const codebook = new Codebook(1, Uint8Array.of(2, 2, 2), undefined);
		expect(entries(codebook, '11000000', 1)).toEqual([NO_ENTRY]);
		expect(entries(codebook, '', 1)).toEqual([NO_ENTRY]);
	});

	test('is broken when it has more codewords than there are', async () => {
		const make = () => new Codebook(1, Uint8Array.of(1, 1, 1), undefined);
		expect(await thrownBy(make)).toBeInstanceOf(DamagedAudioError);
	});
});

describe('The cosine transform', () => {
	test.each([32, 64, 128, 1024])('of size %i is what its definition says', (size) => {
		const random = seeded(size);
		const input = Float64Array.from({ length: size }, () => random() - 0.5);
		const output = new Float64Array(size);
		new Dct4(size).transform(input, output);
		for (let at = 0; at < size; at += 5) {
			const expected = input.reduce(
				(sum, value, index) =>
					sum + value * Math.cos((Math.PI / size) * (at + 0.5) * (index + 0.5)),
				0,
			);
			expect(output[at]).toBeCloseTo(expected, 9);
		}
	});
});
