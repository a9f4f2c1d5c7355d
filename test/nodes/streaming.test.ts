import { startService, type LocalService } from '../../dev/service/server';
import { run, startEngine, stopEngine, type Outcome, type Run } from '../support/n8n/engine';
import { credentialFor, dialled, parameters } from '../support/n8n/fixtures';

let service: LocalService;

beforeAll(async () => {
	service = await startService({ deltaSpaces: 'leading' });
	await startEngine('default');
});

afterEach(() => {
	service.clearFaults();
	service.configure({ pace: null });
});

afterAll(async () => {
	await service.close();
	stopEngine();
});

async function transcribe(options: Partial<Run> = {}): Promise<Outcome> {
	return await run({
		items: [{ binary: { data: dialled('12 3') } }],
		parameters: parameters(),
		credential: credentialFor(service.url),
		...options,
	});
}

const sent = ({ chunks }: Outcome) =>
	chunks.map(({ type, content, metadata }) => [type, content, metadata.itemIndex]);

test('"Stream" gives an item per delta and last the whole', async () => {
	const { items } = await transcribe({ parameters: parameters({ stream: true }) });
	expect(items.map(({ json }) => json)).toEqual([
		{ type: 'transcript.text.delta', delta: 'one', index: 0 },
		{ type: 'transcript.text.delta', delta: ' two', index: 1 },
		{ type: 'transcript.text.delta', delta: ' three', index: 2 },
		expect.objectContaining({
			type: 'transcript.text.done',
			text: 'one two three',
			segments: [
				{
					id: 0,
					start: expect.closeTo(0.2, 1),
					end: expect.closeTo(1.34, 1),
					text: 'one two three',
				},
			],
			request_id: expect.any(String),
			chunks: 1,
			warnings: [],
		}),
	]);
	expect(items.every(({ pairedItem }) => (pairedItem as { item: number }).item === 0)).toBe(true);
});

test('a streaming execution gets the words live, whatever "Stream" says', async () => {
	for (const stream of [false, true]) {
		const outcome = await transcribe({
			isStreaming: true,
			parameters: parameters({ stream }),
		});
		expect(sent(outcome)).toEqual([
			['begin', undefined, 0],
			['item', 'one', 0],
			['item', ' two', 0],
			['item', ' three', 0],
			['end', undefined, 0],
		]);
		expect(outcome.items).toHaveLength(stream ? 4 : 1);
	}
});

test('words go out when the service writes them, not at the end', async () => {
	service.configure({ pace: 1 });
	const { chunks } = await transcribe({ isStreaming: true });
	const words = chunks.filter(({ type }) => type === 'item');
	const written = service.log.at(-1)!.deltas;
	expect(words).toHaveLength(3);
	words.slice(0, -1).forEach(({ at }, index) => expect(at).toBeLessThan(written[index + 1]!.at));
});

test('a service that answers whole although asked to stream is live too', async () => {
	service.inject({ status: 200, body: { text: 'all at once' } });
	const outcome = await transcribe({ isStreaming: true });
	expect(sent(outcome)).toEqual([
		['begin', undefined, 0],
		['item', 'all at once', 0],
		['end', undefined, 0],
	]);
});

test('"Enable Streaming" off keeps the words back', async () => {
	const outcome = await transcribe({
		isStreaming: true,
		parameters: parameters({ options: { enableStreaming: false } }),
	});
	expect(outcome.chunks).toEqual([]);
	expect(service.log.at(-1)!.fields.stream).toBe('false');
});

test('nobody listening, nothing is streamed', async () => {
	expect((await transcribe()).chunks).toEqual([]);
	expect(service.log.at(-1)!.fields.stream).toBe('false');
});

test('a failure reaches the client as a sentence, and the next item still runs', async () => {
	service.inject({ status: 401, body: { error: { code: '1000', message: 'no' } } });
	const outcome = await transcribe({
		isStreaming: true,
		onError: 'continueErrorOutput',
		// One after the other, so that it befalls the first.
		parameters: parameters({ options: { concurrency: 1 } }),
		items: [{ binary: { data: dialled('1') } }, { binary: { data: dialled('2') } }],
	});
	expect(sent(outcome)).toEqual([
		['begin', undefined, 0],
		['error', expect.stringMatching(/^"memo.wav" was not transcribed: .*API key/), 0],
		['begin', undefined, 1],
		['item', 'two', 1],
		['end', undefined, 1],
	]);
});

test('a stream that breaks gives what had come with the error', async () => {
	service.inject({ resetAfter: 2 });
	const { items, failed } = await transcribe({
		parameters: parameters({ stream: true, options: { maxRetries: 0 } }),
		onError: 'continueErrorOutput',
	});
	expect(items.map(({ json }) => json.delta)).toEqual(['one', ' two']);
	expect(failed[0]!.json.details).toMatchObject({ retryable: true, text: 'one two' });
});

test('cancelling the execution ends the request at the service', async () => {
	service.configure({ pace: 0.2 });
	let cancelledAt = 0;
	const { status } = await transcribe({
		isStreaming: true,
		onStart: (cancel) =>
			void setTimeout(() => {
				cancelledAt = performance.timeOrigin + performance.now();
				cancel();
			}, 500),
	});
	expect(status).toBe('canceled');
	const record = service.log.at(-1)!;
	await waitFor(() => record.endedAt !== undefined);
	expect(record.outcome).toBe('aborted');
	expect(record.endedAt! - cancelledAt).toBeLessThan(5000);
});

async function waitFor(isTrue: () => boolean): Promise<void> {
	while (!isTrue()) await new Promise((resolve) => setTimeout(resolve, 5));
}
