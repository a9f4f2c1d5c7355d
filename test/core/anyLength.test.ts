import {
	bytesSource,
	transcribe,
	type FormField,
	type Transport,
	type TranscriptionEvent,
} from '../../core';
import { decode } from '../../dev/service/decode';
import { hearDigits } from '../../dev/service/dtmf';
import { toneSamples, wavBytes } from '../../dev/service/tones';
import { connectionTo } from '../support/core';

/** Answers with the digits it hears in what arrives, after a while that differs from piece to piece. */
class Listener {
	readonly requests: { id: string; seconds: number; fileName: string }[] = [];
	inFlight = 0;
	mostInFlight = 0;

	constructor(private readonly hears: 'text' | 'segments' | 'nothing') {}

	transport: Transport = async ({ form }) => {
		this.mostInFlight = Math.max(this.mostInFlight, ++this.inFlight);
		const number = this.requests.length;
		const file = form.find((field) => 'bytes' in field) as Extract<
			FormField,
			{ bytes: Uint8Array }
		>;
		const id = form.find(({ name }) => name === 'request_id') as { value: string };
		const sound = (await decode(file.bytes))!;
		this.requests.push({ id: id.value, seconds: sound.duration, fileName: file.fileName });
		const words = this.hears === 'nothing' ? [] : hearDigits(sound.samples, sound.sampleRate);
		// The first takes longest, so that order is not by chance.
		await new Promise((resolve) => setTimeout(resolve, number === 0 ? 60 : 5));
		this.inFlight--;
		const segments = words.map(({ word, start, end }, index) => ({
			id: index,
			start,
			end,
			text: word,
		}));
		const text = words.map(({ word }) => word).join(' ');
		const body = JSON.stringify({ text, ...(this.hears === 'segments' && { segments }) });
		return { status: 200, headers: { 'content-type': 'application/json' }, body: chunks(body) };
	};
}

async function* chunks(text: string): AsyncGenerator<Uint8Array> {
	yield new TextEncoder().encode(text);
}

const WORDS = 'zero one two three four five six seven eight nine'.split(' ');
// Hearing is real work.
jest.setTimeout(60_000);

/** A minute and a half of digits with pauses, in an order in which no mistake looks right. */
const DIGITS = Array.from({ length: 60 }, (_, index) =>
	[...`${(index * 7919 + 104729) % 10_000}`.padStart(4, '0'), ' '].join(''),
).join('');
const recording = toneSamples(DIGITS, { sampleRate: 8000 });
const bytes = wavBytes(recording.samples, recording.sampleRate);
const spoken = recording.digits.map(({ digit }) => WORDS[Number(digit)]).join(' ');

async function listen(
	listener: Listener,
	options: Partial<Parameters<typeof transcribe>[1]> = {},
): Promise<TranscriptionEvent[]> {
	const events: TranscriptionEvent[] = [];
	const run = transcribe(
		{ source: bytesSource(bytes), fileName: 'long.wav' },
		{ model: 'glm-asr-2512', stream: false, platform: 'bigmodel', ...options },
		connectionTo(listener.transport),
	);
	for await (const event of run) events.push(event);
	return events;
}

function resultOf(events: TranscriptionEvent[]) {
	const last = events.at(-1)!;
	if (last.type !== 'transcript.text.done') throw new Error('no result');
	return last.transcription;
}

test.each([
	['glm-asr-2512', 30],
	['glm-asr', 60],
])(
	'a long recording to %s: every word once, in order, in pieces of at most %i s',
	async (model, limit) => {
		const listener = new Listener('text');
		const { text, chunks: count, warnings } = resultOf(await listen(listener, { model }));

		expect(text).toBe(spoken);
		expect(count).toBe(listener.requests.length);
		expect(count).toBeGreaterThanOrEqual(recording.duration / limit);
		for (const { seconds } of listener.requests) expect(seconds).toBeLessThanOrEqual(limit);
		expect(warnings).toEqual([]);
	},
);

test("segments are in the recording's time, numbered and in order", async () => {
	const { segments } = resultOf(await listen(new Listener('segments')));

	expect(segments.map(({ id }) => id)).toEqual(segments.map((_, index) => index));
	expect(segments).toHaveLength(recording.digits.length);
	segments.forEach(({ start, end }, index) => {
		const { start: from, end: to } = recording.digits[index]!;
		expect(Math.abs(start - from)).toBeLessThan(0.05);
		expect(Math.abs(end - to)).toBeLessThan(0.05);
	});
});

test('without segments from the service, each piece is one: from its first sound to its last', async () => {
	const { segments } = resultOf(await listen(new Listener('text'), { maxChunkSeconds: 10 }));

	let heard = 0;
	for (const { start, end, text } of segments) {
		const digits = recording.digits.slice(heard, heard + text.split(' ').length);
		heard += digits.length;
		expect(Math.abs(start - digits[0]!.start)).toBeLessThan(0.15);
		expect(Math.abs(end - digits.at(-1)!.end)).toBeLessThan(0.15);
	}
	expect(heard).toBe(recording.digits.length);
	expect(segments.length).toBeGreaterThan(recording.duration / 10);
});

test('several pieces are at the service at a time, and no more than may', async () => {
	for (const [concurrency, most] of [
		[1, 1],
		[3, 3],
		[undefined, 4],
	] as const) {
		const listener = new Listener('nothing');
		await listen(listener, { concurrency, maxChunkSeconds: 10 });
		expect(listener.mostInFlight).toBe(most);
	}
});

test("each piece has a request id of its own, made of the user's", async () => {
	const listener = new Listener('nothing');
	const { request_id } = resultOf(await listen(listener, { requestId: 'mine' }));

	const ids = listener.requests.map(({ id }) => id);
	expect(ids).toEqual(ids.map((_, index) => `mine-${index + 1}-1`));
	expect(request_id).toBe('mine');
	expect(new Set(listener.requests.map(({ fileName }) => fileName))).toEqual(new Set(['long.wav']));
});

test('deltas come in the order of the audio and make the text', async () => {
	const events = await listen(new Listener('text'), { stream: true });
	const deltas = events.flatMap((event) => (event.type === 'transcript.text.delta' ? [event] : []));

	expect(deltas.map(({ delta }) => delta).join('')).toBe(spoken);
	expect(deltas.map(({ index }) => index)).toEqual(deltas.map((_, index) => index));
	const progress = events.flatMap((event) => (event.type === 'progress' ? [event.progress] : []));
	expect(progress.map(({ chunk }) => chunk)).toEqual(deltas.slice(1).map((_, index) => index + 2));
	expect(progress.at(-1)!.chunks).toBe(deltas.length);
});

test('subtitles cover the recording when asked for', async () => {
	const events = await listen(new Listener('segments'), { subtitles: 'srt' });
	const last = events.at(-1) as Extract<TranscriptionEvent, { type: 'transcript.text.done' }>;
	expect(last.subtitles).toMatch(/^1\n00:00:00,2\d\d --> 00:00:00,3\d\d\n\w+\n/);
	expect(last.subtitles!.match(/-->/g)).toHaveLength(recording.digits.length);
});
