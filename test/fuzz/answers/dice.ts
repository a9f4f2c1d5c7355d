import { randomNumbers } from '../../support/audio/decoding';

/** The key that a service may send back; it must come out nowhere. */
export const KEY = 'key-3f9c1a/that+nobody.may-see';

/** Chance that can be repeated. */
export class Dice {
	private readonly next: () => number;

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

	/** Mostly small, sometimes near the limit. */
	size(limit: number): number {
		return Math.floor(limit ** (this.next() ** 2));
	}
}
