import fc from 'fast-check';

import { Flow, recording, useService } from '../support/nodeRed';

const service = useService();

/** Any text that HTML forms could hold, with much of what could break a form. */
const text = (maxLength: number) =>
	fc
		.array(
			fc.oneof(
				fc.string({ unit: 'grapheme', maxLength: 8 }),
				fc.constantFrom(
					'\r\n',
					'\n',
					'"',
					'\\',
					'--',
					'----------------------------',
					'; name="x"',
					'\0',
					'语音',
				),
			),
			{ maxLength: 6 },
		)
		.map((pieces) => [...pieces.join('')].slice(0, maxLength).join(''))
		.filter((value) => value.isWellFormed());

it('arrives as it was written: prompt, hotwords, ids, file name and audio', async () => {
	const flow = await Flow.start(service());
	const payload = recording('1');
	await fc.assert(
		fc.asyncProperty(
			fc.record({
				prompt: text(200),
				hotwords: fc.array(text(20), { maxLength: 5 }),
				userId: text(100).map((value) => `user-1${value}`),
				filename: text(60),
			}),
			async ({ filename, ...glmAsr }) => {
				service().log.length = 0;
				flow.sent.length = 0;
				const [message] = await flow.transcribe({ payload, filename, glmAsr });
				expect(flow.caught).toEqual([]);
				expect(message?.payload).toBe('one');
				const { fields, file } = service().log[0]!;
				expect(fields.prompt ?? '').toBe(glmAsr.prompt);
				expect(fields.user_id).toBe(glmAsr.userId);
				// Empty words are left out, and a word that stands alone is no list.
				expect([fields.hotwords ?? []].flat()).toEqual(
					glmAsr.hotwords.filter((word) => word !== ''),
				);
				expect(file).toMatchObject({ size: payload.length, mimeType: 'audio/wav' });
				expect(file!.name).toMatch(/^[^"\r\n\0/\\]*\.wav$/);
			},
		),
		{ numRuns: 100 },
	);
}, 60_000);

it.each([
	['memo.wav', 'memo.wav'],
	['Überprüfung 语音.mp3', 'Überprüfung 语音.wav'],
	['a"b\r\nc;d.wav', 'a_b c_d.wav'],
	['/home/me/memo.WAV', 'memo.wav'],
	[undefined, 'audio.wav'],
])('sends the file name %j as %j', async (filename, sent) => {
	const flow = await Flow.start(service());
	await flow.transcribe({ payload: recording('1'), filename });
	expect(service().log[0]!.file!.name).toBe(sent);
});
