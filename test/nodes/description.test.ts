import type { INodeProperties } from 'n8n-workflow';

import { OPTIONS, type Option } from '../../core';
import { audioFields } from '../../nodes/GlmAsr/description';

const fieldOf = (name: string) => audioFields.find((field) => field.name === name)!;
const collection = fieldOf('options').options as INodeProperties[];

/** The options of the collection: those of core but for the two that have fields of their own. */
const { model, stream, ...inCollection } = OPTIONS;

const TYPES: Record<Option['kind'], INodeProperties['type']> = {
	model: 'resourceLocator',
	text: 'string',
	id: 'string',
	words: 'string',
	number: 'number',
	wholeNumber: 'number',
	seconds: 'number',
	boolean: 'boolean',
	choice: 'options',
};

/** What the form fills in when the option is added: its default, or what counts as not set. */
function filledIn({ kind, default: value }: Option): unknown {
	if (kind === 'seconds') return 0;
	return value ?? (TYPES[kind] === 'number' ? 0 : '');
}

/** n8n knows ranges of numbers only, and 0 stands for what holds without a length of time. */
function rangeOf({ kind, min, max }: Option): { min?: number; max?: number } {
	if (kind === 'seconds') return { min: 0 };
	return TYPES[kind] === 'number' ? { min, max } : {};
}

describe('The literal description of the node', () => {
	it.each<[string, Option]>(Object.entries(inCollection))(
		'says of %s what core says',
		(name, option) => {
			const field = collection.find((entry) => entry.name === name)!;

			expect(field.type).toBe(TYPES[option.kind]);
			expect(field.default).toBe(filledIn(option));
			const { min, max } = rangeOf(option);
			expect(field.typeOptions?.minValue).toBe(min);
			expect(field.typeOptions?.maxValue).toBe(max);
			expect(field.typeOptions?.numberPrecision === 0).toBe(option.kind === 'wholeNumber');
			expect((field.options as { value: string }[] | undefined)?.map(({ value }) => value)).toEqual(
				option.choices,
			);
		},
	);

	it('has no options but those and two of its own, in the order of the alphabet', () => {
		const names = collection.map(({ name }) => name);
		expect(names).toEqual([...Object.keys(inCollection), 'enableStreaming', 'keepBinary'].sort());
	});

	it('gives model and stream their defaults', () => {
		expect(fieldOf('model').default).toEqual({ mode: 'list', value: model.default });
		expect(fieldOf('stream').default).toBe(stream.default);
	});
});
