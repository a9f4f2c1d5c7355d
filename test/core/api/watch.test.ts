import type { HttpAnswer, Transport } from '../../../core/api/transport';
import { requestTranscript } from '../../../core/api/request';
import { GlmAsrError } from '../../../core/errors/error';
import {
	collect,
	connectionTo,
	data,
	delta,
	done,
	EVENT_STREAM,
	failureOf,
} from '../../support/core';

const pause = (milliseconds: number) =>
	new Promise<void>((resolve) => setTimeout(resolve, milliseconds));

/** A service that sends a text every 10 ms until its request is ended. */
function dripping(answer: Partial<HttpAnswer>, first: string, again: string): Transport {
	return async ({ signal }) => ({
		status: 200,
		headers: EVENT_STREAM,
		...answer,
		body: (async function* () {
			const bytes = (text: string) => new TextEncoder().encode(text);
			yield bytes(first);
			for (;;) {
				signal?.throwIfAborted();
				await pause(10);
				yield bytes(again);
			}
		})(),
	});
}

function ask(transport: Transport, { timeout = 0.2, duration = 0.1 } = {}) {
	const request = {
		fields: [],
		file: { fileName: 'a.wav', mimeType: 'audio/wav', bytes: new Uint8Array(4) },
		stream: true,
		requestId: 'r',
		timeout,
		duration,
		subject: 'a.wav',
	};
	return collect(requestTranscript(request, connectionTo(transport)));
}

describe('A service that sends bytes and no words is given up after the time-out', () => {
	test.each([
		['comments', '', ': ping\n\n'],
		['white space', '', ' '],
		['blank lines', ': hi\n', '\n'],
		['empty deltas', '', delta('')],
		['events of other types', '', data({ type: 'ping' })],
		['an event that goes on and on', 'data: {"x":"', 'x'],
		['JSON that goes on and on', '{"text":"', 'x'],
		['nothing', '{', ''],
	])('%s', async (_, first, again) => {
		const started = performance.now();
		const error = await failureOf(() => ask(dripping({}, first, again)));
		expect(error).toMatchObject({ code: 'ERR_BODY_TIMEOUT', retryable: true });
		expect(performance.now() - started).toBeGreaterThan(150);
	});

	test('and what it said before is not lost', async () => {
		const error = await failureOf(() => ask(dripping({}, delta('one'), ': ping\n\n')));
		expect(error).toMatchObject({ code: 'ERR_BODY_TIMEOUT', partialText: 'one' });
	});
});

test('words are progress, but an answer of ten times the audio and two time-outs is too long', async () => {
	const started = performance.now();
	const error = await failureOf(() =>
		ask(dripping({}, delta('one'), delta(' more')), { timeout: 0.2, duration: 0.05 }),
	);
	expect(error).toMatchObject({ code: 'ERR_ANSWER_TIMEOUT', retryable: false, isAboutPiece: true });
	expect(error.partialText).toMatch(/^one more more/);
	expect(performance.now() - started).toBeGreaterThan(850);
});

test('a whole transcript does not wait long for the end of its answer', async () => {
	const started = performance.now();
	const events = await ask(dripping({}, delta('one') + done('one'), ': ping\n\n'));
	expect(events.at(-1)).toMatchObject({ type: 'done', answer: { text: 'one' } });
	expect(performance.now() - started).toBeLessThan(5000);
});

test('an error whose page does not end is told', async () => {
	const error = await failureOf(() => ask(dripping({ status: 503 }, 'gone', ' ')));
	expect(error).toBeInstanceOf(GlmAsrError);
	expect(error).toMatchObject({ statusCode: 503 });
});
