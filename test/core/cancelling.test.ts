import { inspectAudio, transcribe } from '../../core';
import type { ByteSource } from '../../core/audio/source/bytes';
import { concat, recording } from '../support/audio/recordings';
import { collect, connectionTo, json, ScriptedService } from '../support/core';

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

/** Minutes of a recording, which counts how often it is read. */
function countedSource(): ByteSource & { reads: number } {
	const bytes = concat(...Array<Uint8Array>(400).fill(recording('aac/digits.aac')));
	return {
		reads: 0,
		size: bytes.length,
		async read(position, length) {
			this.reads++;
			return bytes.subarray(position, position + length);
		},
	};
}

describe('Work on a recording that is cancelled', () => {
	/** Sees that nothing is read any more as soon as it has been cancelled. */
	async function expectToStop(
		source: ReturnType<typeof countedSource>,
		work: Promise<unknown>,
		controller: AbortController,
	) {
		const outcome = work.catch((error: unknown) => error);
		while (source.reads < 20) await turn();
		controller.abort('enough');
		const { reads } = source;
		expect(await outcome).toBe('enough');
		for (let turns = 0; turns < 100; turns++) await turn();
		expect(source.reads - reads).toBeLessThan(5);
	}

	test('is not decoded any more', async () => {
		const source = countedSource();
		const controller = new AbortController();
		const service = new ScriptedService(json({ text: 'one' }));
		const events = transcribe(
			{ source },
			{ model: 'glm-asr-2512', stream: false, platform: 'bigmodel' },
			{ ...connectionTo(service.transport), yieldToEventLoop: turn },
			controller.signal,
		);

		await expectToStop(source, collect(events), controller);
	});

	test('is not inspected any more', async () => {
		const source = countedSource();
		const controller = new AbortController();
		const info = inspectAudio({ source }, turn, controller.signal);

		await expectToStop(source, info, controller);
	});
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
