import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

import { OWN_CODES } from '../../../core/errors/ownCodes';
import { CODED_ERRORS, everyError, type Told } from '../../support/everyError';

const ROOT = path.resolve(__dirname, '../../..');

interface Row {
	message: string;
	/** In Markdown. */
	cause: string;
	cure: string;
}

/** The tables of the page, which writes "…" for the beginning that most messages share. */
function readRows(): Row[] {
	const page = readFileSync(path.join(ROOT, 'docs/errors.md'), 'utf8');
	const rows = [...page.matchAll(/^\| (.*?) +\| (.*?) +\| (.*?) +\|$/gm)];
	return rows
		.map(([, message, cause, cure]) => ({
			message: plain(message!).replace(/^… /, '"memo.wav" was not transcribed: '),
			cause: cause!,
			cure: plain(cure!),
		}))
		.filter(({ message }) => !/^(message|-+)$/.test(message));
}

function plain(markdown: string): string {
	return markdown.replace(/`|\\(?=\W)/g, '');
}

/** Whether a text has a pattern, in which "…" is anything. */
function fits(text: string, pattern: string): boolean {
	const parts = pattern.split('…').map((part) => part.replace(/\W/g, '\\$&'));
	return new RegExp(`^${parts.join('.*')}$`).test(text);
}

function isAbout({ message, cure }: Row, told: Told): boolean {
	return fits(told.problem, message) && (told.cure === undefined || fits(told.cure, cure));
}

/** Sentences of errors as they stand in the sources, with "…" for what is put in. */
function sentencesInSources(): string[] {
	const sources = ['core', 'nodes', 'node-red/src'].flatMap((folder) =>
		readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' })
			.filter((file) => file.endsWith('.ts'))
			.map((file) => readFileSync(path.join(ROOT, folder, file), 'utf8')),
	);
	return sources
		.flatMap((source) => [
			// What is no literal stays as it is, and no error has it.
			...source
				.split(/(?<!function )\binputError\(\s*/)
				.slice(1)
				.map((call) => /^'\w+',\s*(['"`])(.*?)\1,/.exec(call)?.[2] ?? call),
			...literals(source, /\bnew NodeOperationError\(\s*[\w.()]+,\s*/),
			...literals(source, /\b(?:problem|says|cure):\s*/),
			...literals(source, /\b(?:check|positive|wholeNumber|oneOf)\(\s*/).map(
				(name) => `The parameter "${name}" is …`,
			),
		])
		.map((sentence) => sentence.replace(/\$\{(?:[^`{}]|`[^`]*`)*\}/g, '…'));
}

/** The strings that follow something. */
function literals(source: string, head: RegExp): string[] {
	const literal = new RegExp(`${head.source}(['"\`])(.*?)\\1(?=,| })`, 'g');
	return [...source.matchAll(literal)].map(([, , text]) => text!);
}

describe('The tables of docs/errors.md', () => {
	const rows = readRows();
	let errors: Told[];

	beforeAll(async () => {
		errors = (await everyError()).map(({ problem, cure, code }) => ({ problem, cure, code }));
	});

	test('have each error once, with the cure that the error gives', () => {
		const misplaced = errors
			.map((error) => ({ error, rows: rows.filter((row) => isAbout(row, error)) }))
			.filter((found) => found.rows.length !== 1);

		expect(misplaced).toEqual([]);
	});

	test('have no error that the nodes do not make', () => {
		expect(rows.filter((row) => !errors.some((error) => isAbout(row, error)))).toEqual([]);
	});

	test('have every code of our own, and none that is never given', () => {
		const given = new Set(errors.map(({ code }) => code).filter((code) => /[a-z]/.test(code)));

		expect([...given].sort()).toEqual(Object.keys(OWN_CODES).sort());
	});

	test('have every sentence of the sources', () => {
		const sentences = sentencesInSources();
		const told = errors.map(({ problem, cure }) => `${problem} ${cure}`);

		expect(sentences.length).toBeGreaterThan(80);
		expect(
			sentences.filter((sentence) => !told.some((text) => fits(text, `…${sentence}…`))),
		).toEqual([]);
	});

	test('name in the causes all codes of the service and of the network', () => {
		const named = rows.map(({ message, cause }) => [
			message,
			[...cause.matchAll(/`(\d{3,4}|[A-Z][A-Z_]+)`/g)].map(([, code]) => code).sort(),
		]);
		const known = rows.map((row) => [
			row.message,
			CODED_ERRORS.filter((error) => isAbout(row, error))
				.map(({ code }) => code)
				.sort(),
		]);

		expect(named).toEqual(known);
	});
});
