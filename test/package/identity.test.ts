import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

import { GlmAsrApi } from '../../credentials/GlmAsrApi.credentials';
import { staleFiles } from '../../dev/identity/files';
import { IDENTITY, withIdentity, type Identity } from '../../dev/identity/identity';
import codex from '../../nodes/GlmAsr/GlmAsr.node.json';
import { root } from '../support/tarball';

const OTHER: Identity = {
	author: { name: 'Somebody Else', email: 'somebody@example.org' },
	repository: 'somebody/speech',
};

/** How the check ends in a workflow of a repository. */
function release(repository: string | undefined): { status: number | null; stderr: string } {
	const { GITHUB_REPOSITORY: _, ...env } = process.env;
	return spawnSync(process.execPath, ['--import', 'tsx', 'dev/identity/main.ts', '--release'], {
		cwd: root,
		encoding: 'utf8',
		env: repository === undefined ? env : { ...env, GITHUB_REPOSITORY: repository },
	});
}

test('every file names the author and the repository of dev/identity/identity.json', async () => {
	const stale = await staleFiles(root, IDENTITY);
	assert.deepEqual(
		stale.map(({ file }) => file),
		[],
		'run "npm run identity"',
	);
});

test('another identity reaches both packages, their licences, the credential, the node and the pages', async () => {
	const files = (await staleFiles(root, OTHER)).map(({ file }) => file);
	for (const file of [
		'LICENSE',
		'package.json',
		'node-red/LICENSE',
		'node-red/package.json',
		'credentials/GlmAsrApi.credentials.ts',
		'nodes/GlmAsr/GlmAsr.node.json',
		'node-red/README.md',
		'node-red/src/locales/en-US/glm-asr.html',
	]) {
		assert.ok(files.includes(file), `${file} would keep the old names`);
	}
});

test('nothing of the old names is left, and no other project is renamed', async () => {
	for (const { text } of await staleFiles(root, OTHER)) {
		for (const old of [IDENTITY.author.name, IDENTITY.author.email, IDENTITY.repository]) {
			assert.ok(!text.includes(old), old);
		}
	}
	const others = 'https://github.com/zai-org/GLM-ASR https://github.com/a/n8n-nodes-glm-asr-2';
	assert.equal(withIdentity('README.md', others, OTHER, IDENTITY.repository), others);
});

test('a link to a former home of the repository is stale', () => {
	const link = (repository: string) => `(https://github.com/${repository}#n8n), and more`;
	assert.equal(
		withIdentity('README.md', link('old/n8n-nodes-glm-asr'), OTHER, IDENTITY.repository),
		link(OTHER.repository),
	);
	assert.equal(
		withIdentity('README.md', link('old/name'), OTHER, 'old/name'),
		link('somebody/speech'),
	);
});

test('the documentation that n8n links to is in the repository', () => {
	const ours = `https://github.com/${IDENTITY.repository}`;
	const { credentialDocumentation, primaryDocumentation } = codex.resources;
	for (const url of [
		new GlmAsrApi().documentationUrl,
		...[...credentialDocumentation, ...primaryDocumentation].map(({ url }) => url),
	]) {
		assert.ok(url.startsWith(ours), url);
	}
});

test('a release leaves only the repository that the packages name', () => {
	const atHome = release(IDENTITY.repository);
	assert.equal(atHome.status, 0, atHome.stderr);
	for (const elsewhere of ['somebody/fork', undefined]) {
		const { status, stderr } = release(elsewhere);
		assert.equal(status, 1);
		assert.match(
			stderr,
			new RegExp(`come from ${IDENTITY.repository}.*${elsewhere ?? 'no repository'}`),
		);
	}
});

test('the release workflow asks so before it publishes anything', () => {
	const workflow = readFileSync(path.join(root, '.github/workflows/release.yml'), 'utf8');
	const asks = workflow.indexOf('npm run identity -- --release');
	assert.ok(asks > 0 && asks < workflow.indexOf('npm publish'));
});
