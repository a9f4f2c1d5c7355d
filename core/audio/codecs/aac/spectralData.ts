import { DamagedAudioError } from '../../errors';
import type { BitReader } from '../bitReader';
import {
	FIRST_BITS,
	LENGTH_BITS,
	LENGTH_MASK,
	SECOND_TABLE,
	huffmanTable,
	type HuffmanTable,
} from './huffman';
import { SPECTRAL_CODEBOOKS } from './huffmanTables';

const ESCAPE_CODEBOOK = 11;
/** The value in codebook 11 after which the real one follows. */
const ESCAPE = 16;
/** Longest prefix of an escape sequence; the largest value has 13 bits. */
const MAX_ESCAPE_PREFIX = 8;

/** A spectral codebook (ISO/IEC 14496-3, table 4.151). */
interface SpectralCodebook extends HuffmanTable {
	/** 2 or 4 coefficients in each codeword. */
	dimension: number;
	/** Signs follow the codeword, one bit for each coefficient that is not 0. */
	hasSigns: boolean;
	/** The coefficients of each symbol. */
	values: Int8Array;
}

/** Dimension, whether signs follow, largest absolute value, for codebooks 1 to 11. */
const SHAPES: [number, boolean, number][] = [
	[4, false, 1],
	[4, false, 1],
	[4, true, 2],
	[4, true, 2],
	[2, false, 4],
	[2, false, 4],
	[2, true, 7],
	[2, true, 7],
	[2, true, 12],
	[2, true, 12],
	[2, true, ESCAPE],
];

const CODEBOOKS: SpectralCodebook[] = SPECTRAL_CODEBOOKS.map((codebook, index) => {
	const [dimension, hasSigns, largest] = SHAPES[index]!;
	return {
		...huffmanTable(codebook),
		dimension,
		hasSigns,
		values: valuesOf(codebook.symbols.length, dimension, hasSigns ? 0 : largest, largest),
	};
});

/** Symbols are numbers whose digits are the coefficients, the first one the most significant. */
function valuesOf(symbols: number, dimension: number, offset: number, largest: number): Int8Array {
	const base = offset + largest + 1;
	const values = new Int8Array(symbols * dimension);
	for (let symbol = 0; symbol < symbols; symbol++) {
		for (let place = dimension - 1, rest = symbol; place >= 0; place--) {
			values[symbol * dimension + place] = (rest % base) - offset;
			rest = Math.floor(rest / base);
		}
	}
	return values;
}

/**
 * Reads quantised coefficients of one codebook into `target` (ISO/IEC 14496-3, 4.6.3). The caller
 * checks afterwards whether the reader went beyond its end.
 *
 * @param number 1 to 11
 * @param start the first coefficient
 * @param end after the last one; the number of coefficients is a multiple of 4
 */
export function readCoefficients(
	reader: BitReader,
	number: number,
	target: Int16Array,
	start: number,
	end: number,
): void {
	const codebook = CODEBOOKS[number - 1]!;
	if (number === ESCAPE_CODEBOOK) readEscapedPairs(reader, codebook, target, start, end);
	else if (codebook.dimension === 2) readPairs(reader, codebook, target, start, end);
	else readQuads(reader, codebook, target, start, end);
}

function readQuads(
	reader: BitReader,
	{ entries, secondBits, values, hasSigns }: SpectralCodebook,
	target: Int16Array,
	start: number,
	end: number,
): void {
	const { bytes } = reader;
	let { position } = reader;
	for (let k = start; k < end; k += 4) {
		const at = position >>> 3;
		let word =
			((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) <<
			(position & 7);
		let entry = entries[word >>> (32 - FIRST_BITS)]!;
		if (entry >= SECOND_TABLE) {
			entry = entries[(entry & ~SECOND_TABLE) + ((word << FIRST_BITS) >>> (32 - secondBits))]!;
		}
		const length = entry & LENGTH_MASK;
		const first = (entry >>> LENGTH_BITS) * 4;
		let w = values[first]!;
		let x = values[first + 1]!;
		let y = values[first + 2]!;
		let z = values[first + 3]!;
		position += length;
		if (hasSigns) {
			// Without branches: signs are unpredictable. Values are not negative, and 0 takes no bit.
			word <<= length;
			let sign = word >> 31;
			let taken = -w >>> 31;
			w = (w ^ sign) - sign;
			position += taken;
			word <<= taken;
			sign = word >> 31;
			taken = -x >>> 31;
			x = (x ^ sign) - sign;
			position += taken;
			word <<= taken;
			sign = word >> 31;
			taken = -y >>> 31;
			y = (y ^ sign) - sign;
			position += taken;
			word <<= taken;
			sign = word >> 31;
			taken = -z >>> 31;
			z = (z ^ sign) - sign;
			position += taken;
		}
		target[k] = w;
		target[k + 1] = x;
		target[k + 2] = y;
		target[k + 3] = z;
	}
	reader.position = position;
}

function readPairs(
	reader: BitReader,
	{ entries, secondBits, values, hasSigns }: SpectralCodebook,
	target: Int16Array,
	start: number,
	end: number,
): void {
	const { bytes } = reader;
	let { position } = reader;
	for (let k = start; k < end; k += 2) {
		const at = position >>> 3;
		let word =
			((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) <<
			(position & 7);
		let entry = entries[word >>> (32 - FIRST_BITS)]!;
		if (entry >= SECOND_TABLE) {
			entry = entries[(entry & ~SECOND_TABLE) + ((word << FIRST_BITS) >>> (32 - secondBits))]!;
		}
		const length = entry & LENGTH_MASK;
		const first = (entry >>> LENGTH_BITS) * 2;
		let y = values[first]!;
		let z = values[first + 1]!;
		position += length;
		if (hasSigns) {
			word <<= length;
			let sign = word >> 31;
			let taken = -y >>> 31;
			y = (y ^ sign) - sign;
			position += taken;
			word <<= taken;
			sign = word >> 31;
			taken = -z >>> 31;
			z = (z ^ sign) - sign;
			position += taken;
		}
		target[k] = y;
		target[k + 1] = z;
	}
	reader.position = position;
}

function readEscapedPairs(
	reader: BitReader,
	codebook: SpectralCodebook,
	target: Int16Array,
	start: number,
	end: number,
): void {
	const { entries, secondBits, values } = codebook;
	const { bytes } = reader;
	let { position } = reader;
	for (let k = start; k < end; k += 2) {
		const at = position >>> 3;
		let word =
			((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) <<
			(position & 7);
		let entry = entries[word >>> (32 - FIRST_BITS)]!;
		if (entry >= SECOND_TABLE) {
			entry = entries[(entry & ~SECOND_TABLE) + ((word << FIRST_BITS) >>> (32 - secondBits))]!;
		}
		const length = entry & LENGTH_MASK;
		const first = (entry >>> LENGTH_BITS) * 2;
		let y = values[first]!;
		let z = values[first + 1]!;
		word <<= length;
		const ySign = word >> 31;
		let taken = -y >>> 31;
		position += length + taken;
		word <<= taken;
		const zSign = word >> 31;
		taken = -z >>> 31;
		position += taken;
		if (y === ESCAPE || z === ESCAPE) {
			reader.position = position;
			if (y === ESCAPE) y = readEscape(reader);
			if (z === ESCAPE) z = readEscape(reader);
			({ position } = reader);
		}
		target[k] = (y ^ ySign) - ySign;
		target[k + 1] = (z ^ zSign) - zSign;
	}
	reader.position = position;
}

/** `escape_sequence` (4.6.3.3): ones, a zero, and four bits more than there were ones. */
function readEscape(reader: BitReader): number {
	let prefix = 0;
	while (reader.flag()) {
		if (++prefix > MAX_ESCAPE_PREFIX) {
			throw new DamagedAudioError('an AAC coefficient is out of range');
		}
	}
	const bits = prefix + 4;
	return (1 << bits) + reader.read(bits);
}
