import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { appendFileSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';

import { ESLint } from 'eslint';
import glob from 'fast-glob';

import { root, unpackTarball, type UnpackedTarball } from '../support/tarball';

interface Scanner {
	buildScanConfig(): Promise<ESLint.Options['overrideConfig']>;
	SOURCE_FILE_PATTERNS: string[];
}

/** What n8n's scan lints of a tarball. */
const TARBALL_FILE_PATTERNS = ['**/*.js', '**/*.ts', '**/*.json'];
const MAX_UNPACKED_BYTES = 800_000;

let scanner: Scanner;
let tarball: UnpackedTarball;

before(async () => {
	scanner = (await import(
		path.join(root, 'node_modules/@n8n/scan-community-package/scanner/scanner.mjs')
	)) as Scanner;
	tarball = unpackTarball();
});

after(() => tarball.remove());

/** n8n's scan with its own configuration; unlike the scan's verdict it also tells what was linted, and warnings. */
async function scan(
	folder: string,
	patterns: string[],
): Promise<{ linted: string[]; findings: string[] }> {
	const eslint = new ESLint({
		cwd: folder,
		allowInlineConfig: false,
		overrideConfigFile: true,
		overrideConfig: await scanner.buildScanConfig(),
	});
	const files = glob.sync(patterns, {
		cwd: folder,
		absolute: true,
		ignore: ['node_modules/**', '**/package-lock.json'],
	});
	const results = await eslint.lintFiles(files);
	return {
		linted: results.map(({ filePath }) => path.relative(folder, filePath)).sort(),
		findings: results.flatMap(({ filePath, messages }) =>
			messages.map(({ line, ruleId, message }) => `${filePath}:${line} ${ruleId} ${message}`),
		),
	};
}

test("n8n's scan finds nothing in the sources, and did read them", async () => {
	const { linted, findings } = await scan(root, scanner.SOURCE_FILE_PATTERNS);
	assert.deepEqual(findings, []);
	for (const file of [
		'package.json',
		'nodes/GlmAsr/GlmAsr.node.ts',
		'credentials/GlmAsrApi.credentials.ts',
	]) {
		assert.ok(linted.includes(file), `${file} was not linted`);
	}
});

test("n8n's scan finds nothing in the tarball, and did read the bundles", async () => {
	const { linted, findings } = await scan(tarball.folder, TARBALL_FILE_PATTERNS);
	assert.deepEqual(findings, []);
	for (const file of [
		'package.json',
		'dist/nodes/GlmAsr/GlmAsr.node.js',
		'dist/credentials/GlmAsrApi.credentials.js',
	]) {
		assert.ok(linted.includes(file), `${file} was not linted`);
	}
});

test('the scan would find a timer in the bundle', async () => {
	const planted = unpackTarball();
	try {
		appendFileSync(
			path.join(planted.folder, 'dist/nodes/GlmAsr/GlmAsr.node.js'),
			'\nsetTimeout(() => {}, 1);\n',
		);
		const { findings } = await scan(planted.folder, TARBALL_FILE_PATTERNS);
		assert.equal(findings.length, 1);
		assert.match(findings[0]!, /setTimeout/);
	} finally {
		planted.remove();
	}
});

test('the tarball holds what users need and nothing else', () => {
	assert.deepEqual(tarball.files, [
		'LICENSE',
		'README.md',
		'dist/THIRD-PARTY-NOTICES.txt',
		'dist/credentials/GlmAsrApi.credentials.js',
		'dist/nodes/GlmAsr/GlmAsr.node.js',
		'dist/nodes/GlmAsr/GlmAsr.node.json',
		'dist/nodes/GlmAsr/glmAsr.dark.svg',
		'dist/nodes/GlmAsr/glmAsr.svg',
		'package.json',
	]);
	assert.ok(tarball.size < MAX_UNPACKED_BYTES, `${tarball.size} bytes unpacked`);
});

test('the package has no run-time dependencies and everything it names exists', () => {
	const manifest = JSON.parse(readFileSync(path.join(tarball.folder, 'package.json'), 'utf8')) as {
		dependencies?: object;
		bundledDependencies?: object;
		version: string;
		n8n: { nodes: string[]; credentials: string[] };
	};
	assert.equal(manifest.dependencies, undefined);
	assert.equal(manifest.bundledDependencies, undefined);
	for (const file of [...manifest.n8n.nodes, ...manifest.n8n.credentials]) {
		assert.ok(tarball.files.includes(file), `${file} is not in the tarball`);
	}
	const nodeRed = JSON.parse(readFileSync(path.join(root, 'node-red/package.json'), 'utf8')) as {
		version: string;
	};
	assert.equal(manifest.version, nodeRed.version, 'both tarballs carry the same version');
});

test('loading the node starts no decoder: each waits for its first recording', () => {
	const load = `
		const read = () => { throw new Error('a decoder starts'); };
		require('n8n-workflow');
		Object.defineProperty(globalThis, 'WebAssembly', { get: read });
		require(process.argv[1]);
	`;
	const node = path.join(tarball.folder, 'dist/nodes/GlmAsr/GlmAsr.node.js');
	execFileSync(process.execPath, ['--eval', load, node], {
		// n8n gives the node its own n8n-workflow.
		env: { ...process.env, NODE_PATH: path.join(root, 'node_modules') },
	});
});

test('the nodes panel offers the node: it hides AI nodes that are no root nodes', () => {
	const codex = JSON.parse(
		readFileSync(path.join(tarball.folder, 'dist/nodes/GlmAsr/GlmAsr.node.json'), 'utf8'),
	) as { categories: string[]; subcategories?: { AI?: string[] } };
	const isAi = codex.categories.includes('AI');
	assert.ok(!isAi || codex.subcategories?.AI?.includes('Root Nodes'));
});
