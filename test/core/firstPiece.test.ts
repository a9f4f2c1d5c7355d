import { transcribe } from '../../core';
import type { ByteSource } from '../../core/audio/source/bytes';
import { concat, recording } from '../support/audio/recordings';
import { collect, connectionTo, json, ScriptedService } from '../support/core';

describe('The first piece of a long recording', () => {
	/** Minutes of a short recording, one after the other, in about so many bytes. */
	const long = (name: string, size: number): Uint8Array => {
		const bytes = recording(name);
		return concat(...Array<Uint8Array>(Math.ceil(size / bytes.length)).fill(bytes));
	};

	// What is smaller than half a megabyte is read as a whole.
	test.each([
		['cut/joint-info.mp3', 2_000_000],
		['aac/digits.aac', 1_500_000],
		['ogg/opusenc.opus', 2_000_000],
	])('is sent before the rest is read: %s', async (name, size) => {
		const bytes = long(name, size);
		let furthest = 0;
		const source: ByteSource = {
			size: bytes.length,
			async read(position, length) {
				furthest = Math.max(furthest, position + length);
				return bytes.subarray(position, position + length);
			},
		};
		let readBefore: number | undefined;
		const service = new ScriptedService(json({ text: '' }));
		const events = transcribe(
			{ source, fileName: name },
			{ model: 'glm-asr-2512', stream: false, platform: 'bigmodel', concurrency: 1 },
			connectionTo(async (request) => {
				readBefore ??= furthest;
				return await service.transport(request);
			}),
		);
		const last = (await collect(events)).at(-1)!;

		expect(readBefore).toBeLessThan(bytes.length / 3);
		expect(last).toMatchObject({
			transcription: { audio: { size: bytes.length, duration: expect.any(Number) } },
		});
	});
});
