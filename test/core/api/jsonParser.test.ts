import fc from 'fast-check';

import { JsonParser } from '../../../core/api/jsonParser';
import { workOf } from '../../support/holds';

function parse(...parts: string[]): unknown {
	const parser = new JsonParser();
	for (const part of parts) parser.feed(part);
	return parser.end();
}

function cut(text: string, places: number[]): string[] {
	const at = [...new Set(places.map((place) => place % (text.length + 1)))].sort((a, b) => a - b);
	return [0, ...at].map((from, index) => text.slice(from, at[index]));
}

const isSafe = (text: string) => !/__proto__|constructor|prototype/.test(text);
const values = fc.json().filter(isSafe);
const places = fc.array(fc.nat(), { maxLength: 5 });

describe('JSON as it arrives', () => {
	test('is what the platform reads, wherever it is cut', () => {
		fc.assert(
			fc.property(values, places, (text, at) => {
				expect(parse(...cut(text, at))).toEqual(JSON.parse(text));
			}),
		);
	});

	test('may have white space between its parts', () => {
		fc.assert(
			fc.property(fc.jsonValue(), (value) => {
				const text = JSON.stringify(value, null, '\t');
				fc.pre(isSafe(text));
				expect(parse('\r\n ', text, '\n')).toEqual(JSON.parse(text));
			}),
		);
	});

	test('is refused where the platform refuses it', () => {
		const marks = fc.constantFrom(...'{}[]:,"\\ -01e.+tfnu'.split(''), 'true', '"a"', 'null', '\n');
		const broken = fc.array(marks, { maxLength: 8 }).map((list) => list.join(''));
		fc.assert(
			fc.property(broken, places, (text, at) => {
				let expected: unknown;
				try {
					expected = JSON.parse(text);
				} catch {
					expected = undefined;
				}
				expect(parse(...cut(text, at))).toEqual(expected);
			}),
			{ numRuns: 1000 },
		);
	});

	test.each([
		['nothing', ''],
		['a control character in a text', '"\n"'],
		['half an escape', '"\\u12"'],
		['two values', '1 2'],
		['a comma too many', '[1,]'],
		['101 levels', '['.repeat(101) + ']'.repeat(101)],
		['a million levels', '{"a":'.repeat(1_000_000)],
		['a text of more than a million characters', `"${'x'.repeat(1_000_001)}"`],
		['a number of more than a thousand digits', '1'.repeat(1001)],
		['more than half a million values', `[${'1,'.repeat(500_000)}1]`],
	])('is none when it is %s', (_, text) => {
		expect(parse(text)).toBeUndefined();
	});

	test('may have 100 levels', () => {
		expect(parse('['.repeat(100) + ']'.repeat(100))).toBeInstanceOf(Array);
	});

	test('keeps 200 members of an object and the names that are read', async () => {
		const many = Array.from({ length: 500_000 }, (_, index) => `"k${index}":{"a":[${index}]}`);
		let read: unknown;
		const seconds = await workOf(() => (read = parse(`{${many.join()},"text":"one"}`)));
		expect(Object.keys(read as object)).toHaveLength(201);
		expect(read).toMatchObject({ k0: { a: [0] }, text: 'one' });
		expect(seconds).toBeLessThan(3);
	});

	test('leaves out names that lead to a prototype', () => {
		const read = parse('{"__proto__":{"a":1},"b":{"constructor":{"prototype":2},"c":3}}') as object;
		expect(read).toEqual({ b: { c: 3 } });
		expect(Object.getPrototypeOf(read)).toBe(Object.prototype);
	});

	test('has null for a number beyond all bounds', () => {
		expect(parse('[1e999,-1e999,1]')).toEqual([null, null, 1]);
	});
});
