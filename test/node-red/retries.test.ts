import { Flow, recording, until, useService } from '../support/nodeRed';

const service = useService();
const BUSY = {
	status: 429,
	headers: { 'retry-after': '0' },
	body: { error: { code: '1302', message: 'Too many' } },
};

/** Four groups of two digits, a second apart. */
const GROUPS = '12      34      56      78';

it('asks again after a failure that may pass, each time by another id', async () => {
	const flow = await Flow.start(service(), { node: { requestId: 'mine', maxRetries: '' } });
	service().inject([BUSY, { resetAfter: 0 }, BUSY]);
	const [message] = await flow.transcribe({ payload: recording('12') });

	expect(message).toMatchObject({ payload: 'one two', transcription: { request_id: 'mine' } });
	expect(service().log.map(({ fields }) => fields.request_id)).toEqual([
		'mine',
		'mine-1-2',
		'mine-1-3',
		'mine-1-4',
	]);
});

it('sends no words twice when a stream breaks', async () => {
	const flow = await Flow.start(service(), { node: { stream: true, maxRetries: 2 } });
	service().configure({ deltaSpaces: 'leading' });
	service().inject([{ resetAfter: 2 }, { resetAfter: 1 }]);
	flow.receive({ payload: recording('123') });
	await until('the end', () => flow.sent.at(-1)?.complete);

	expect(flow.sent.map(({ payload }) => payload)).toEqual(['one', ' two', ' three', '']);
	expect(flow.sent.at(-1)!.transcription).toMatchObject({ text: 'one two three', warnings: [] });
});

it('tells when the second try heard other words than were sent', async () => {
	const flow = await Flow.start(service(), { node: { stream: true, maxRetries: 2 } });
	const delta = (words: string) =>
		`data: ${JSON.stringify({ type: 'transcript.text.delta', delta: words })}\n\n`;
	service().inject({ events: [delta('won'), delta(' to')] });
	flow.receive({ payload: recording('12') });
	await until('the end', () => flow.sent.at(-1)?.complete);

	expect(flow.sent.map(({ payload }) => payload)).toEqual(['won', ' to', '']);
	expect(flow.sent.at(-1)!.transcription).toMatchObject({
		text: 'one two',
		warnings: [expect.stringMatching(/^The text differs from the words that were streamed/)],
	});
});

describe('When one piece of several fails for good', () => {
	const pieces = { maxChunkSeconds: 2, concurrency: 1 };

	it('the message has the text of the others and what is missing', async () => {
		const flow = await Flow.start(service(), { node: pieces });
		service().inject({ status: 500, match: { fileName: 'call' } });
		const failed = await flow.failWith({ payload: recording(GROUPS), filename: 'call.wav' });

		expect(failed.error).toMatchObject({
			code: '500',
			cause: { retryable: true },
			message: expect.stringMatching(
				/"call\.wav" was transcribed only in part, without 0:00–0:0\d: /,
			),
		});
		expect(failed.text).toMatch(/seven eight$/);
		expect(failed.missing).toEqual([
			{ start: 0, end: expect.any(Number), reason: expect.stringMatching(/\.$/) },
		]);
	});

	it('the gap can be marked instead', async () => {
		const flow = await Flow.start(service(), { node: { ...pieces, onPieceError: 'mark' } });
		service().inject({ status: 500 });
		const [message] = await flow.transcribe({ payload: recording(GROUPS) });

		expect(message!.payload).toMatch(/seven eight$/);
		expect(message!.segments[0]).toMatchObject({ start: 0, text: '', missing: true });
		expect(message!.transcription.warnings[0]).toMatch(/^1 of \d+ pieces could not be/);
	});
});

it('asks for less at a time when the service takes no more', async () => {
	const flow = await Flow.start(service(), {
		node: { maxRetries: 4 },
		service: { concurrency: 12 },
	});
	service().configure({ maxInFlight: 3, delayMs: 20 });
	for (let index = 0; index < 60; index++) flow.receive({ payload: recording('1') });
	await flow.settled(60);

	expect(flow.caught).toEqual([]);
	expect(service().log.filter(({ status }) => status === 429).length).toBeLessThan(25);
});
