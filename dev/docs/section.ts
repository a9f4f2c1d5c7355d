/** A part of a page that is made from the code, between `<!-- name:begin -->` and `<!-- name:end -->`. */
export interface Section {
	/** The page's path from the root of the repository. */
	page: string;
	name: string;
	/** What stands between the marks. */
	markdown: string;
}

/** A table of Markdown; cells may hold any Markdown of one line. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
	return [head, head.map(() => '---'), ...rows]
		.map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`)
		.join('\n');
}

/** A page with a section put into its place. @throws Error when the page has no such place */
export function insert(text: string, { page, name, markdown }: Section): string {
	const [begin, end] = [`<!-- ${name}:begin -->`, `<!-- ${name}:end -->`];
	const from = text.indexOf(begin);
	const to = text.indexOf(end, from);
	if (from < 0 || to < 0) throw new Error(`${page} lacks the lines ${begin} and ${end}.`);
	return `${text.slice(0, from)}${begin}\n\n${markdown}\n\n${text.slice(to)}`;
}
