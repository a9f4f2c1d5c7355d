import { transcribe, type TranscriptionEvent, type TranscriptionOptions } from '../../core';
import { bytesSource } from '../../core/audio/source/bytes';
import { toneSamples, wavBytes } from '../../dev/service/tones';
import { connectionTo, failureOf, json, ScriptedService, type Script } from '../support/core';

/** A minute and a half, four pieces of at most 25 seconds. */
const recording = toneSamples('1234567890 '.repeat(30), { sampleRate: 8000 });
const bytes = wavBytes(recording.samples, recording.sampleRate);

const heard = (text: string): Script => json({ text });
const refused = (code: string, status = 400): Script => ({
	status,
	body: [JSON.stringify({ error: { code, message: 'No' } })],
});

/** Asks for the pieces one after the other, so that each has its own answer. */
async function run(scripts: Script[], options: Partial<TranscriptionOptions> = {}) {
	const service = new ScriptedService(...scripts);
	const events: TranscriptionEvent[] = [];
	const run = transcribe(
		{ source: bytesSource(bytes), fileName: 'call.wav' },
		{
			model: 'glm-asr-2512',
			stream: false,
			platform: 'bigmodel',
			maxChunkSeconds: 25,
			concurrency: 1,
			maxRetries: 0,
			...options,
		},
		connectionTo(service.transport),
	);
	for await (const event of run) events.push(event);
	const last = events.at(-1)!;
	if (last.type !== 'transcript.text.done') throw new Error('no result');
	return { ...last.transcription, requests: service.requests.length };
}

const POLICY = refused('1301');

test('A piece that cannot be transcribed does not throw the others away: the error has their text', async () => {
	const error = await failureOf(() => run([heard('a'), POLICY, heard('c'), heard('d')]));

	expect(error.partialText).toMatch(/^a c d/);
	expect(error.missing).toEqual([
		{
			start: expect.any(Number),
			end: expect.any(Number),
			reason: "the service's content policy stopped it.",
		},
	]);
	expect(error.message).toMatch(
		/^"call\.wav" was transcribed only in part, without 0:\d\d–0:\d\d: the service's content policy stopped it\. The recording cannot/,
	);
	expect(error).toMatchObject({ code: '1301', statusCode: 400, retryable: false });
});

test('With "mark" the gap is marked in the segments, and told in the warnings', async () => {
	const { text, segments, warnings, chunks } = await run(
		[heard('a'), POLICY, heard('c'), heard('d')],
		{ onPieceError: 'mark', subtitles: 'srt' },
	);

	expect(text).toMatch(/^a c d/);
	expect(segments[1]).toEqual({
		id: 1,
		start: expect.any(Number),
		end: expect.any(Number),
		text: '',
		missing: true,
	});
	expect(segments[0]).not.toHaveProperty('missing');
	expect(warnings).toEqual([
		expect.stringMatching(
			new RegExp(
				`^1 of ${chunks} pieces could not be transcribed \\(0:\\d\\d–0:\\d\\d\\): the service's`,
			),
		),
	]);
});

test('What all pieces would meet ends the recording at once', async () => {
	const error = await failureOf(() => run([heard('a'), refused('1113', 429), heard('c')]));

	expect(error).toMatchObject({ code: '1113', partialText: 'a', missing: [] });
	await expect(
		run([heard('a'), refused('1113', 429), heard('c')], { onPieceError: 'mark' }),
	).rejects.toMatchObject({ code: '1113' });
});

test('Three failures in a row are enough', async () => {
	const service = new ScriptedService(refused('500', 500));
	const error = await failureOf(async () => {
		const events = transcribe(
			{ source: bytesSource(bytes), fileName: 'call.wav' },
			{
				model: 'm',
				stream: false,
				platform: 'custom',
				maxChunkSeconds: 5,
				concurrency: 1,
				maxRetries: 0,
				onPieceError: 'mark',
			},
			connectionTo(service.transport),
		);
		for await (const _ of events);
	});

	expect(error.code).toBe('500');
	expect(service.requests.length).toBeLessThanOrEqual(5);
});

test('A recording of which nothing could be transcribed is an error, "mark" or not', async () => {
	await expect(run([POLICY], { onPieceError: 'mark' })).rejects.toMatchObject({ code: '1301' });
});

test('The only piece fails with its own error', async () => {
	const error = await failureOf(() => run([POLICY], { model: 'other', maxChunkSeconds: 1000 }));

	expect(error.message).toMatch(/^"call\.wav" was not transcribed: /);
});
