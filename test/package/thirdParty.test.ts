import assert from 'node:assert/strict';
import { cpSync, appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';

import { build } from 'esbuild';

import { decodeOgg } from '../support/audio/formats';
import { bytesSource } from '../../core/audio/source/bytes';
import { opusDecoderForN8n } from '../../dev/build/opusDecoder';
import { PINNED_MODULES, readPinned } from '../../dev/build/pinnedModules';
import { writeThirdPartyNotices, type Bundle } from '../../dev/build/thirdPartyNotices';
import { root } from '../support/tarball';

const folder = mkdtempSync(path.join(tmpdir(), 'glm-asr-third-party-'));
const notices = path.join(folder, 'notices.txt');

after(() => rmSync(folder, { recursive: true, force: true }));

/** What the bundler tells of a bundle that is made of these files. */
function bundleOf(...files: string[]): Bundle {
	const inputs = Object.fromEntries(files.map((file) => [file, { bytesInOutput: 1 }]));
	return { outputs: { 'bundle.js': { bytes: 1, inputs, imports: [], exports: [] } } };
}

async function decoded(decode: typeof decodeOgg): Promise<Float32Array[]> {
	const file = readFileSync(path.join(root, 'test/fixtures/audio/ogg/opusenc.opus'));
	const blocks: Float32Array[] = [];
	for await (const { samples } of decode(bytesSource(file))) blocks.push(samples.slice());
	return blocks;
}

test('Opus is decoded in the n8n package as its library decodes it', async () => {
	const outfile = path.join(folder, 'formats.js');
	await build({
		entryPoints: [path.join(root, 'test/support/audio/formats.ts')],
		outfile,
		bundle: true,
		platform: 'node',
		plugins: [opusDecoderForN8n],
	});
	const bundled = require(outfile) as { decodeOgg: typeof decodeOgg };
	const blocks = await decoded(bundled.decodeOgg);
	assert.ok(blocks.length > 0);
	assert.deepEqual(blocks, await decoded(decodeOgg));
});

test('the notices hold the licence of each package in the bundle, and of what is compiled into it', async () => {
	await writeThirdPartyNotices(
		bundleOf(
			'core/index.ts',
			'core/audio/codecs/amr/opencoreAmr.ts',
			'node_modules/opus-decoder/src/OpusDecoder.js',
			'node_modules/@wasm-audio-decoders/common/index.js',
			'node_modules/eventsource-parser/dist/index.js',
		),
		notices,
	);
	const text = readFileSync(notices, 'utf8');
	for (const owed of [
		/^@audio\/decode-amr [\d.]+ \(Apache-2\.0\)$/m,
		/^Apache License\nVersion 2\.0/m,
		/^Copyright .* PacketVideo$/m,
		/^@wasm-audio-decoders\/common [\d.]+ \(MIT\)$/m,
		/^Copyright .* Mark Adler/m,
		/^eventsource-parser [\d.]+ \(MIT\)$/m,
		/^opus-decoder [\d.]+ \(MIT\)$/m,
		/^Copyright .* Xiph\.Org/m,
	]) {
		assert.match(text, owed);
	}
});

test('a package whose licence is not allowed stops the build', async () => {
	await assert.rejects(
		writeThirdPartyNotices(bundleOf('node_modules/caniuse-lite/dist/unpacker/index.js'), notices),
		/caniuse-lite .* CC-BY-4\.0/,
	);
});

test('a module of WebAssembly that is not the pinned one stops the build', async () => {
	for (const pinned of Object.values(PINNED_MODULES)) {
		const installed = path.join(root, 'node_modules', pinned.file);
		assert.equal(await readPinned(pinned), readFileSync(installed, 'utf8'));
		cpSync(installed, path.join(folder, pinned.file));
		appendFileSync(path.join(folder, pinned.file), ' ');
		await assert.rejects(readPinned(pinned, folder), /is not the file that .* pins: SHA-256 /);
	}
});
