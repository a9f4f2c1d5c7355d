import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { format, resolveConfig } from 'prettier';

import { insert, type Section } from './section';

/**
 * The pages that the code has left behind, with the text that they should have.
 *
 * @param folder holds the pages
 * @returns texts by page
 */
export async function stalePages(
	sections: readonly Section[],
	folder: string,
): Promise<Map<string, string>> {
	const stale = new Map<string, string>();
	for (const page of new Set(sections.map((section) => section.page))) {
		const file = path.join(folder, page);
		const text = await readFile(file, 'utf8');
		const filled = sections.filter((section) => section.page === page).reduce(insert, text);
		const options = await resolveConfig(file, { editorconfig: true });
		const formatted = await format(filled, { ...options, filepath: file });
		if (formatted !== text) stale.set(page, formatted);
	}
	return stale;
}
