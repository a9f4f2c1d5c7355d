import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { CACHE, cleanEnvironment, ROOT } from './paths';

/** Packs the n8n package as `npm publish` would; returns the tarball's path. */
export const packN8nNode = () => pack();

/** Packs the Node-RED package as `npm publish` would; returns the tarball's path. */
export const packNodeRedNode = () => pack('--workspace', 'node-red');

function pack(...workspace: string[]): string {
	const folder = path.join(CACHE, 'packs');
	mkdirSync(folder, { recursive: true });
	const answer = execFileSync(
		'npm',
		['pack', '--json', '--loglevel=error', '--pack-destination', folder, ...workspace],
		{ cwd: ROOT, env: cleanEnvironment(), encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] },
	);
	return path.join(folder, packedFile(JSON.parse(answer)));
}

/** npm answers with a list, newer ones with an object by package name. */
function packedFile(answer: Record<string, { filename: string }>): string {
	const [first] = Object.values(answer);
	if (!first) throw new Error('npm pack made no tarball');
	return first.filename;
}
