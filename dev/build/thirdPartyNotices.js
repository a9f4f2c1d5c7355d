const { readdir, readFile, writeFile } = require('node:fs/promises');
const path = require('node:path');

const { AMR_PACKAGE, OPENCORE_AMR } = require('./opencoreAmr');

const ALLOWED_LICENSES = ['MIT', 'ISC', 'BSD-2-Clause', 'BSD-3-Clause', 'Apache-2.0', 'MPL-2.0'];

/** Texts that the packages owe their users and do not carry: `<name of the package>.txt`. */
const MISSING_TEXTS = path.join(__dirname, 'notices');

/**
 * Writes the licences of all packages that are in a bundle.
 *
 * @param {import('esbuild').Metafile} metafile of the bundle
 * @param {string} file where to write them
 * @throws Error when a package has a licence that is not allowed here, or no text of it
 */
async function writeThirdPartyNotices(metafile, file) {
	const notices = await Promise.all(packagesIn(metafile).map(noticeOf));
	await writeFile(
		file,
		['This package contains the work of others, under the licences below.\n', ...notices].join(
			`\n${'='.repeat(80)}\n\n`,
		),
	);
}

/** Names of the packages whose code is in a bundle, sorted. */
function packagesIn({ outputs }) {
	const files = Object.values(outputs).flatMap(({ inputs }) => Object.keys(inputs));
	return [...new Set(files.map(packageOf).filter(Boolean))].sort();
}

function packageOf(file) {
	if (file === OPENCORE_AMR) return AMR_PACKAGE;
	return /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1];
}

async function noticeOf(name) {
	const folder = path.join('node_modules', name);
	const { version, license } = JSON.parse(
		await readFile(path.join(folder, 'package.json'), 'utf8'),
	);
	if (!ALLOWED_LICENSES.includes(license)) {
		throw new Error(`${name} is in the bundle; its licence is not allowed: ${license}`);
	}
	const texts = await textsOf(name, folder);
	if (texts.length === 0) throw new Error(`${name} is in the bundle without its licence's text`);
	return [`${name} ${version} (${license})\n`, ...texts].join('\n');
}

async function textsOf(name, folder) {
	const carried = (await readdir(folder))
		.filter((file) => /^(licen[cs]e|notice|copying)/i.test(file))
		.map((file) => path.join(folder, file));
	const missing = path.join(MISSING_TEXTS, `${name}.txt`);
	const texts = await Promise.all([...carried, missing].map(readIfThere));
	return texts.filter(Boolean).map((text) => `${text.trim()}\n`);
}

async function readIfThere(file) {
	try {
		return await readFile(file, 'utf8');
	} catch (error) {
		if (error.code !== 'ENOENT') throw error;
		return undefined;
	}
}

module.exports = { writeThirdPartyNotices };
