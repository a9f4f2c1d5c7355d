import { randomNumbers } from '../support/audio/decoding';

/** Chance that can be repeated. */
export class Chance {
	protected readonly next: () => number;

	constructor(seed: number, index: number) {
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
}
