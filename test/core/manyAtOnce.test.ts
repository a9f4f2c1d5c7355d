import { bytesSource, transcribe } from '../../core';
import { concat, recording } from '../support/audio/recordings';
import { collect, connectionTo, json, ScriptedService } from '../support/core';

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

test('Thirty recordings decoded at once hold the event loop hardly longer than one', async () => {
	const bytes = concat(...Array<Uint8Array>(2).fill(recording('aac/digits.aac')));
	const service = new ScriptedService(json({ text: 'one' }));
	const transcribeOne = () =>
		collect(
			transcribe(
				{ source: bytesSource(bytes) },
				{ model: 'glm-asr-2512', stream: false, platform: 'custom' },
				{ ...connectionTo(service.transport), yieldToEventLoop: turn },
			),
		);
	await transcribeOne();
	let isRunning = true;
	let longest = 0;
	const watch = async () => {
		while (isRunning) {
			const before = process.cpuUsage();
			await turn();
			longest = Math.max(longest, process.cpuUsage(before).user / 1000);
		}
	};
	const watching = watch();
	await Promise.all(Array.from({ length: 30 }, transcribeOne));
	isRunning = false;
	await watching;

	// Each with a time of its own for a turn held it for a third of a second.
	expect(longest).toBeLessThan(150);
});
