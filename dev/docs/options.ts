import type { INodeProperties } from 'n8n-workflow';

import { OPTIONS, type Option, type OptionName } from '../../core';
import locale from '../../node-red/src/locales/en-US/glm-asr.json';
import { audioFields } from '../../nodes/GlmAsr/description';
import { table, type Section } from './section';

/** The tables of options in the page of each host. */
export const optionSections: readonly Section[] = [
	{ page: 'docs/n8n.md', name: 'options', markdown: n8nOptions() },
	{ page: 'docs/node-red.md', name: 'options', markdown: nodeRedOptions() },
];

/** The options of n8n's node as its form names them, as a Markdown table. */
function n8nOptions(): string {
	const collection = audioFields.find(({ name }) => name === 'options')!;
	const rows = (collection.options as INodeProperties[]).map((field) => {
		const { displayName, name } = field;
		if (isOption(name)) return [displayName, ...cellsOf(name)];
		// Those of n8n alone stand in its form only.
		const { description, default: value } = field;
		const meaning = description!.replace(/^Whether /, 'whether ');
		return [displayName, meaning, 'true or false', value ? 'on' : 'off'];
	});
	return table(['option', 'meaning', 'value', 'default'], rows);
}

/** The options of Node-RED's node by their labels and by their names in a flow file, as a Markdown table. */
function nodeRedOptions(): string {
	const labels: Record<string, string> = locale['glm-asr'].label;
	const rows = (Object.keys(OPTIONS) as OptionName[]).map((name) => [
		labels[name]!,
		`\`${name}\``,
		...cellsOf(name),
	]);
	return table(['field', 'name in a flow file', 'meaning', 'value', 'default'], rows);
}

function isOption(name: string): name is OptionName {
	return Object.hasOwn(OPTIONS, name);
}

/** What it is for, what it takes, and what holds where it is not set. */
function cellsOf(name: OptionName): string[] {
	const { meaning, must }: Option = OPTIONS[name];
	return [meaning, must.replaceAll('"', '`'), defaultOf(name)];
}

function defaultOf(name: OptionName): string {
	const { default: value, whenUnset = '' }: Option = OPTIONS[name];
	if (typeof value === 'boolean') return value ? 'on' : 'off';
	if (typeof value === 'string') return `\`${value}\``;
	return String(value ?? whenUnset);
}
