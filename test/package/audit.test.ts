import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';

import { auditTarball } from '../../dev/audit/audit';
import { root } from '../support/tarball';

const folder = mkdtempSync(path.join(tmpdir(), 'glm-asr-audit-test-'));
let registry: Server;
/** What the registry answers when it is asked for vulnerabilities. */
let answer: { status: number; body: object };
/** The packages that it was asked about. */
let asked: string[];

before(async () => {
	registry = createServer((request, response) => {
		if (request.method === 'GET') {
			const name = decodeURIComponent(request.url!.slice(1));
			response.end(JSON.stringify(packument(name)));
			return;
		}
		void buffer(request).then((body) => {
			asked = Object.keys(JSON.parse(gunzipSync(body).toString()) as object);
			response.writeHead(answer.status).end(JSON.stringify(answer.body));
		});
	});
	await new Promise<void>((resolve) => registry.listen(0, '127.0.0.1', resolve));
	const { port } = registry.address() as AddressInfo;
	Object.assign(process.env, {
		npm_config_registry: `http://127.0.0.1:${port}/`,
		npm_config_noproxy: '127.0.0.1',
		npm_config_cache: path.join(folder, 'cache'),
	});
});

after(() => {
	registry.close();
	registry.closeAllConnections();
	rmSync(folder, { recursive: true, force: true });
});

beforeEach(() => {
	asked = [];
});

/** A package as a registry tells of it, in the one version that is installed here. */
function packument(name: string): object {
	const manifest = JSON.parse(
		readFileSync(path.join(root, 'node_modules', name, 'package.json'), 'utf8'),
	) as { version: string; dependencies?: object };
	const { version, dependencies } = manifest;
	const dist = { tarball: `https://example.org/${name}.tgz`, integrity: 'sha512-AA==' };
	return {
		name,
		'dist-tags': { latest: version },
		versions: { [version]: { name, version, dependencies, dist } },
	};
}

function pack(...workspace: string[]): string {
	const listing = execFileSync(
		'npm',
		['pack', '--json', '--pack-destination', folder, ...workspace],
		{
			cwd: root,
			encoding: 'utf8',
			stdio: ['ignore', 'pipe', 'ignore'],
		},
	);
	return path.join(folder, (JSON.parse(listing) as { filename: string }[])[0]!.filename);
}

test('what is compiled into the n8n package is asked about like a dependency', async () => {
	answer = { status: 200, body: {} };
	assert.deepEqual(await auditTarball(pack()), { answered: true, vulnerable: [] });
	for (const name of ['@audio/decode-amr', '@wasm-audio-decoders/common', 'opus-decoder']) {
		assert.ok(asked.includes(name), `${name} was not asked about`);
	}
});

test('what the Node-RED package depends on is asked about, and what that depends on', async () => {
	const advisory = {
		id: 1,
		url: 'https://example.org/1',
		title: 'Made up',
		severity: 'high',
		vulnerable_versions: '*',
	};
	answer = { status: 200, body: { undici: [advisory] } };
	const finding = await auditTarball(pack('--workspace', 'node-red'));
	assert.deepEqual(finding, { answered: true, vulnerable: ['undici (high)'] });
	for (const name of ['form-data', 'asynckit', 'opus-decoder', 'simple-yenc']) {
		assert.ok(asked.includes(name), `${name} was not asked about`);
	}
});

test('a registry that does not answer is no good news', async () => {
	answer = { status: 405, body: {} };
	const finding = await auditTarball(pack());
	assert.equal(finding.answered, false);
	assert.match(finding.answered ? '' : finding.reason, /405/);
});
