import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

import type { Metafile } from 'esbuild';

import { AMR_PACKAGE, OPENCORE_AMR } from './opencoreAmr';

const ALLOWED_LICENSES = ['MIT', 'ISC', 'BSD-2-Clause', 'BSD-3-Clause', 'Apache-2.0', 'MPL-2.0'];

/** Texts that the packages owe their users and do not carry: `<name of the package>.txt`. */
const MISSING_TEXTS = path.join(__dirname, 'notices');

/** What the bundler tells of a bundle. */
export type Bundle = Pick<Metafile, 'outputs'>;

/**
 * Writes the licences of all packages that are in a bundle.
 *
 * @param file where to write them
 * @throws Error when a package has a licence that is not allowed here, or no text of it
 */
export async function writeThirdPartyNotices(bundle: Bundle, file: string): Promise<void> {
	const notices = await Promise.all(packagesIn(bundle).map(noticeOf));
	await writeFile(
		file,
		['This package contains the work of others, under the licences below.\n', ...notices].join(
			`\n${'='.repeat(80)}\n\n`,
		),
	);
}

/** The first line of a package's part. */
const titleOf = (name: string, version: string, license: string) =>
	`${name} ${version} (${license})`;

/** Names and versions of the packages that notices are about: those that are compiled into a package. */
export function bundledPackages(notices: string): Record<string, string> {
	const titles = notices.matchAll(/^((?:@[\w.-]+\/)?[\w.-]+) (\d+\.\d+\.\S+) \([\w.-]+\)$/gm);
	return Object.fromEntries(Array.from(titles, ([, name, version]) => [name!, version!]));
}

/** Names of the packages whose code is in a bundle, sorted. */
function packagesIn({ outputs }: Bundle): string[] {
	const files = Object.values(outputs).flatMap(({ inputs }) => Object.keys(inputs));
	return [...new Set(files.map(packageOf).filter((name) => name !== undefined))].sort();
}

function packageOf(file: string): string | undefined {
	if (file === OPENCORE_AMR) return AMR_PACKAGE;
	return /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1];
}

async function noticeOf(name: string): Promise<string> {
	const folder = path.join('node_modules', name);
	const manifest = await readFile(path.join(folder, 'package.json'), 'utf8');
	const { version, license } = JSON.parse(manifest) as { version: string; license: string };
	if (!ALLOWED_LICENSES.includes(license)) {
		throw new Error(`${name} is in the bundle; its licence is not allowed: ${license}`);
	}
	const texts = await textsOf(name, folder);
	if (texts.length === 0) throw new Error(`${name} is in the bundle without its licence's text`);
	return [`${titleOf(name, version, license)}\n`, ...texts].join('\n');
}

async function textsOf(name: string, folder: string): Promise<string[]> {
	const carried = (await readdir(folder))
		.filter((file) => /^(licen[cs]e|notice|copying)/i.test(file))
		.map((file) => path.join(folder, file));
	const missing = path.join(MISSING_TEXTS, `${name}.txt`);
	const texts = await Promise.all([...carried, missing].map(readIfThere));
	return texts.filter((text) => text !== undefined).map((text) => `${text.trim()}\n`);
}

async function readIfThere(file: string): Promise<string | undefined> {
	try {
		return await readFile(file, 'utf8');
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
		return undefined;
	}
}
