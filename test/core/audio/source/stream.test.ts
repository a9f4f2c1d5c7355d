import fc from 'fast-check';

import { inspectAudio } from '../../../../core/audio/recording';
import { bytesSource, readAll } from '../../../../core/audio/source/bytes';
import { streamSource, type ClosableSource } from '../../../../core/audio/source/stream';
import { concat, id3Tag, recording } from '../../../support/audio/recordings';
import { thrownBy } from '../../../support/core';

/** A stored file that gives streams of itself, and counts them. */
class StoredFile {
	opened = 0;
	closed = 0;
	/** Bytes that went out, over all streams. */
	sent = 0;

	constructor(
		private readonly bytes: Uint8Array,
		private readonly chunkBytes = 64 * 1024,
	) {}

	source(size = this.bytes.length): ClosableSource {
		return streamSource(size, async () => this.stream());
	}

	private async *stream(): AsyncGenerator<Uint8Array> {
		this.opened++;
		try {
			for (let at = 0; at < this.bytes.length; at += this.chunkBytes) {
				const chunk = this.bytes.slice(at, at + this.chunkBytes);
				this.sent += chunk.length;
				yield chunk;
			}
		} finally {
			this.closed++;
		}
	}
}

const NUMBERED = new Uint8Array(1000).map((_, index) => index % 251);

describe('A source over a stream', () => {
	test('gives what a source over bytes gives, in whatever order it is read', async () => {
		const reads = fc.array(fc.tuple(fc.nat(1100), fc.nat(1100)), { maxLength: 12 });
		await fc.assert(
			fc.asyncProperty(reads, fc.integer({ min: 1, max: 400 }), async (places, chunkBytes) => {
				const source = new StoredFile(NUMBERED, chunkBytes).source();
				for (const [position, length] of places) {
					const expected = await bytesSource(NUMBERED).read(position, length);
					expect([...(await source.read(position, length))]).toEqual([...expected]);
				}
			}),
			{ numRuns: 200 },
		);
	});

	test('opens one stream for reads in rising order', async () => {
		const file = new StoredFile(NUMBERED, 10);
		const source = file.source();
		for (let at = 0; at < 1000; at += 7) await source.read(at, 20);

		expect(file.opened).toBe(1);
	});

	test('reads no further than it is asked to, and closes its stream', async () => {
		const file = new StoredFile(NUMBERED, 10);
		const source = file.source();
		await source.read(0, 15);
		await source.close();
		await source.close();

		expect(file).toMatchObject({ sent: 20, opened: 1, closed: 1 });
	});

	test('closes a stream before it opens the next', async () => {
		const file = new StoredFile(NUMBERED, 10);
		const source = file.source();
		await source.read(500, 10);
		await source.read(0, 10);

		expect(file).toMatchObject({ opened: 2, closed: 1 });
		expect(await readAll(source)).toEqual(NUMBERED);
	});

	test('gives less where the stream ends before its size', async () => {
		const source = new StoredFile(NUMBERED, 10).source(2000);

		expect((await source.read(990, 100)).length).toBe(10);
		expect((await source.read(1500, 100)).length).toBe(0);
	});

	test('fails as its stream fails', async () => {
		const broken = new Error('EIO');
		const source = streamSource(10, () => Promise.reject(broken));

		expect(await thrownBy(() => source.read(0, 1))).toBe(broken);
	});
});

describe('A recording behind a stream', () => {
	const plain = recording('mpeg1-cbr-mono.mp3');
	const many = (count: number, between: Uint8Array): Uint8Array =>
		concat(...Array.from({ length: count }, () => concat(plain, between)));

	test.each<[string, Uint8Array]>([
		['a WAV', recording('tagged.wav')],
		['an MP3', plain],
		['an MP3 with a large tag', concat(id3Tag(300_000), plain)],
		['a long MP3', many(300, new Uint8Array(0))],
		['an MP3 with many holes', many(300, new Uint8Array(50))],
		['an MP3 with many large holes', many(100, new Uint8Array(30_000))],
		[
			'an MP3 with false headers behind',
			concat(
				plain,
				new Uint8Array(600_000).map((_, index) => [0xff, 0xfb, 0x90, 0x64][index % 4]!),
			),
		],
	])('is inspected as one in memory, from a few streams: %s', async (_, bytes) => {
		const file = new StoredFile(bytes, 16 * 1024);
		const info = await inspectAudio({ source: file.source() });

		expect(info).toEqual(await inspectAudio({ source: bytesSource(bytes) }));
		expect(file.opened).toBeLessThanOrEqual(8);
	});
});
