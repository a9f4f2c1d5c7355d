import { Chance } from '../chance';

/** The key that a service may send back; it must come out nowhere. */
export const KEY = 'key-3f9c1a/that+nobody.may-see';

/** What chance makes of answers. */
export class Dice extends Chance {
	/** Mostly small, sometimes near the limit. */
	size(limit: number): number {
		return Math.floor(limit ** (this.next() ** 2));
	}
}
