import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

import { GlmAsrApi } from '../../credentials/GlmAsrApi.credentials';
import { staleFiles } from '../../dev/identity/files';
import { IDENTITY, refusals, withIdentity, type Identity } from '../../dev/identity/identity';
import codex from '../../nodes/GlmAsr/GlmAsr.node.json';
import { root } from '../support/tarball';

const OTHER: Identity = {
	isPlaceholder: false,
	author: { name: 'Somebody Else', email: 'somebody@else.dev' },
	owners: '@somebody',
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
		'.github/CODEOWNERS',
		'LICENSE',
		'SECURITY.md',
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
		const { author, owners, repository } = IDENTITY;
		for (const old of [author.name, author.email, owners, repository]) {
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
	assert.deepEqual(refusals(OTHER, OTHER.repository), []);
	for (const elsewhere of ['somebody/fork', undefined]) {
		const { status, stderr } = release(elsewhere);
		assert.equal(status, 1);
		assert.match(
			stderr,
			new RegExp(`come from ${IDENTITY.repository}.*${elsewhere ?? 'no repository'}`),
		);
	}
});

test('a release is refused as long as the names are placeholders', () => {
	const { status, stderr } = release(IDENTITY.repository);
	assert.equal(status, IDENTITY.isPlaceholder ? 1 : 0, stderr);
	assert.equal(/is a placeholder: /.test(stderr), IDENTITY.isPlaceholder, stderr);

	const placeholders: Identity[] = [
		{ ...OTHER, isPlaceholder: true },
		...['me@example.org', 'me@mail.example.com', 'me@host.invalid', 'me@localhost'].map(
			(email) => ({
				...OTHER,
				author: { ...OTHER.author, email },
			}),
		),
	];
	for (const identity of placeholders) {
		const [reason, ...others] = refusals(identity, OTHER.repository);
		assert.match(reason ?? '', /^"Somebody Else <.*>" is a placeholder: .*identity\.json/);
		assert.deepEqual(others, []);
	}
});

test('the release workflow asks so before it publishes anything', () => {
	const workflow = readFileSync(path.join(root, '.github/workflows/release.yml'), 'utf8');
	const asks = workflow.indexOf('npm run identity -- --release');
	assert.ok(asks > 0 && asks < workflow.indexOf('npm publish'));
});
