import { openTrack, readPackets } from '../../../core/audio/formats/mp4/packets';
import { openRecording } from '../../../core/audio/recording';
import { bytesSource, type ByteSource } from '../../../core/audio/source/bytes';
import { streamSource } from '../../../core/audio/source/stream';
import { setImmediate } from 'node:timers/promises';
import { attempt } from '../../fuzz/attempt';
import { holdMeter } from '../../fuzz/holdMeter';
import { excesses } from '../../fuzz/limits';
import { REGRESSIONS } from '../../fuzz/regressions';
import { box, FTYP, fullBox, moov, u32 } from '../../support/audio/mp4Files';
import { concat } from '../../support/audio/recordings';

/** Milliseconds of work: hosts are promised 50 in a process that holds little else. */
const MAX_HOLD = 250;
/** What holds the others up by itself does so in every attempt; a collection of garbage may fall into any. */
const ATTEMPTS = 3;

/** What came of reading, the seconds of work, and the longest turn's milliseconds. */
async function measured<T>(run: () => Promise<T>) {
	const hold = holdMeter();
	const before = process.threadCpuUsage().user;
	const result = await run();
	const spent = (process.threadCpuUsage().user - before) / 1e6;
	const held = hold.longest();
	hold.stop();
	return { result, spent, held };
}

describe('A hostile file', () => {
	test.each(REGRESSIONS)(
		'takes no more work than its size and its sound, and keeps nobody waiting: %s',
		async (_, make) => {
			const bytes = make();
			let longest = Infinity;
			for (let tried = 0; tried < ATTEMPTS && longest >= MAX_HOLD; tried++) {
				const { result, spent, held } = await measured(() => attempt(bytes, 30));

				expect(result.fault).toBeUndefined();
				// How much sound may come of it is another matter.
				expect(excesses(Math.max(bytes.length, result.seconds * 50), spent, result)).toEqual([]);
				longest = held;
			}
			expect(longest).toBeLessThan(MAX_HOLD);
		},
	);

	test.each(REGRESSIONS)('is described likewise: %s', async (_, make) => {
		const bytes = make();
		let longest = Infinity;
		for (let tried = 0; tried < ATTEMPTS && longest >= MAX_HOLD; tried++) {
			const { spent, held } = await measured(async () => {
				const input = { source: bytesSource(bytes) };
				const recording = await openRecording(input, () => setImmediate());
				await recording.inspect().catch(() => undefined);
			});

			expect(spent).toBeLessThan(0.5 + bytes.length / 2 ** 20);
			longest = held;
		}
		expect(longest).toBeLessThan(MAX_HOLD);
	});
});

describe('An MP4 whose packets lie in no order', () => {
	const MEGABYTE = 2 ** 20;

	/** Each packet lies before the last one, with so many bytes between them. */
	function backwards(step: number, count: number): Uint8Array {
		const start = FTYP.length + 8;
		const layout = {
			packets: Array<number>(count).fill(0),
			perChunk: 1,
			sizes: fullBox('stsz', 0, u32(13, count)),
		};
		const index = moov(layout, 0);
		const view = new DataView(index.buffer);
		// The offsets are the last thing in it.
		for (let chunk = 0; chunk < count; chunk++) {
			view.setUint32(index.length - 4 * (chunk + 1), start + step * chunk);
		}
		const data = new Uint8Array(step * count);
		for (let packet = 0; packet < count; packet++) data[step * packet + 12] = packet;
		return concat(FTYP, box('mdat', data), index);
	}

	/** Reads all through a stream that begins anew for each step back. */
	async function readAsStream(bytes: Uint8Array) {
		let passed = 0;
		async function* open(): AsyncGenerator<Uint8Array> {
			for (let at = 0; at < bytes.length; at += 65536) {
				const part = bytes.slice(at, at + 65536);
				passed += part.length;
				yield part;
			}
		}
		const source: ByteSource = streamSource(bytes.length, async () => open());
		const packets: number[] = [];
		const ended = await (async () => {
			for await (const batch of readPackets(await openTrack(source))) {
				packets.push(...batch.map(({ bytes }) => bytes[12]!));
			}
		})().catch((error: unknown) => error);
		return { packets, ended, passes: passed / bytes.length };
	}

	test('is kept in memory while it is small', async () => {
		const { packets, ended, passes } = await readAsStream(backwards(200_000, 50));

		expect(ended).toBeUndefined();
		expect(packets).toEqual(Array.from({ length: 50 }, (_, packet) => 49 - packet));
		expect(passes).toBeLessThanOrEqual(4.1);
	});

	test('is read three times when it is large, and no further', async () => {
		const { packets, ended, passes } = await readAsStream(backwards(MEGABYTE, 40));

		expect(ended).toMatchObject({ message: 'its sound lies in it in no order' });
		expect(packets.length).toBeGreaterThan(0);
		expect(passes).toBeLessThanOrEqual(3.1);
	});
});
