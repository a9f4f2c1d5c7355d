import { cutPcm } from '../../../../core/audio/cut';
import { PieceMemory } from '../../../../core/audio/cut/pieceMemory';

describe('The memory of pieces', () => {
	test('is used again when it has been given back', () => {
		const memory = new PieceMemory();
		const first = memory.take(100);
		memory.giveBack(first);
		const second = memory.take(60);
		expect(second.buffer).toBe(first.buffer);
		expect(second).toHaveLength(60);
	});

	test('is never shared by pieces that are in use', () => {
		const memory = new PieceMemory();
		expect(memory.take(100).buffer).not.toBe(memory.take(100).buffer);
	});

	test('grows with what is asked for', () => {
		const memory = new PieceMemory();
		memory.giveBack(memory.take(10));
		expect(memory.take(100)).toHaveLength(100);
	});

	test('leaves a piece as it is until the piece is released', async () => {
		async function* noise() {
			for (let count = 0; count < 40; count++) {
				const samples = Float32Array.from({ length: 8000 }, () => Math.random() - 0.5);
				yield { samples, sampleRate: 8000 };
			}
		}
		const limits = { maxSeconds: 10, maxBytes: 1e6 };
		const buffers = new Set<ArrayBufferLike>();
		let kept: { bytes: Uint8Array; copy: Uint8Array } | undefined;
		let pieces = 0;
		for await (const { bytes, release } of cutPcm(noise(), limits)) {
			pieces++;
			buffers.add(bytes.buffer);
			if (kept) release!();
			kept ??= { bytes, copy: bytes.slice() };
		}
		expect(pieces).toBeGreaterThan(3);
		expect(buffers.size).toBeLessThan(pieces);
		expect(kept!.bytes).toEqual(kept!.copy);
	});
});
