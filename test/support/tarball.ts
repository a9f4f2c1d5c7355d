import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** The checkout. */
export const root = path.resolve(__dirname, '../..');

/** What a user gets of a package: its tarball, unpacked into a folder of its own. */
export interface UnpackedTarball {
	folder: string;
	/** Paths inside the package, sorted. */
	files: string[];
	/** Bytes of all files. */
	size: number;
	remove(): void;
}

/** Packs a package of this repository as `npm publish` does, and unpacks it. */
export function unpackTarball(npmPackArguments: string[] = []): UnpackedTarball {
	const folder = mkdtempSync(path.join(tmpdir(), 'glm-asr-package-'));
	const listing = execFileSync(
		'npm',
		['pack', '--json', '--pack-destination', folder, ...npmPackArguments],
		{ cwd: root, stdio: ['ignore', 'pipe', 'ignore'] },
	).toString();
	const tarball = (JSON.parse(listing) as { filename: string }[])[0]!.filename;
	execFileSync('tar', ['-xzf', path.join(folder, tarball), '-C', folder]);
	const unpacked = path.join(folder, 'package');
	const files = (readdirSync(unpacked, { recursive: true }) as string[])
		.filter((file) => statSync(path.join(unpacked, file)).isFile())
		.sort();
	return {
		folder: unpacked,
		files,
		size: files.reduce((sum, file) => sum + statSync(path.join(unpacked, file)).size, 0),
		remove: () => rmSync(folder, { recursive: true, force: true }),
	};
}
