import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { stalePages } from '../../../dev/docs/pages';
import { SECTIONS } from '../../../dev/docs/sections';

let folder: string;

beforeEach(async () => {
	folder = await mkdtemp(path.join(tmpdir(), 'docs-'));
});
afterEach(() => rm(folder, { recursive: true }));

const section = (page: string, name: string, markdown: string) => ({ page, name, markdown });
const place = (name: string, markdown = '') =>
	`<!-- ${name}:begin -->\n${markdown}\n<!-- ${name}:end -->\n`;

test('a page that differs from the code is stale, and gets all its sections, formatted', async () => {
	await writeFile(path.join(folder, 'a.md'), `# A\n\n${place('one')}\n${place('two', '\nold\n')}`);
	const sections = [
		section('a.md', 'one', '| a |\n| - |\n| long |'),
		section('a.md', 'two', 'new'),
	];

	expect([...(await stalePages(sections, folder))]).toEqual([
		[
			'a.md',
			`# A\n\n${place('one', '\n| a    |\n| ---- |\n| long |\n')}\n${place('two', '\nnew\n')}`,
		],
	]);
});

test('once it is written the page is not stale any more', async () => {
	const sections = [section('a.md', 'one', 'new')];
	await writeFile(path.join(folder, 'a.md'), place('one'));
	const text = (await stalePages(sections, folder)).get('a.md')!;
	await writeFile(path.join(folder, 'a.md'), text);

	expect(await stalePages(sections, folder)).toEqual(new Map());
});

test('only stale pages are named', async () => {
	await writeFile(path.join(folder, 'a.md'), place('one', '\nnew\n'));
	await writeFile(path.join(folder, 'b.md'), place('one', '\nold\n'));
	const sections = [section('a.md', 'one', 'new'), section('b.md', 'one', 'new')];

	expect([...(await stalePages(sections, folder)).keys()]).toEqual(['b.md']);
});

test('a page that lost the marks of a section is refused', async () => {
	await writeFile(path.join(folder, 'a.md'), '# A\n');

	await expect(stalePages([section('a.md', 'one', 'new')], folder)).rejects.toThrow('a.md lacks');
});

test('the pages in this repository are those of the code', async () => {
	const root = path.resolve(__dirname, '../../..');

	expect([...(await stalePages(SECTIONS, root)).keys()]).toEqual([]);
});
