import { writeFile } from 'node:fs/promises';
import path from 'node:path';

import { staleFiles } from './files';
import { IDENTITY, refusals } from './identity';

/**
 * `npm run identity` writes author and repository of identity.json wherever they stand; `--release`
 * writes nothing and fails unless the names are real, all are written, and the workflow runs in that very
 * repository.
 */
async function main(options: string[]): Promise<void> {
	const root = path.resolve(__dirname, '../..');
	const stale = await staleFiles(root, IDENTITY);
	if (!options.includes('--release')) {
		for (const { file, text } of stale) {
			await writeFile(path.join(root, file), text);
			console.log(file);
		}
		return;
	}
	const reasons = [
		...refusals(IDENTITY, process.env.GITHUB_REPOSITORY),
		...stale.map(({ file }) => `${file} names others: run "npm run identity".`),
	];
	for (const reason of reasons) console.error(reason);
	if (reasons.length > 0) process.exitCode = 1;
}

void main(process.argv.slice(2));
