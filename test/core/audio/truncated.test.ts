import {
	bytesSource,
	inspectAudio,
	transcribe,
	type Transcription,
	type Transport,
} from '../../../core';
import { readFrames } from '../../../core/audio/formats/mp3/frames';
import { chunk, pcmFormat, recording, wav } from '../../support/audio/recordings';
import { collect, connectionTo, failureOf, JSON_BODY } from '../../support/core';

const truncated = (name: string): Uint8Array => recording(`truncated/${name}`);

/** As PCM, a square wave: these recordings are the largest. */
const pcm = wav(
	pcmFormat({ rate: 8000, bits: 8 }),
	chunk(
		'data',
		Uint8Array.from({ length: 160_000 }, (_, index) => (index % 20 < 10 ? 0x50 : 0xb0)),
	),
);

/** Recordings of a tone that lasts. What has no sound in front of it is large only because they are short. */
const RECORDINGS: [name: string, bytes: Uint8Array, headBytes?: number][] = [
	['MP3 that states its length', truncated('info.mp3')],
	['MP3 that does not', truncated('plain.mp3')],
	['ADTS', truncated('adts.aac')],
	['M4A with its index in front', truncated('moov-first.m4a'), 2063],
	['MP4 in fragments', truncated('fragments.mp4')],
	['Ogg Opus', truncated('opus.ogg')],
	['Ogg Vorbis', truncated('vorbis.ogg'), 2347],
	['WebM', truncated('opus.webm')],
	['WebM, recorded live', truncated('live.webm')],
	['FLAC', truncated('tone.flac')],
	['AMR', truncated('tone.amr')],
	['WAV, GSM', truncated('gsm.wav')],
	['WAV, PCM', pcm],
];
const SECONDS = 20;
/** Where they are cut, in percent; never where one frame ends and the next begins, which nobody could tell. */
const CUTS = [10, 23, 41, 52, 67, 80, 95];

async function transcribed(bytes: Uint8Array): Promise<Transcription> {
	let asked = 0;
	// Words that differ: the tone has no pause, so pieces overlap, and doubled words are taken out.
	const transport: Transport = async () => ({
		status: 200,
		headers: JSON_BODY,
		body: bodyOf(JSON.stringify({ text: `word${asked++}` })),
	});
	const events = await collect(
		transcribe(
			{ source: bytesSource(bytes), fileName: 'memo' },
			{ model: 'glm-asr', stream: false, platform: 'bigmodel', maxChunkSeconds: 5 },
			connectionTo(transport),
		),
	);
	const last = events.at(-1);
	if (last?.type !== 'transcript.text.done') throw new Error('The whole did not come last.');
	return last.transcription;
}

async function* bodyOf(text: string): AsyncGenerator<Uint8Array> {
	yield new TextEncoder().encode(text);
}

const heardUntil = ({ segments }: Transcription): number => segments.at(-1)!.end;

describe.each(RECORDINGS)('%s', (_, bytes, headBytes = 0) => {
	test('as a whole is heard to its end, without a warning', async () => {
		const result = await transcribed(bytes);
		expect(Math.abs(heardUntil(result) - SECONDS)).toBeLessThan(0.2);
		expect(result.warnings).toEqual([]);
	});

	test.each(CUTS)('cut off at %i %% is heard until there, with a warning', async (percent) => {
		const part = percent / 100;
		const end = headBytes + Math.floor((bytes.length - headBytes) * part);
		const result = await transcribed(bytes.subarray(0, end));
		expect(heardUntil(result)).toBeGreaterThan(part * SECONDS - 1);
		expect(heardUntil(result)).toBeLessThan(part * SECONDS + 1);
		expect(result.warnings).toEqual([
			expect.stringMatching(/^Only a part of the recording could be read: .+\.$/),
		]);
	});
});

test('An MP3 that states its length is known to be cut off where a frame ends, too', async () => {
	const bytes = truncated('info.mp3');
	const frames: number[] = [];
	for await (const batch of readFrames(bytesSource(bytes))) {
		for (const { size } of batch) frames.push(size);
	}
	const end = frames.slice(0, frames.length / 2).reduce((sum, size) => sum + size, 0);
	expect((await transcribed(bytes.subarray(0, end))).warnings).toEqual([
		'Only a part of the recording could be read: it ends before its sound does.',
	]);
});

test.each([10, 50, 95, 99])(
	'an M4A with its index at the end, cut off at %i %%, is an error that says what is missing',
	async (percent) => {
		const whole = truncated('moov-last.m4a');
		const bytes = whole.subarray(0, Math.floor((whole.length * percent) / 100));
		const input = { source: bytesSource(bytes), fileName: 'memo.m4a' };
		for (const error of [
			await failureOf(() => transcribed(bytes)),
			await failureOf(() => inspectAudio(input)),
		]) {
			expect(error.code).toBe('damaged_audio');
			expect(error.problem).toContain('index');
			expect(error.problem).toContain('end of the file');
			expect(error.problem).toContain('cut short');
		}
	},
);
