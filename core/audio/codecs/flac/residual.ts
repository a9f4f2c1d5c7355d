import type { Bits } from './bits';

/** Bits of a word that are there wherever in a byte it begins. */
const WORD_BITS = 25;

/**
 * Decodes the residual of a subframe (RFC 9639, 9.2.7): Rice codes in partitions, or plain numbers where
 * these would be longer.
 *
 * @param residual filled in from `from`, where the prediction begins, to `to`
 * @param order samples of the block before `from`
 * @returns false when there is none
 */
export function decodeResidual(
	bits: Bits,
	residual: Int32Array,
	from: number,
	to: number,
	order: number,
): boolean {
	const method = bits.take(2);
	if (method > 1) return false;
	const parameterBits = method === 0 ? 4 : 5;
	const escape = (1 << parameterBits) - 1;
	const partitionOrder = bits.take(4);
	const blockSize = to - from + order;
	const partitionSize = blockSize >> partitionOrder;
	if (partitionSize << partitionOrder !== blockSize || partitionSize < order) return false;
	for (let at = from, end = from - order + partitionSize; end <= to; end += partitionSize) {
		const parameter = bits.take(parameterBits);
		if (parameter < escape) {
			takeRice(bits, parameter, residual, at, end);
		} else {
			const width = bits.take(5);
			for (let index = at; index < end; index++) residual[index] = bits.takeSigned(width);
		}
		if (bits.isOverrun) return false;
		at = end;
	}
	return true;
}

/** The hot loop: a code that fits into a word is read with one look. */
function takeRice(
	bits: Bits,
	parameter: number,
	residual: Int32Array,
	from: number,
	to: number,
): void {
	const { view, limit } = bits;
	const shift = 31 - parameter;
	const longest = WORD_BITS - 1 - parameter;
	let position = bits.position;
	for (let index = from; index < to; index++) {
		if (position > limit) break;
		const word = view.getUint32(position >>> 3) << (position & 7);
		const quotient = Math.clz32(word);
		let code: number;
		if (quotient <= longest) {
			code = (quotient << parameter) | (((word << (quotient + 1)) >>> 1) >>> shift);
			position += quotient + 1 + parameter;
		} else {
			bits.position = position;
			code = (bits.takeUnary() << parameter) | bits.take(parameter);
			position = bits.position;
		}
		residual[index] = (code >>> 1) ^ -(code & 1);
	}
	bits.position = position;
}
