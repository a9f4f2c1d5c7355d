import { Chance } from './chance';
import type { Recording } from './corpus';

/** Where most of what decides is written: headers at the beginning, an index at the end. */
const HEAD_BYTES = 600;
const TAIL_BYTES = 2000;
const LONGEST_RUN = 64;

/** What chance makes of recordings. */
export class Dice extends Chance {
	constructor(
		seed: number,
		index: number,
		private readonly recordings: readonly Recording[],
	) {
		super(seed, index);
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

	/** A number that a format's field of so many bits may hold: what most have, or what nobody writes. */
	number(usual: number, bits = 32): number {
		if (this.chance(0.7)) return usual;
		const largest = 2 ** bits - 1;
		return (
			this.of([0, 1, 2, usual + 1, usual * 1000, this.below(largest), largest >> 1, largest]) %
			(largest + 1)
		);
	}

	/** A handful as often as hundreds. */
	count(most: number): number {
		return 1 + this.below(this.of([4, 40, most]));
	}

	/** Some of what a function makes. */
	list<T>(most: number, make: (index: number) => T): T[] {
		return Array.from({ length: this.count(most) }, (_, index) => make(index));
	}

	recording(): Uint8Array {
		return this.of(this.recordings).bytes;
	}

	noise(size: number): Uint8Array {
		return Uint8Array.from({ length: size }, () => this.below(256));
	}
}
