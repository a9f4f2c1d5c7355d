import { openRecording } from '../../../../core/audio/recording';
import { bytesSource } from '../../../../core/audio/source/bytes';
import { decode } from '../../../../dev/service/decode';
import { recording } from '../../../support/audio/recordings';
import { collect } from '../../../support/core';

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
