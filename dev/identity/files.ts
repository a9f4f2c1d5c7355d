import { readFile } from 'node:fs/promises';
import path from 'node:path';

import glob from 'fast-glob';

import { withIdentity, type Identity } from './identity';

/** A file that names another author or repository than it should. */
export interface StaleFile {
	/** Its path from the root of the repository. */
	file: string;
	/** What it should hold. */
	text: string;
}

/** What may name the author or the repository. */
const PATTERNS = [
	'*.md',
	'{,node-red/}{package.json,LICENSE}',
	'.github/**',
	'{credentials,dev,docs,nodes,node-red}/**/*.{html,json,md,ts}',
];

/** The files of a checkout that do not name this identity, sorted. */
export async function staleFiles(root: string, identity: Identity): Promise<StaleFile[]> {
	const written = await writtenRepository(root);
	const files = await glob(PATTERNS, {
		cwd: root,
		ignore: ['**/node_modules/**', '**/dist/**', 'dev/identity/**'],
		unique: true,
	});
	const all = await Promise.all(
		files.sort().map(async (file) => {
			const before = await readFile(path.join(root, file), 'utf8');
			const text = withIdentity(file, before, identity, written);
			return { file, text, isStale: text !== before };
		}),
	);
	return all.filter(({ isStale }) => isStale).map(({ file, text }) => ({ file, text }));
}

/** The repository that the n8n package names, `owner/name`. */
async function writtenRepository(root: string): Promise<string> {
	const manifest = await readFile(path.join(root, 'package.json'), 'utf8');
	const { repository } = JSON.parse(manifest) as { repository: { url: string } };
	return /github\.com\/(.*)\.git$/.exec(repository.url)![1]!;
}
