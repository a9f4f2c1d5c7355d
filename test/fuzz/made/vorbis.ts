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

/**
 * An identification header (section 4.2.2).
 *
 * @param blocks logarithms of the sizes of long and short blocks, four bits each
 */
export function vorbisHead(channels: number, rate: number, blocks = 0xdd): Uint8Array {
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

/** What a setup is made of. */
export interface Setup {
	channels: number;
	books: number;
	/** Of each book: bits of its codewords, which are all in use, and numbers in its vectors. */
	codewordBits: number;
	dimensions: number;
	/** Of the floor, eight points each. */
	partitions: number;
	residueType: number;
	/** Lines in a partition of the residue. */
	partitionSize: number;
	classes: number;
	/** Whether all classes have all books. */
	isCascaded: boolean;
	couplings: number;
}

/** A setup of as little or as much as may be. */
export function anySetup(dice: Dice, channels: number): Setup {
	return {
		channels,
		books: dice.of([2, 2, 20]),
		codewordBits: dice.of([1, 2, 4, 10, 16]),
		dimensions: dice.of([1, 2, 8, 256]),
		partitions: dice.of([0, 1, 7]),
		residueType: dice.below(3),
		partitionSize: dice.of([1, 8, 256]),
		classes: dice.of([1, 2, 64]),
		isCascaded: dice.chance(0.5),
		couplings: channels < 2 ? 0 : dice.of([0, 1, channels - 1, 256]),
	};
}

/** A setup header (section 4.2.4). */
export function vorbisSetup(setup: Setup): Uint8Array {
	const bits = new LsbWriter();
	bits.put(setup.books - 1, 8);
	for (let book = 0; book < setup.books; book++) putBook(bits, setup, book > 0);
	bits.put(0, 6).put(0, 16);
	bits.put(0, 6);
	putFloor(bits, setup);
	bits.put(0, 6);
	putResidue(bits, setup);
	bits.put(0, 6);
	putMapping(bits, setup);
	// One mode, of long blocks.
	bits.put(0, 6).put(1, 1).put(0, 16).put(0, 16).put(0, 8).put(1, 1);
	return concat(Uint8Array.of(5), ascii('vorbis'), bits.bytes());
}

/** All codewords of one length, told in a few bytes however many there are (section 3.2.1). */
function putBook(bits: LsbWriter, { codewordBits, dimensions }: Setup, hasVectors: boolean): void {
	const entries = 2 ** codewordBits;
	bits.put(0x564342, 24).put(dimensions, 16).put(entries, 24);
	bits
		.put(1, 1)
		.put(codewordBits - 1, 5)
		.put(entries, bitLength(entries));
	if (!hasVectors) {
		bits.put(0, 4);
		return;
	}
	// A lattice of values of a bit each.
	bits
		.put(1, 4)
		.put(0, 32)
		.put(788 * 2 ** 21 + 1, 32)
		.put(0, 4)
		.put(0, 1);
	let values = 1;
	while ((values + 1) ** dimensions <= entries) values++;
	for (let value = 0; value < values; value++) bits.put(value % 2, 1);
}

/** Points, none of which needs more than a class without a book (section 7.2.2). */
function putFloor(bits: LsbWriter, { partitions }: Setup): void {
	bits.put(1, 16).put(partitions, 5);
	for (let partition = 0; partition < partitions; partition++) bits.put(0, 4);
	if (partitions > 0) bits.put(7, 3).put(0, 2).put(0, 8);
	bits.put(0, 2).put(12, 4);
	for (let point = 0; point < 8 * partitions; point++) bits.put(1 + 60 * point, 12);
}

/** Section 8.6.1. */
function putResidue(bits: LsbWriter, setup: Setup): void {
	const { residueType, partitionSize, classes, isCascaded, books } = setup;
	bits.put(residueType, 16).put(0, 24).put(8192, 24);
	bits
		.put(partitionSize - 1, 24)
		.put(classes - 1, 6)
		.put(0, 8);
	for (let kind = 0; kind < classes; kind++) {
		if (isCascaded) bits.put(7, 3).put(1, 1).put(31, 5);
		else bits.put(0, 4);
	}
	for (let book = 0; isCascaded && book < 8 * classes; book++)
		bits.put(1 + (book % (books - 1)), 8);
}

function putMapping(bits: LsbWriter, { channels, couplings }: Setup): void {
	const width = bitLength(channels - 1);
	bits
		.put(0, 16)
		.put(0, 1)
		.put(couplings > 0 ? 1 : 0, 1);
	if (couplings > 0) bits.put(couplings - 1, 8);
	for (let step = 0; step < couplings; step++) bits.put(0, width).put(1, width);
	bits.put(0, 2).put(0, 8).put(0, 8).put(0, 8);
}
