import { readFileSync } from 'node:fs';
import path from 'node:path';

import { PINNED_MODULES } from '../../dev/build/pinnedModules';
import { Flow, useService } from '../support/nodeRed';
import { watchModules } from '../support/wasm';

const AUDIO = path.resolve(__dirname, '../fixtures/audio');
const service = useService();

it('compiles the decoders that are pinned', async () => {
	const compiled = watchModules();
	const flow = await Flow.start(service());
	for (const name of ['ogg/opusenc.opus', 'voice.amr']) {
		flow.receive({ payload: readFileSync(path.join(AUDIO, name)), filename: name });
	}
	await flow.settled(2);
	expect(flow.caught).toEqual([]);
	// The HTTP client, undici, compiles a parser of its own.
	const pinned = Object.values(PINNED_MODULES).map(({ module }) => module);
	expect([...compiled]).toEqual(expect.arrayContaining(pinned));
});
