import { DamagedAudioError } from '../../errors';
import { bitLength, type LsbBitReader } from '../lsbBitReader';

/** A code that is not a codeword, or lies beyond the packet. */
export const NO_ENTRY = -1;

const SYNC_PATTERN = 0x564342;
const MAX_CODEWORD_BITS = 32;
/** Codewords up to this length are found by one table lookup. */
const TABLE_BITS = 10;
/** Far more than encoders use, for all codebooks of a stream together; what takes few bytes must not be large. */
const MAX_ENTRIES = 1 << 17;
const MAX_VALUES = 1 << 20;
const SPARE_ENTRIES = 4096;
const ENTRIES_PER_BYTE = 16;
const SPARE_VALUES = 16_384;
const VALUES_PER_BYTE = 64;

/** Far louder than sound gets, and far below what numbers can hold. */
const MAX_VALUE = 1e9;

/** How much codebooks may still use. */
export interface CodebookBudget {
	entries: number;
	values: number;
}

/** @param bytes of the setup header */
export function codebookBudget(bytes: number): CodebookBudget {
	return {
		entries: Math.min(MAX_ENTRIES, SPARE_ENTRIES + ENTRIES_PER_BYTE * bytes),
		values: Math.min(MAX_VALUES, SPARE_VALUES + VALUES_PER_BYTE * bytes),
	};
}

/** Reads a codebook (Vorbis I, section 3.2.1). */
export function readCodebook(bits: LsbBitReader, budget: CodebookBudget): Codebook {
	if (bits.read(24) !== SYNC_PATTERN)
		throw new DamagedAudioError('its Vorbis codebooks are broken');
	const dimensions = bits.read(16);
	const entries = bits.read(24);
	budget.entries -= entries;
	if (budget.entries < 0) throw new DamagedAudioError('its Vorbis codebooks are too large');
	const lengths = readLengths(bits, entries);
	const vectors = readVectors(bits, entries, dimensions, budget);
	return new Codebook(dimensions, lengths, vectors);
}

/** Bits of each entry's codeword; 0 for one that is not used. */
function readLengths(bits: LsbBitReader, entries: number): Uint8Array {
	const lengths = new Uint8Array(entries);
	const isOrdered = bits.flag();
	if (!isOrdered) {
		const isSparse = bits.flag();
		for (let entry = 0; entry < entries && !bits.isPastEnd; entry++) {
			if (!isSparse || bits.flag()) lengths[entry] = bits.read(5) + 1;
		}
		return lengths;
	}
	let length = bits.read(5) + 1;
	for (let entry = 0; entry < entries; length++) {
		const count = bits.read(bitLength(entries - entry));
		if (count > entries - entry || length > MAX_CODEWORD_BITS) {
			throw new DamagedAudioError('its Vorbis codebooks are broken');
		}
		lengths.fill(length, entry, entry + count);
		entry += count;
	}
	return lengths;
}

/** The vectors that entries stand for, one after the other (section 3.2.1, "VQ lookup"); undefined for none. */
function readVectors(
	bits: LsbBitReader,
	entries: number,
	dimensions: number,
	budget: CodebookBudget,
): Float32Array | undefined {
	const type = bits.read(4);
	if (type === 0) return undefined;
	if (type > 2 || dimensions === 0) throw new DamagedAudioError('its Vorbis codebooks are broken');
	const minimum = readFloat(bits);
	const delta = readFloat(bits);
	const valueBits = bits.read(4) + 1;
	const isSequence = bits.flag();
	const count = type === 1 ? latticeSize(entries, dimensions) : entries * dimensions;
	budget.values -= entries * dimensions;
	if (budget.values < 0) throw new DamagedAudioError('its Vorbis codebooks are too large');
	const multiplicands = Uint16Array.from({ length: count }, () => bits.read(valueBits));

	const vectors = new Float32Array(entries * dimensions);
	for (let entry = 0; entry < entries; entry++) {
		let last = 0;
		let divisor = 1;
		for (let dimension = 0; dimension < dimensions; dimension++) {
			const at = entry * dimensions + dimension;
			const index = type === 1 ? ((entry / divisor) | 0) % count : at;
			const value = multiplicands[index]! * delta + minimum + last;
			if (!(value > -MAX_VALUE && value < MAX_VALUE)) {
				throw new DamagedAudioError('its Vorbis codebooks are broken');
			}
			vectors[at] = value;
			if (isSequence) last = value;
			divisor *= count;
		}
	}
	return vectors;
}

/** The largest number whose power of `dimensions` is at most `entries` (section 9.2.3). */
function latticeSize(entries: number, dimensions: number): number {
	let size = Math.floor(entries ** (1 / dimensions));
	while ((size + 1) ** dimensions <= entries) size++;
	while (size > 0 && size ** dimensions > entries) size--;
	return size;
}

/** Section 9.2.2. */
function readFloat(bits: LsbBitReader): number {
	const mantissa = bits.read(21);
	const exponent = bits.read(10);
	const isNegative = bits.flag();
	return (isNegative ? -mantissa : mantissa) * 2 ** (exponent - 788);
}

/** Finds an entry by its codeword: a table for the short ones, a tree of bits for longer ones. */
export class Codebook {
	/** By the next bits: `entry << 6 | length`, or `~node` where the codeword continues, or unused. */
	private readonly table: Int32Array;
	private readonly mask: number;
	private readonly tableBits: number;
	/** Two children for each node: `~entry` for a leaf, 0 for none. */
	private readonly nodes: number[] = [0, 0];

	constructor(
		readonly dimensions: number,
		lengths: Uint8Array,
		readonly vectors: Float32Array | undefined,
	) {
		let longest = 1;
		for (const length of lengths) longest = Math.max(longest, length);
		this.tableBits = Math.min(TABLE_BITS, longest);
		this.mask = (1 << this.tableBits) - 1;
		this.table = new Int32Array(this.mask + 1).fill(UNUSED);
		this.assign(lengths);
	}

	/** The entry whose codeword comes next, or NO_ENTRY. */
	decode(bits: LsbBitReader): number {
		const found = this.table[bits.peek() & this.mask]!;
		if (found >= 0) {
			bits.position += found & 63;
			return bits.isPastEnd ? NO_ENTRY : found >> 6;
		}
		return found === UNUSED ? NO_ENTRY : this.decodeLong(bits, ~found);
	}

	private decodeLong(bits: LsbBitReader, node: number): number {
		bits.position += this.tableBits;
		for (;;) {
			const child = this.nodes[2 * node + bits.read(1)]!;
			if (child === 0 || bits.isPastEnd) return NO_ENTRY;
			if (child < 0) return ~child;
			node = child;
		}
	}

	/**
	 * Gives each entry in turn the lowest free codeword of its length. What is free is whole branches of the
	 * code's tree, never two of one depth.
	 */
	private assign(lengths: Uint8Array): void {
		/** By depth the free branch's codeword, left-aligned in 32 bits. */
		const free: (number | undefined)[] = [0];
		let used = 0;
		let only = 0;
		for (const [entry, length] of lengths.entries()) {
			if (length === 0) continue;
			let depth = length;
			while (depth >= 0 && free[depth] === undefined) depth--;
			if (depth < 0) throw new DamagedAudioError('its Vorbis codebooks are broken');
			const codeword = free[depth]!;
			free[depth] = undefined;
			while (++depth <= length) free[depth] = codeword + 2 ** (32 - depth);
			this.insert(reverse(codeword), length, entry);
			used++;
			only = entry;
		}
		// Any bit stands for the only entry of a codebook.
		if (used === 1) this.table.fill((only << 6) | lengths[only]!);
	}

	private insert(codeword: number, length: number, entry: number): void {
		if (length <= this.tableBits) {
			for (let at = codeword; at <= this.mask; at += 1 << length) {
				this.table[at] = (entry << 6) | length;
			}
			return;
		}
		const prefix = codeword & this.mask;
		if (this.table[prefix] === UNUSED) this.table[prefix] = ~this.addNode();
		let node = ~this.table[prefix]!;
		for (let bit = this.tableBits; bit < length - 1; bit++) {
			const at = 2 * node + ((codeword >>> bit) & 1);
			if (this.nodes[at] === 0) this.nodes[at] = this.addNode();
			node = this.nodes[at]!;
		}
		this.nodes[2 * node + ((codeword >>> (length - 1)) & 1)] = ~entry;
	}

	private addNode(): number {
		this.nodes.push(0, 0);
		return this.nodes.length / 2 - 1;
	}
}

const UNUSED = -0x80000000;

/** The 32 bits in reverse order. */
function reverse(value: number): number {
	let reversed = 0;
	for (let bit = 0; bit < 32; bit++) reversed |= ((value >>> bit) & 1) << (31 - bit);
	return reversed;
}
