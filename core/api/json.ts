import { JsonParser } from './jsonParser';

/** The JSON object or array that `text` is, or undefined when it is none. */
export function parseObject(text: string): Record<string, unknown> | undefined {
	const parser = new JsonParser();
	parser.feed(text);
	return asObject(parser.end());
}

/** The object or array that a value is. */
export function asObject(value: unknown): Record<string, unknown> | undefined {
	return typeof value === 'object' && value !== null
		? (value as Record<string, unknown>)
		: undefined;
}
