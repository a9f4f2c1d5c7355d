import { strikeOut } from '../errors/clean';

/** How much of what an answer has besides the documented fields is passed on. */
const MAX_FIELDS = 50;
const MAX_CHARACTERS = 64 * 1024;

/** What the nodes put there themselves. */
const OURS = new Set([
	'audio',
	'chunks',
	'id',
	'created',
	'model',
	'request_id',
	'segments',
	'subtitles',
	'text',
	'type',
	'warnings',
]);

/**
 * The fields of an answer that are passed on as they are: none in the place of our own, and no more than
 * anybody needs. A field with a name that holds the secret is left out.
 */
export function plainFields(
	fields: Record<string, unknown>,
	secret?: string,
): Record<string, unknown> {
	const kept: Record<string, unknown> = {};
	let left = MAX_CHARACTERS;
	let count = 0;
	for (const [name, value] of Object.entries(fields)) {
		if (count === MAX_FIELDS) break;
		if (OURS.has(name) || strikeOut(name, secret) !== name) continue;
		const copy = new Copy(left - name.length, secret);
		const plain = copy.of(value);
		if (copy.left < 0) continue;
		left = copy.left;
		count++;
		kept[name] = plain;
	}
	return kept;
}

/** A copy of a JSON value without the secret, which is given up when it takes too much. */
class Copy {
	constructor(
		/** Characters; below 0 the copy is not whole. */
		public left: number,
		private readonly secret: string | undefined,
	) {}

	of(value: unknown): unknown {
		if (typeof value === 'object' && value !== null) {
			return Array.isArray(value) ? this.ofArray(value) : this.ofObject(value);
		}
		const text = String(value);
		this.left -= text.length + 1;
		if (this.left < 0) return null;
		const struck = strikeOut(text, this.secret);
		return typeof value === 'string' || struck !== text ? struck : value;
	}

	private ofArray(values: unknown[]): unknown[] {
		const copy: unknown[] = [];
		for (const value of values) {
			if (--this.left < 0) break;
			copy.push(this.of(value));
		}
		return copy;
	}

	private ofObject(value: object): object {
		const copy: Record<string, unknown> = {};
		for (const [name, item] of Object.entries(value)) {
			this.left -= name.length + 1;
			if (this.left < 0) break;
			if (strikeOut(name, this.secret) === name) copy[name] = this.of(item);
		}
		return copy;
	}
}
