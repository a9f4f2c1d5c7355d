import { openRecording } from '../../../../core/audio/recording';
import { bytesSource, type ByteSource } from '../../../../core/audio/source/bytes';
import { transcribe } from '../../../../core';
import { decode } from '../../../../dev/service/decode';
import { concat, recording } from '../../../support/audio/recordings';
import { collect, connectionTo, json, ScriptedService } from '../../../support/core';

const LIMITS = { maxSeconds: 30, maxBytes: 25_000_000 };

async function cut(bytes: Uint8Array) {
	const source = bytesSource(bytes);
	const recording = await openRecording({ source });
	const pieces = await collect(recording.cut(LIMITS));
	return { pieces, info: await recording.inspect() };
}

describe('A recording becomes a piece that the service takes', () => {
	test.each<[name: string, format: string, codec: string]>([
		['pcm16.wav', 'wav', 'pcm'],
		['mulaw.wav', 'wav', 'mulaw'],
		['adpcm-ima.wav', 'wav', 'adpcm_ima'],
		['adpcm-ms.wav', 'wav', 'adpcm_ms'],
		['gsm.wav', 'wav', 'gsm'],
		['mpeg2-joint.mp3', 'mp3', 'mp3'],
		['mp4/moov-last.m4a', 'm4a', 'aac'],
		['mp4/video-fragments.mp4', 'm4a', 'aac'],
		['mp4/alac16.m4a', 'm4a', 'alac'],
		['mp4/opus.mp4', 'm4a', 'opus'],
		['mp4/amr.3gp', 'm4a', 'amr_nb'],
		['mp4/mulaw.mov', 'm4a', 'mulaw'],
		['voice.aac', 'aac', 'aac'],
		['ogg/opusenc.opus', 'ogg', 'opus'],
		['ogg/said-44k.ogg', 'ogg', 'vorbis'],
		['ogg/live.webm', 'webm', 'opus'],
		['ogg/vorbis.mkv', 'webm', 'vorbis'],
		['voice.flac', 'flac', 'flac'],
		['amr/digits-nb.amr', 'amr', 'amr_nb'],
		['amr/digits-wb.amr', 'amr', 'amr_wb'],
		['voice.aiff', 'aiff', 'pcm'],
	])('%s', async (name, format, codec) => {
		const { pieces, info } = await cut(recording(name));

		expect(info).toMatchObject({ format, codec });
		expect(pieces).toHaveLength(1);
		expect(pieces[0]).toMatchObject({ start: 0, isOnly: true, isSilent: false });
		// An encoder's delay and padding are in the bytes, but not in the recording.
		expect(Math.abs(pieces[0]!.end - info.duration)).toBeLessThan(0.15);
		expect((await decode(pieces[0]!.bytes))!.duration).toBeCloseTo(pieces[0]!.end, 0);
	});
});

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
		['ogg/opusenc.opus', 600_000],
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
