import type { BitReader } from '../bitReader';
import type { Codebook } from './huffmanTables';

/** Bits looked up at once; few codewords are longer. */
export const FIRST_BITS = 9;
/** In the first table: the rest of the entry is where a second table begins. */
export const SECOND_TABLE = 0x8000;
/** An entry is a symbol and, in its lowest bits, the length of the codeword. */
export const LENGTH_BITS = 5;
export const LENGTH_MASK = (1 << LENGTH_BITS) - 1;

/** A codebook as tables to look codewords up in. */
export interface HuffmanTable {
	/** By the first 9 bits; after that the second tables, by the bits that follow. */
	entries: Uint16Array;
	/** Bits that second tables are indexed with. */
	secondBits: number;
}

/** Lays out tables for a codebook. */
export function huffmanTable({ counts, symbols }: Codebook): HuffmanTable {
	const longest = counts.length;
	const secondBits = Math.max(0, longest - FIRST_BITS);
	const entries: number[] = new Array<number>(1 << FIRST_BITS).fill(0);
	let code = 0;
	let next = 0;
	counts.forEach((count, index) => {
		const length = index + 1;
		code *= 2;
		for (const symbol of symbols.slice(next, next + count)) {
			const entry = (symbol << LENGTH_BITS) | length;
			if (length <= FIRST_BITS) {
				const free = FIRST_BITS - length;
				entries.fill(entry, code << free, (code + 1) << free);
			} else {
				const first = code >>> (length - FIRST_BITS);
				if (entries[first] === 0) {
					entries[first] = SECOND_TABLE | entries.length;
					entries.push(...new Array<number>(1 << secondBits).fill(0));
				}
				const base = entries[first]! & ~SECOND_TABLE;
				const free = longest - length;
				const rest = (code << free) & ((1 << secondBits) - 1);
				entries.fill(entry, base + rest, base + rest + (1 << free));
			}
			code++;
		}
		next += count;
	});
	return { entries: Uint16Array.from(entries), secondBits };
}

/** Reads one codeword. */
export function readSymbol(reader: BitReader, { entries, secondBits }: HuffmanTable): number {
	const { bytes, position } = reader;
	const at = position >>> 3;
	const word =
		((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) <<
		(position & 7);
	let entry = entries[word >>> (32 - FIRST_BITS)]!;
	if (entry >= SECOND_TABLE) {
		entry = entries[(entry & ~SECOND_TABLE) + ((word << FIRST_BITS) >>> (32 - secondBits))]!;
	}
	reader.position = position + (entry & LENGTH_MASK);
	return entry >>> LENGTH_BITS;
}
