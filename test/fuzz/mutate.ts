import { randomNumbers } from '../support/audio/decoding';
import { concat } from '../support/audio/recordings';
import type { Recording } from './corpus';

/** A damaged recording, and how it came about. */
export interface FuzzCase {
	/** The recording's name and what was done to it, in order. */
	description: string;
	bytes: Uint8Array;
}

type Mutation = (bytes: Uint8Array, dice: Dice) => Uint8Array;

/** Where most of what decides is written: headers at the beginning, an index at the end. */
const HEAD_BYTES = 600;
const TAIL_BYTES = 2000;
const LONGEST_RUN = 64;
/** What lengths, counts and times are replaced by. */
const EXTREMES = [0n, 1n, 0x7fffffffn, 0xffffffffn, 2n ** 63n - 1n, 2n ** 64n - 1n];
const BYTES = [0, 1, 0x7f, 0x80, 0xff];

/** A case by seed and number: the same on every machine. */
export function fuzzCase(recordings: readonly Recording[], seed: number, index: number): FuzzCase {
	const dice = new Dice(seed, index, recordings);
	const { name, bytes } = dice.of(recordings);
	// Mostly few: what is damaged all over is soon refused.
	const count = dice.chance(0.7) ? 1 + dice.below(2) : 1 + dice.below(12);
	const steps = Array.from({ length: count }, () => dice.of(MUTATIONS));
	return {
		description: [name, ...steps.map(([step]) => step)].join(', '),
		bytes: steps.reduce((damaged, [, mutate]) => mutate(damaged, dice), bytes),
	};
}

/** Chance that can be repeated. */
class Dice {
	private readonly next: () => number;

	constructor(
		seed: number,
		index: number,
		private readonly recordings: readonly Recording[],
	) {
		this.next = randomNumbers(Math.imul(seed, 0x9e3779b1) ^ index);
	}

	/** A whole number from 0 on. */
	below(limit: number): number {
		return Math.floor(this.next() * limit);
	}

	chance(part: number): boolean {
		return this.next() < part;
	}

	of<T>(values: readonly T[]): T {
		return values[this.below(values.length)]!;
	}

	/** A place in so many bytes, preferably where it matters. */
	place(size: number): number {
		const kind = this.below(4);
		if (kind === 0) return this.below(Math.min(size, HEAD_BYTES));
		if (kind === 1) return size - 1 - this.below(Math.min(size, TAIL_BYTES));
		return this.below(size);
	}

	/** A stretch of at least one byte, if there is any: short as often as long. */
	stretch(size: number): [start: number, end: number] {
		const start = this.place(size);
		const longest = this.chance(0.5) ? Math.min(LONGEST_RUN, size - start) : size - start;
		return [start, start + 1 + this.below(longest)];
	}

	recording(): Uint8Array {
		return this.of(this.recordings).bytes;
	}

	noise(size: number): Uint8Array {
		return Uint8Array.from({ length: size }, () => this.below(256));
	}
}

/** Changes a copy, of which there is at least one byte. */
const inPlace =
	(change: (bytes: Uint8Array, dice: Dice) => void): Mutation =>
	(bytes, dice) => {
		const copy = bytes.slice();
		if (copy.length > 0) change(copy, dice);
		return copy;
	};

const MUTATIONS: [name: string, Mutation][] = [
	[
		'bit flips',
		inPlace((bytes, dice) => {
			for (let count = 1 + dice.below(8); count > 0; count--) {
				bytes[dice.place(bytes.length)]! ^= 1 << dice.below(8);
			}
		}),
	],
	['a byte', inPlace((bytes, dice) => (bytes[dice.place(bytes.length)] = dice.of(BYTES)))],
	[
		'a run of a byte',
		inPlace((bytes, dice) => bytes.fill(dice.of(BYTES), ...dice.stretch(bytes.length))),
	],
	[
		'noise',
		inPlace((bytes, dice) => {
			const [start, end] = dice.stretch(bytes.length);
			bytes.set(dice.noise(end - start), start);
		}),
	],
	['a number', inPlace(replaceNumber)],
	['a number', inPlace(replaceNumber)],
	['cut off', (bytes, dice) => bytes.slice(0, dice.below(bytes.length + 1))],
	['cut off', (bytes, dice) => bytes.slice(0, dice.below(bytes.length + 1))],
	[
		'deleted',
		(bytes, dice) => {
			const [start, end] = dice.stretch(bytes.length);
			return concat(bytes.subarray(0, start), bytes.subarray(end));
		},
	],
	[
		'doubled',
		(bytes, dice) => {
			const [start, end] = dice.stretch(bytes.length);
			return concat(bytes.subarray(0, end), bytes.subarray(start));
		},
	],
	[
		'swapped',
		(bytes, dice) => {
			const [start, end] = dice.stretch(bytes.length);
			const [middle] = dice.stretch(end - start);
			const [first, second] = [
				bytes.subarray(start, start + middle),
				bytes.subarray(start + middle, end),
			];
			return concat(bytes.subarray(0, start), second, first, bytes.subarray(end));
		},
	],
	[
		'spliced',
		(bytes, dice) => {
			const other = dice.recording();
			return concat(
				bytes.subarray(0, dice.below(bytes.length + 1)),
				other.subarray(dice.below(other.length)),
			);
		},
	],
	[
		'with another in it',
		(bytes, dice) => {
			const at = dice.below(bytes.length + 1);
			const other = dice.recording();
			const [start, end] = dice.stretch(other.length);
			return concat(bytes.subarray(0, at), other.subarray(start, end), bytes.subarray(at));
		},
	],
	['joined', (bytes, dice) => concat(bytes, dice.recording())],
	['garbage in front', (bytes, dice) => concat(dice.noise(1 + dice.below(64)), bytes)],
];

/** Writes an extreme over 16, 32 or 64 bits, in either order of bytes. */
function replaceNumber(bytes: Uint8Array, dice: Dice): void {
	const width = dice.of([2, 4, 4, 8]);
	const isLittleEndian = dice.chance(0.5);
	const number = new Uint8Array(8);
	new DataView(number.buffer).setBigUint64(0, dice.of(EXTREMES), isLittleEndian);
	const written = isLittleEndian ? number.subarray(0, width) : number.subarray(-width);
	const last = Math.max(0, bytes.length - width);
	bytes.set(written.subarray(0, bytes.length), Math.min(dice.place(bytes.length), last));
}
