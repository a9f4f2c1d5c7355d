import { readFileSync } from 'node:fs';
import path from 'node:path';

import { PINNED_MODULES } from '../../dev/build/pinnedModules';
import { startService } from '../../dev/service/server';
import { run, startEngine, stopEngine } from '../support/n8n/engine';
import { credentialFor, parameters } from '../support/n8n/fixtures';
import { watchModules } from '../support/wasm';

const AUDIO = path.resolve(__dirname, '../fixtures/audio');

beforeAll(() => startEngine('filesystem'));
afterAll(stopEngine);

test('the package compiles the modules of WebAssembly that are pinned, and no others', async () => {
	const service = await startService();
	const compiled = watchModules();
	const file = (fileName: string) => ({
		bytes: readFileSync(path.join(AUDIO, fileName)),
		fileName,
	});
	const { error, items } = await run({
		parameters: parameters(),
		credential: credentialFor(service.url),
		items: ['ogg/opusenc.opus', 'voice.amr'].map((name) => ({ binary: { data: file(name) } })),
	});
	await service.close();
	expect(error).toBeUndefined();
	expect(items).toHaveLength(2);
	const pinned = Object.values(PINNED_MODULES).map(({ module }) => module);
	expect([...compiled].sort()).toEqual(pinned.sort());
});
