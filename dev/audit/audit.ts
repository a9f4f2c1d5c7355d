import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

import { bundledPackages } from '../build/thirdPartyNotices';

const run = promisify(execFile);

/** What the registry says of all that a package brings to its users. */
export type Finding =
	/** Names with the severity of what is known of them; none is good news. */
	| { answered: true; vulnerable: string[] }
	/** It gives no such answers, or none now. */
	| { answered: false; reason: string };

/** What `npm audit --json` writes. */
interface Report {
	auditReportVersion?: number;
	vulnerabilities?: Record<string, { severity: string }>;
	message?: string;
}

/**
 * Asks for vulnerabilities of what users get with a tarball: its dependencies as they would be installed today,
 * and the packages that are compiled into it, which `npm audit` does not see.
 *
 * @param tarball as `npm pack` makes it
 * @throws Error when its dependencies cannot be resolved
 */
export async function auditTarball(tarball: string): Promise<Finding> {
	const folder = await mkdtemp(path.join(tmpdir(), 'glm-asr-audit-'));
	try {
		await run('tar', ['-xzf', tarball, '-C', folder, '--strip-components=1']);
		const { dependencies } = await readJson<{ dependencies?: object }>(folder, 'package.json');
		const notices = await readFile(path.join(folder, 'dist/THIRD-PARTY-NOTICES.txt'), 'utf8');
		const project = {
			private: true,
			dependencies: { ...dependencies, ...bundledPackages(notices) },
		};
		await writeFile(path.join(folder, 'package.json'), JSON.stringify(project));
		const quietly = ['--package-lock-only', '--ignore-scripts', '--no-audit', '--no-fund'];
		await run('npm', ['install', ...quietly], { cwd: folder });
		return findingOf(await report(folder));
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
}

async function readJson<T>(folder: string, name: string): Promise<T> {
	return JSON.parse(await readFile(path.join(folder, name), 'utf8')) as T;
}

/** `npm audit` fails where it finds something, too, and writes its report all the same. */
async function report(folder: string): Promise<Report> {
	const { stdout } = await run('npm', ['audit', '--omit=dev', '--json'], { cwd: folder }).catch(
		(error: Error & { stdout?: string }) => ({ stdout: error.stdout ?? '' }),
	);
	return stdout.trim() ? (JSON.parse(stdout) as Report) : {};
}

function findingOf({ auditReportVersion, vulnerabilities, message }: Report): Finding {
	if (!auditReportVersion || !vulnerabilities) {
		return { answered: false, reason: message ?? 'npm audit wrote no report' };
	}
	const vulnerable = Object.entries(vulnerabilities).map(
		([name, { severity }]) => `${name} (${severity})`,
	);
	return { answered: true, vulnerable };
}
