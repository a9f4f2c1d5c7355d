/**
 * Installs the n8n server that the host tests start, into `.cache/n8n`, unless it is there already.
 * Takes some minutes and about 3 GB the first time; `npm run test:hosts` calls it before the tests.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { cleanEnvironment, N8N_FOLDER } from '../support/hosts/paths';

const RECIPE = path.join(__dirname, 'n8n');
const MARKER = path.join(N8N_FOLDER, '.installed');

function main(): void {
	const wanted = fingerprint();
	if (existsSync(MARKER) && readFileSync(MARKER, 'utf8') === wanted) return;
	const started = Date.now();
	console.log('Installing n8n for the host tests (once, some minutes) …');
	rmSync(MARKER, { force: true });
	mkdirSync(N8N_FOLDER, { recursive: true });
	for (const file of ['package.json', 'package-lock.json']) {
		copyFileSync(path.join(RECIPE, file), path.join(N8N_FOLDER, file));
	}
	// No install scripts but the one that is needed: the native part of sqlite3.
	npm(['ci', '--ignore-scripts', '--omit=dev']);
	npm(['rebuild', 'sqlite3'], {
		npm_config_nodedir: nodeHeaders(),
		npm_config_build_from_source: 'true',
	});
	writeFileSync(MARKER, wanted);
	console.log(`n8n is installed (${Math.round((Date.now() - started) / 1000)} s).`);
}

function npm(args: string[], environment: Record<string, string> = {}): void {
	execFileSync('npm', [...args, '--no-audit', '--no-fund', '--loglevel=error'], {
		cwd: N8N_FOLDER,
		env: cleanEnvironment(environment),
		stdio: 'inherit',
	});
}

/** What the install depends on: the lockfile and the Node.js that sqlite3 is compiled for. */
function fingerprint(): string {
	return createHash('sha256')
		.update(readFileSync(path.join(RECIPE, 'package-lock.json')))
		.update(process.version + process.platform + process.arch)
		.digest('hex');
}

/** The folder above `include/node` in the platform package of npm's `node`, so that node-gyp downloads nothing. */
function nodeHeaders(): string {
	const fromNode = createRequire(createRequire(__filename).resolve('node/package.json'));
	const platform = process.platform === 'win32' ? 'win' : process.platform;
	return path.dirname(fromNode.resolve(`node-${platform}-${process.arch}/package.json`));
}

main();
