import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { auditTarball } from './audit';

const ROOT = path.resolve(__dirname, '../..');

/**
 * `npm run audit` asks npm's registry for known vulnerabilities of both packages as they were built, and fails
 * where there are some. A registry that does not answer is said so and passes, unless with `--must-answer`.
 */
async function main(options: string[]): Promise<void> {
	const folder = mkdtempSync(path.join(tmpdir(), 'glm-asr-audit-'));
	try {
		for (const workspace of [[], ['--workspace', 'node-red']]) {
			const tarball = pack(folder, workspace);
			const finding = await auditTarball(path.join(folder, tarball));
			if (!finding.answered) {
				console.log(`${tarball}: NOT CHECKED, as the registry did not answer: ${finding.reason}`);
				if (options.includes('--must-answer')) process.exitCode = 1;
			} else if (finding.vulnerable.length > 0) {
				console.log(`${tarball}: vulnerabilities are known of ${finding.vulnerable.join(', ')}`);
				process.exitCode = 1;
			} else {
				console.log(`${tarball}: no vulnerability is known.`);
			}
		}
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

/** @returns the tarball's name */
function pack(folder: string, workspace: string[]): string {
	const listing = execFileSync(
		'npm',
		['pack', '--json', '--ignore-scripts', '--pack-destination', folder, ...workspace],
		{ cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] },
	);
	return (JSON.parse(listing) as { filename: string }[])[0]!.filename;
}

void main(process.argv.slice(2));
