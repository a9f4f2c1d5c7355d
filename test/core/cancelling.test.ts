import { transcribe } from '../../core';
import type { ByteSource } from '../../core/audio/source/bytes';
import { chunk, pcmFormat, wav } from '../support/audio/recordings';
import { collect, connectionTo, json, ScriptedService } from '../support/core';

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

/** An hour of silence in μ-law, for which no request is made; it counts how often it is read. */
function countedSource(): ByteSource & { reads: number } {
	const data = new Uint8Array(3600 * 8000).fill(0xff);
	const bytes = wav(pcmFormat({ tag: 7, bits: 8 }), chunk('data', data));
	return {
		reads: 0,
		size: bytes.length,
		async read(position, length) {
			this.reads++;
			return bytes.subarray(position, position + length);
		},
	};
}

test('A recording that is cancelled is not decoded any more', async () => {
	const source = countedSource();
	const controller = new AbortController();
	const service = new ScriptedService(json({ text: 'one' }));
	const outcome = collect(
		transcribe(
			{ source },
			{ model: 'glm-asr-2512', stream: false, platform: 'bigmodel' },
			{ ...connectionTo(service.transport), yieldToEventLoop: turn },
			controller.signal,
		),
	).catch((error: unknown) => error);
	while (source.reads < 20) await turn();
	controller.abort('enough');
	const { reads } = source;

	expect(await outcome).toBe('enough');
	expect(source.reads - reads).toBeLessThan(5);
});

test('Nobody decodes a recording whose reader has left', async () => {
	const source = countedSource();
	const service = new ScriptedService(json({ text: 'one' }));
	const events = transcribe(
		{ source },
		{ model: 'glm-asr-2512', stream: false, platform: 'bigmodel', concurrency: 2 },
		{ ...connectionTo(service.transport), yieldToEventLoop: turn },
	);
	await events.next();
	await events.return();
	const { reads } = source;
	for (let turns = 0; turns < 100; turns++) await turn();

	expect(source.reads - reads).toBeLessThan(5);
});
