import { DamagedAudioError } from '../../errors';
import type { BitReader } from '../bitReader';

/** Bits that a word supplies wherever in a byte it begins. */
const WORD_BITS = 25;

/**
 * Decodes the residual of a subframe (RFC 9639, 9.2.7): Rice codes in partitions, or plain numbers where
 * these would be longer.
 *
 * @param residual filled in from `from`, where the prediction begins, to `to`
 * @param order samples of the block before `from`
 * @throws DamagedAudioError when it makes no sense
 */
export function decodeResidual(
	reader: BitReader,
	residual: Int32Array,
	from: number,
	to: number,
	order: number,
): void {
	const method = reader.read(2);
	if (method > 1) throw new DamagedAudioError('a FLAC residual is of no known kind');
	const parameterBits = method === 0 ? 4 : 5;
	const escape = (1 << parameterBits) - 1;
	const partitionOrder = reader.read(4);
	const blockSize = to - from + order;
	const partitionSize = blockSize >> partitionOrder;
	if (partitionSize << partitionOrder !== blockSize || partitionSize < order) {
		throw new DamagedAudioError('a FLAC residual has wrong partitions');
	}
	for (let at = from, end = from - order + partitionSize; end <= to; end += partitionSize) {
		const parameter = reader.read(parameterBits);
		if (parameter < escape) {
			readRice(reader, parameter, residual, at, end);
		} else {
			const width = reader.read(5);
			for (let index = at; index < end; index++) residual[index] = reader.readSigned(width);
		}
		reader.check();
		at = end;
	}
}

/** The hot loop: a code that fits into a word is read with one look. */
function readRice(
	reader: BitReader,
	parameter: number,
	residual: Int32Array,
	from: number,
	to: number,
): void {
	const { view, end } = reader;
	const shift = 31 - parameter;
	const longest = WORD_BITS - 1 - parameter;
	let position = reader.position;
	for (let index = from; index < to; index++) {
		if (position > end) break;
		const word = view.getUint32(position >>> 3) << (position & 7);
		const quotient = Math.clz32(word);
		let code: number;
		if (quotient <= longest) {
			code = (quotient << parameter) | (((word << (quotient + 1)) >>> 1) >>> shift);
			position += quotient + 1 + parameter;
		} else {
			reader.position = position;
			code = (reader.readUnary() << parameter) | reader.read(parameter);
			position = reader.position;
		}
		residual[index] = (code >>> 1) ^ -(code & 1);
	}
	reader.position = position;
}
