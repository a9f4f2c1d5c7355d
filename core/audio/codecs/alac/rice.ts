import type { BitReader } from '../bitReader';

/** What the ALACSpecificConfig says of the entropy coder. */
export interface RiceConfig {
	/** `mb`. */
	initialHistory: number;
	/** `kb`. */
	limit: number;
}

/** A prefix of this many ones is followed by the value itself. */
const ESCAPE = 9;
const HISTORY_LIMIT = 0xffff;
/** Below this, a run of zeros is next. */
const RUN_HISTORY = 128;
const RUN_BITS = 16;

/**
 * Reads prediction errors: Golomb codes whose parameter follows the mean of the values so far, and runs
 * of zeros where that is small.
 *
 * @param bits of a value that is written out
 * @param historyMultiplier how fast the mean follows
 * @throws DamagedAudioError when the frame ends too early
 */
export function readErrors(
	reader: BitReader,
	errors: Int32Array,
	count: number,
	bits: number,
	historyMultiplier: number,
	{ initialHistory, limit }: RiceConfig,
): void {
	let history = initialHistory;
	let signModifier = 0;
	for (let index = 0; index < count; index++) {
		reader.check();
		const k = Math.min(31 - Math.clz32((history >>> 9) + 3), limit);
		const value = (readScalar(reader, k, bits) + signModifier) >>> 0;
		signModifier = 0;
		errors[index] = (value >>> 1) ^ -(value & 1);
		if (value > HISTORY_LIMIT) history = HISTORY_LIMIT;
		else history += value * historyMultiplier - ((history * historyMultiplier) >>> 9);

		if (history < RUN_HISTORY && index + 1 < count) {
			const runK = Math.min(7 - (31 - Math.clz32(history | 1)) + ((history + 16) >>> 6), limit);
			const stated = readScalar(reader, runK, RUN_BITS);
			const run = Math.min(stated, count - index - 1);
			errors.fill(0, index + 1, index + 1 + run);
			index += run;
			// The value that ends a run is not zero.
			if (stated <= HISTORY_LIMIT) signModifier = 1;
			history = 0;
		}
	}
}

function readScalar(reader: BitReader, k: number, escapeBits: number): number {
	const { bytes, position } = reader;
	const at = position >>> 3;
	const word =
		((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) <<
		(position & 7);
	const ones = Math.clz32(~word);
	if (ones >= ESCAPE) {
		reader.position = position + ESCAPE;
		return reader.read(escapeBits);
	}
	const start = position + ones + 1;
	if (k <= 1) {
		reader.position = start;
		return k === 1 ? ones : 0;
	}
	// Up to 9 + 16 bits of the 25 that the word can supply.
	const tail = k <= 16 ? (word << (ones + 1)) >>> (32 - k) : peek(bytes, start, k);
	const base = ones * (2 ** k - 1);
	if (tail > 1) {
		reader.position = start + k;
		return base + tail - 1;
	}
	reader.position = start + k - 1;
	return base;
}

/** At most 25 bits. */
function peek(bytes: Uint8Array, position: number, count: number): number {
	const at = position >>> 3;
	const word = (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
	return (word << (position & 7)) >>> (32 - count);
}
