import { concat } from '../support/audio/recordings';
import type { Recording } from './corpus';
import { Dice } from './dice';
import { MAKERS } from './made';

/** A damaged recording, or one that was made to be hostile, and how it came about. */
export interface FuzzCase {
	/** The recording's name and what was done to it, in order. */
	description: string;
	bytes: Uint8Array;
}

type Mutation = (bytes: Uint8Array, dice: Dice) => Uint8Array;

/** What lengths, counts and times are replaced by. */
const EXTREMES = [0n, 1n, 0x7fffffffn, 0xffffffffn, 2n ** 63n - 1n, 2n ** 64n - 1n];
const BYTES = [0, 1, 0x7f, 0x80, 0xff];

/** How many of the cases are made from their format's structure instead of from a recording. */
const MADE_PART = 0.15;

/** A case by seed and number: the same on every machine. */
export function fuzzCase(recordings: readonly Recording[], seed: number, index: number): FuzzCase {
	const dice = new Dice(seed, index, recordings);
	if (dice.chance(MADE_PART)) {
		const [name, make] = dice.of(MAKERS);
		// Most are well formed: what is hostile in them is what they say.
		return damaged(name, make(dice), dice.chance(0.8) ? 0 : 1, dice);
	}
	const { name, bytes } = dice.of(recordings);
	// Mostly few: what is damaged all over is soon refused.
	return damaged(name, bytes, dice.chance(0.7) ? 1 + dice.below(2) : 1 + dice.below(12), dice);
}

function damaged(name: string, bytes: Uint8Array, count: number, dice: Dice): FuzzCase {
	const steps = Array.from({ length: count }, () => dice.of(MUTATIONS));
	return {
		description: [name, ...steps.map(([step]) => step)].join(', '),
		bytes: steps.reduce((damaged, [, mutate]) => mutate(damaged, dice), bytes),
	};
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
