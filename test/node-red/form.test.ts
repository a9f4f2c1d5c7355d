import { readFileSync } from 'node:fs';
import path from 'node:path';

import fc from 'fast-check';

import { HOSTED_PLATFORMS, OPTIONS, readOptions, type Option, type OptionName } from '../../core';
import { checkOption } from '../../core/checkOptions';
import { GlmAsrError } from '../../core/errors/error';
import locale from '../../node-red/src/locales/en-US/glm-asr.json';

type Validate = (this: object, value: unknown) => true | string;

interface Definition {
	defaults: Record<string, { value: unknown; validate?: Validate }>;
}

/** What the editor gets of a node: its form, and the definition that its script registers. */
function editorOf(type: string): { form: string; script: string; definition: Definition } {
	const html = readFileSync(path.join('node-red/src', `${type}.html`), 'utf8');
	const script = /<script type="text\/javascript">([^]*?)<\/script>/.exec(html)![1]!;
	let definition: Definition | undefined;
	const RED = { nodes: { registerType: (_: string, given: Definition) => (definition = given) } };
	// eslint-disable-next-line @typescript-eslint/no-implied-eval -- the editor runs it in the same way
	new Function('RED', script)(RED);
	return { form: html.replace(script, ''), script, definition: definition! };
}

const { form, definition } = editorOf('glm-asr');
const names = Object.keys(OPTIONS) as OptionName[];
const inForm = names.map((name): [OptionName, Option] => [name, OPTIONS[name]]);

/** Whether core takes what the form saves. */
function isTaken(name: OptionName, text: string): boolean {
	try {
		checkOption(name, readOptions({ [name]: text }, { areNumbersText: true })[name]);
		return true;
	} catch (error) {
		if (error instanceof GlmAsrError) return false;
		throw error;
	}
}

const numbers = fc
	.oneof(
		fc.integer({ min: -3, max: 3 }),
		fc.double({ min: -2, max: 200, noNaN: true }),
		fc.constantFrom('1.0', '1e3', 'Infinity', 'NaN', 'many', '0x10', '3 apples', '-0'),
	)
	.map(String);
const texts = fc
	.oneof(...[5, 6, 128, 129, 7999, 8000].map(fc.constant), fc.nat({ max: 200 }))
	.chain((length) => fc.constantFrom('a', '🎙', '好').map((letter) => letter.repeat(length)));
const lists = fc
	.tuple(fc.nat({ max: 120 }), fc.constantFrom(',', ', ', '，', '\n', ',,'))
	.map(([count, comma]) => Array.from({ length: count }, String).join(comma));

const TYPED: Partial<Record<Option['kind'], fc.Arbitrary<string>>> = {
	number: numbers,
	wholeNumber: numbers,
	seconds: numbers,
	text: texts,
	id: texts,
	words: lists,
};

describe('The form of the node glm-asr', () => {
	it.each(inForm)('has a row for %s', (name) => {
		expect(form).toContain(`id="node-input-${name}"`);
		expect(locale['glm-asr'].label).toHaveProperty(name);
	});

	it.each(inForm)('gives %s its default', (name, option) => {
		const value = option.default ?? '';
		expect(definition.defaults[name]?.value).toBe(
			typeof value === 'number' ? String(value) : value,
		);
	});

	it.each(inForm.filter(([, { kind }]) => TYPED[kind]))(
		'takes the %s that core takes',
		(name, { kind }) => {
			const { validate = () => true } = definition.defaults[name]!;
			fc.assert(
				fc.property(TYPED[kind]!, (text) => {
					expect(validate.call({ _: (key: string) => key }, text) === true).toBe(
						isTaken(name, text),
					);
				}),
			);
		},
	);

	it.each(inForm.filter(([name]) => definition.defaults[name]?.validate))(
		'says of a wrong %s what core says',
		(name, option) => {
			const errors: Record<string, string> = locale['glm-asr'].errors;
			expect(errors[name]!.endsWith(` must be ${option.must}`)).toBe(true);
		},
	);

	it.each(inForm.filter(([, { kind }]) => kind === 'choice'))(
		'offers the choices of %s',
		(name, option) => {
			const select = new RegExp(`<select id="node-input-${name}"[^]*?</select>`).exec(form)![0];
			const values = [...select.matchAll(/<option value="(\w+)"/g)].map(([, value]) => value);
			expect(values).toEqual(option.choices);
		},
	);

	it('has no other options', () => {
		const others = Object.keys(definition.defaults).filter((name) => !Object.hasOwn(OPTIONS, name));
		expect(others).toEqual(['name', 'service', 'property', 'propertyType']);
	});
});

test('The form of the service offers every hosted platform, the first unless set', () => {
	const { script, definition } = editorOf('glm-asr-service');
	const table = /const PLATFORMS = \{([^}]*)\}/.exec(script)![1]!;
	const offered = [...table.matchAll(/(\w+): '(.*)'/g)].map(([, platform, label]) => [
		platform,
		label,
	]);
	expect(offered).toEqual(
		Object.entries(HOSTED_PLATFORMS).map(([platform, { baseUrl, name }]) => [
			platform,
			`${name} (${new URL(baseUrl).host})`,
		]),
	);
	expect(definition.defaults.platform!.value).toBe('bigmodel');
});
