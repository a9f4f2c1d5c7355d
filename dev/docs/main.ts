/*
 * Writes what the documentation takes from the code into its pages. With `--check` nothing is written:
 * it fails where a page is stale, and names it.
 */

import { writeFile } from 'node:fs/promises';
import path from 'node:path';

import { stalePages } from './pages';
import { SECTIONS } from './sections';

const ROOT = path.resolve(__dirname, '../..');

async function main(isCheck: boolean): Promise<void> {
	for (const [page, text] of await stalePages(SECTIONS, ROOT)) {
		if (isCheck) {
			console.error(`${page} is stale: "npm run docs" brings it up to date.`);
			process.exitCode = 1;
		} else {
			await writeFile(path.join(ROOT, page), text);
			console.log(`${page} has been brought up to date.`);
		}
	}
}

void main(process.argv.includes('--check'));
