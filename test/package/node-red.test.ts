import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';

import { root, unpackTarball, type UnpackedTarball } from '../support/tarball';

interface Manifest {
	name: string;
	license?: string;
	repository?: unknown;
	bugs?: unknown;
	keywords: string[];
	engines: { node: string };
	dependencies: Record<string, string>;
	'node-red': { version: string; nodes: Record<string, string> };
}

/** The scorecard's limit (flows.nodered.org/scorecard). */
const MAX_DEPENDENCIES = 6;
const MAX_UNPACKED_BYTES = 600_000;

let tarball: UnpackedTarball;
let manifest: Manifest;

before(() => {
	tarball = unpackTarball(['--workspace', 'node-red']);
	manifest = JSON.parse(read('package.json')) as Manifest;
});

after(() => tarball.remove());

function read(file: string): string {
	return readFileSync(path.join(tarball.folder, file), 'utf8');
}

/** Node types a flow file uses. */
function typesIn(flow: string): string[] {
	return (JSON.parse(flow) as { type: string }[]).map(({ type }) => type);
}

function examples(): string[] {
	return tarball.files.filter((file) => /^examples\/.*\.json$/.test(file));
}

test('the scorecard: licence, repository, keyword, versions, a scoped name', () => {
	assert.match(manifest.name, /^@[\w-]+\/node-red-/);
	assert.ok(manifest.license);
	assert.ok(manifest.repository ?? manifest.bugs);
	assert.ok(manifest.keywords.includes('node-red'));
	assert.equal(manifest['node-red'].version, '>=4.0.0');
	assert.equal(manifest.engines.node, '>=22.9');
});

test('the scorecard: at most six dependencies', () => {
	assert.ok(Object.keys(manifest.dependencies).length <= MAX_DEPENDENCIES);
});

test('the scorecard: every node has its files, its help and an example', () => {
	const used = examples().flatMap((file) => typesIn(read(file)));
	for (const [type, file] of Object.entries(manifest['node-red'].nodes)) {
		const form = file.replace(/\.js$/, '.html');
		assert.ok(tarball.files.includes(file), `${file} is missing`);
		assert.match(read(form), new RegExp(`RED\\.nodes\\.registerType\\(\\s*'${type}'`));
		assert.ok(used.includes(type), `no example uses ${type}`);
	}
});

test('no two examples share an id, so that all can be imported side by side', () => {
	const ids = examples().flatMap((file) =>
		(JSON.parse(read(file)) as { id: string }[]).map(({ id }) => id),
	);
	assert.deepEqual(ids.length, new Set(ids).size);
});

test('the tarball holds what users need and nothing else', () => {
	const stray = tarball.files.filter(
		(file) =>
			!['LICENSE', 'README.md', 'dist/THIRD-PARTY-NOTICES.txt', 'package.json'].includes(file) &&
			!/^examples\/[^/]+\.json$/.test(file) &&
			!/^dist\/(core|glm-asr(-service)?)\.js$/.test(file) &&
			!/^dist\/glm-asr(-service)?\.html$/.test(file) &&
			!/^dist\/icons\/[\w-]+\.svg$/.test(file) &&
			!/^dist\/locales\/[\w-]+\/glm-asr(-service)?\.(json|html)$/.test(file),
	);
	assert.deepEqual(stray, []);
	assert.ok(tarball.size <= MAX_UNPACKED_BYTES, `${tarball.size} bytes unpacked`);
});

test('the nodes share one core, so that an error of one has the same class in the other', () => {
	const holders = tarball.files.filter(
		(file) => file.endsWith('.js') && /\bGlmAsrError ?= ?class\b/.test(read(file)),
	);
	assert.deepEqual(holders, ['dist/core.js']);
});

test('loading the nodes starts no decoder: each waits for its first recording', () => {
	const load = `
		const read = () => { throw new Error('a decoder starts'); };
		require('undici'); // compiles a parser of its own
		Object.defineProperty(globalThis, 'WebAssembly', { get: read });
		process.argv.slice(1).forEach((node) => require(node));
	`;
	const nodes = Object.values(manifest['node-red'].nodes);
	execFileSync(
		process.execPath,
		['--eval', load, ...nodes.map((file) => path.join(tarball.folder, file))],
		{ env: { ...process.env, NODE_PATH: path.join(root, 'node_modules') } },
	);
});
