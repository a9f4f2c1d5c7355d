import { ascii, concat, uint32 } from '../../support/audio/recordings';
import type { Dice } from '../dice';

/** Writes bits, least significant first (Vorbis I, section 2). */
class LsbWriter {
	private readonly bits: number[] = [];

	put(value: number, count: number): this {
		for (let bit = 0; bit < count; bit++) this.bits.push(Math.floor(value / 2 ** bit) % 2);
		return this;
	}

	bytes(): Uint8Array {
		return Uint8Array.from({ length: Math.ceil(this.bits.length / 8) }, (_, index) =>
			this.bits.slice(8 * index, 8 * index + 8).reduceRight((byte, bit) => 2 * byte + bit, 0),
		);
	}
}

const bitLength = (value: number): number => (value <= 0 ? 0 : 32 - Math.clz32(value));

/** An identification header (section 4.2.2). */
export function vorbisHead(dice: Dice, channels: number): Uint8Array {
	const rate = dice.number(dice.of([8000, 48_000, 384_000]));
	const blocks = dice.of([0xb8, 0xdd, 0xd6, 0x66]);
	return concat(
		Uint8Array.of(1),
		ascii('vorbis'),
		uint32(0),
		Uint8Array.of(channels),
		uint32(rate),
		new Uint8Array(12),
		Uint8Array.of(blocks, 1),
	);
}

/** A setup header (section 4.2.4) whose books, floors, residues and couplings are few or as many as may be. */
export function vorbisSetup(dice: Dice, channels: number): Uint8Array {
	const bits = new LsbWriter();
	const books = dice.of([2, 2, 20]);
	bits.put(books - 1, 8);
	for (let book = 0; book < books; book++) putBook(bits, dice, book > 0);
	bits.put(0, 6).put(0, 16);
	bits.put(0, 6);
	putFloor(bits, dice);
	bits.put(0, 6);
	putResidue(bits, dice, books);
	bits.put(0, 6);
	putMapping(bits, dice, channels);
	// One mode, of long blocks.
	bits.put(0, 6).put(1, 1).put(0, 16).put(0, 16).put(0, 8).put(1, 1);
	return concat(Uint8Array.of(5), ascii('vorbis'), bits.bytes());
}

/** All codewords of one length, told in a few bytes however many there are (section 3.2.1). */
function putBook(bits: LsbWriter, dice: Dice, hasVectors: boolean): void {
	const length = dice.of([1, 2, 4, 10, 16]);
	const entries = 2 ** length;
	const dimensions = dice.of([1, 2, 8, 256]);
	bits.put(0x564342, 24).put(dimensions, 16).put(entries, 24);
	bits
		.put(1, 1)
		.put(length - 1, 5)
		.put(entries, bitLength(entries));
	if (!hasVectors) {
		bits.put(0, 4);
		return;
	}
	// A lattice of one or two values of a bit each.
	bits
		.put(1, 4)
		.put(0, 32)
		.put((788 << 21) | 1, 32)
		.put(0, 4)
		.put(0, 1);
	let values = Math.floor(entries ** (1 / dimensions));
	while ((values + 1) ** dimensions <= entries) values++;
	for (let value = 0; value < values; value++) bits.put(value % 2, 1);
}

/** Points, none of which needs more than a class without a book (section 7.2.2). */
function putFloor(bits: LsbWriter, dice: Dice): void {
	const partitions = dice.of([0, 1, 7]);
	bits.put(1, 16).put(partitions, 5);
	for (let partition = 0; partition < partitions; partition++) bits.put(0, 4);
	if (partitions > 0) bits.put(7, 3).put(0, 2).put(0, 8);
	bits.put(0, 2).put(12, 4);
	for (let point = 0; point < 8 * partitions; point++) bits.put(1 + 60 * point, 12);
}

/** Section 8.6.1. */
function putResidue(bits: LsbWriter, dice: Dice, books: number): void {
	const size = dice.of([1, 8, 256]);
	const classes = dice.of([1, 2, 64]);
	bits.put(dice.below(3), 16).put(0, 24).put(4096, 24);
	bits
		.put(size - 1, 24)
		.put(classes - 1, 6)
		.put(0, 8);
	const isUsed = dice.chance(0.5);
	for (let kind = 0; kind < classes; kind++)
		bits
			.put(isUsed ? 7 : 0, 3)
			.put(isUsed ? 1 : 0, 1)
			.put(31, isUsed ? 5 : 0);
	for (let book = 0; isUsed && book < 8 * classes; book++) bits.put(1 + dice.below(books - 1), 8);
}

function putMapping(bits: LsbWriter, dice: Dice, channels: number): void {
	const couplings = channels < 2 ? 0 : dice.of([0, 1, channels - 1, 256]);
	const width = bitLength(channels - 1);
	bits
		.put(0, 16)
		.put(0, 1)
		.put(couplings > 0 ? 1 : 0, 1);
	if (couplings > 0) bits.put(couplings - 1, 8);
	for (let step = 0; step < couplings; step++) bits.put(0, width).put(1, width);
	bits.put(0, 2).put(0, 8).put(0, 8).put(0, 8);
}
