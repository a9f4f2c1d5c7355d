import fc from 'fast-check';

import { MAX_ANSWER_BYTES } from '../../../core/api/body';
import {
	ask,
	askStream,
	data,
	delta,
	DONE,
	done,
	EVENT_STREAM,
	JSON_BODY,
	ScriptedService,
	type Outcome,
} from '../../support/core';

const STREAM = [
	delta("How's"),
	delta(' the'),
	delta(' weather?'),
	done("How's the weather?"),
	DONE,
];
const HEARD = { deltas: ["How's", ' the', ' weather?'], text: "How's the weather?" };

function heard({ deltas, answer, error }: Outcome): { deltas: string[]; text?: string } {
	if (error) throw error;
	return { deltas, text: answer?.text };
}

describe('An event stream', () => {
	test('gives its deltas one by one and then the whole', async () => {
		const outcome = await askStream(...STREAM);

		expect(heard(outcome)).toEqual(HEARD);
		expect(outcome.answer).toMatchObject({ id: 'a', created: 1, model: 'm', segments: [] });
	});

	test.each([
		['\n', 'LF'],
		['\r\n', 'CRLF'],
		['\r', 'CR'],
	])('may end its lines with %j (%s)', async (ending) => {
		expect(heard(await askStream(STREAM.join('').replaceAll('\n', ending)))).toEqual(HEARD);
	});

	test.each([
		[
			'comments and empty lines between events',
			[': ping\n\n', ...STREAM.slice(0, 2), ':\n\n\n', ...STREAM.slice(2)],
		],
		['a byte order mark at the beginning', ['\ufeff', ...STREAM]],
		['white space before anything else', ['\n', ' \n\n', ...STREAM]],
		['several events in a packet', [STREAM.join('')]],
		['no space after "data:"', [STREAM.join('').replaceAll('data: ', 'data:')]],
		[
			'event names, ids and retry times',
			STREAM.map((event) => `event: x\nid: 7\nretry: 10\n${event}`),
		],
		['fields of no known name', STREAM.map((event) => `nonsense: 1\nmore\n${event}`)],
		['JSON over several data lines', [STREAM.join('').replaceAll(',"', ',\ndata: "')]],
		['empty packets', ['', ...STREAM.flatMap((event) => [event, ''])]],
		[
			'events of other types between',
			[STREAM[0]!, data({ type: 'ping' }), data({}), ...STREAM.slice(1)],
		],
	])('may have %s', async (_, body) => {
		expect(heard(await askStream(...body))).toEqual(HEARD);
	});

	test.each([
		['after the last event', STREAM.join('').trimEnd()],
		['after one line end', STREAM.join('').slice(0, -1)],
		['after "done"', STREAM.slice(0, -1).join('').trimEnd()],
	])('may end without its final line ends: %s', async (_, body) => {
		expect(heard(await askStream(body))).toEqual(HEARD);
	});

	describe('however its bytes are cut into packets', () => {
		const text = fc.string({ unit: 'binary', maxLength: 12 });
		const streams = fc.record({
			deltas: fc.array(text, { maxLength: 5 }),
			whole: fc.option(text),
			ending: fc.constantFrom('\n', '\r\n', '\r'),
			hasMark: fc.boolean(),
		});

		test('the events are the same', async () => {
			await fc.assert(
				fc.asyncProperty(
					streams,
					fc.infiniteStream(fc.integer({ min: 1, max: 9 })),
					async (stream, cuts) => {
						const { deltas, whole, ending, hasMark } = stream;
						const body = [
							hasMark ? '\ufeff' : '',
							...deltas.map(delta),
							...(whole === null ? [] : [done(whole)]),
							DONE,
						]
							.join('')
							.replaceAll('\n', ending);
						const bytes = new TextEncoder().encode(body);
						const packets: Uint8Array[] = [];
						for (let at = 0; at < bytes.length;) {
							const length = Number(cuts.next().value);
							packets.push(bytes.subarray(at, at + length));
							at += length;
						}
						const spoken = deltas.filter((words) => words !== '');

						expect(heard(await askStream(...packets))).toEqual({
							deltas: spoken,
							text: whole || spoken.join('').trim(),
						});
					},
				),
				{ numRuns: 300 },
			);
		});

		test.each(['\n', '\r\n', '\r'])(
			'even byte by byte, with lines that end with %j',
			async (ending) => {
				const body = [delta('天气'), delta('怎么样🙂'), done('天气怎么样🙂'), DONE].join('');
				const bytes = new TextEncoder().encode(body.replaceAll('\n', ending));

				expect(heard(await askStream(...[...bytes].map((byte) => Uint8Array.of(byte))))).toEqual({
					deltas: ['天气', '怎么样🙂'],
					text: '天气怎么样🙂',
				});
			},
		);
	});
});

describe('Deltas', () => {
	test.each([
		['with spaces', ["How's", ' the', ' weather', '?']],
		['without spaces', ["How's", 'the', 'weather', '?']],
		['that are spaces, line ends or markup', [' ', '\n', '\t', '<b>', '[DONE]', '{"error":1}']],
		['in Chinese and emoji', ['今天', '天气', '🙂', '👩‍👩‍👧']],
	])('come out verbatim: %s', async (_, words) => {
		expect((await askStream(...words.map(delta), done('x'))).deltas).toEqual(words);
	});

	test('that are empty do not come out', async () => {
		expect((await askStream(delta(''), delta('a'), delta(''), DONE)).deltas).toEqual(['a']);
	});

	test('come out as they arrive, not at the end', async () => {
		const service = new ScriptedService({
			headers: EVENT_STREAM,
			body: [delta('a'), new Error('the connection broke')],
		});

		expect((await ask(service)).deltas).toEqual(['a']);
	});
});

describe('The whole text', () => {
	test.each<[string, string[], string]>([
		[
			'is that of "done", whatever the deltas were',
			[delta('Hows'), delta('it'), done("How's it?"), DONE],
			"How's it?",
		],
		[
			'is the joined deltas where "done" has an empty text',
			[delta(' one'), delta(' two'), done('')],
			'one two',
		],
		[
			'is the joined deltas where "done" has no text',
			[delta('one'), delta(' two'), done()],
			'one two',
		],
		[
			'is the joined deltas where "done" has the text null',
			[delta('one'), data({ type: 'transcript.text.done', text: null })],
			'one',
		],
		[
			'is the joined deltas where only [DONE] came',
			[delta('one'), delta(' two '), DONE],
			'one two',
		],
		['is complete with "done" though no [DONE] came', [delta('one'), done('One.')], 'One.'],
		['may come without any delta', [done('One.'), DONE], 'One.'],
		['may be empty, as of silence', [done(''), DONE], ''],
		[
			'is not touched by what comes after [DONE]',
			[delta('one'), DONE, delta('two'), done('three')],
			'one',
		],
		[
			'is not touched by what comes after "done"',
			[
				done('One.'),
				delta('two'),
				done('three'),
				data({ error: { code: '500', message: 'late' } }),
				DONE,
			],
			'One.',
		],
		[
			'is that of "done" though nonsense comes after it',
			[done('One.'), data('{"brok'), DONE],
			'One.',
		],
	])('%s', async (_, body, text) => {
		for (const packets of [body, [body.join('')]]) {
			expect((await askStream(...packets)).answer?.text).toBe(text);
		}
	});

	test('comes with what else the "done" event tells', async () => {
		const segments = [{ id: 0, start: 0.2, end: 3.5, text: 'One.' }];
		const outcome = await askStream(
			done('One.', { segments, request_id: 'r', usage: { seconds: 4 } }),
		);

		expect(outcome.answer).toMatchObject({
			text: 'One.',
			segments,
			request_id: 'r',
			extra: { usage: { seconds: 4 } },
		});
	});

	test('comes with the ids of earlier events where "done" has none', async () => {
		const outcome = await askStream(
			data({
				type: 'transcript.text.delta',
				delta: 'a',
				id: 'i',
				created: 7,
				model: 'm',
				request_id: 'r',
			}),
			data({ type: 'transcript.text.done', text: 'a' }),
		);

		expect(outcome.answer).toMatchObject({ id: 'i', created: 7, model: 'm', request_id: 'r' });
	});
});

describe('A stream of vLLM or SGLang', () => {
	const chunk = (content: string | undefined, finish_reason: string | null = null): string =>
		data({
			id: 'trsc-1',
			object: 'transcription.chunk',
			created: 1744008189,
			model: 'zai-org/GLM-ASR-Nano-2512',
			choices: [{ delta: { content }, finish_reason }],
		});

	test('ends at [DONE], not at the first finish_reason', async () => {
		const outcome = await askStream(
			chunk(''),
			chunk('one'),
			chunk(' two', 'stop'),
			chunk(' three'),
			chunk(undefined, 'stop'),
			data({ object: 'transcription.chunk', choices: [], usage: { completion_tokens: 3 } }),
			DONE,
		);

		expect(outcome).toMatchObject({
			deltas: ['one', ' two', ' three'],
			answer: {
				text: 'one two three',
				id: 'trsc-1',
				created: 1744008189,
				model: 'zai-org/GLM-ASR-Nano-2512',
			},
		});
	});

	test('that stops after a finish_reason without [DONE] is incomplete', async () => {
		const { deltas, error } = await askStream(chunk('one'), chunk(' two', 'stop'));

		expect(deltas).toEqual(['one', ' two']);
		expect(error).toMatchObject({ code: 'incomplete_answer', partialText: 'one two' });
	});

	test('reports an error in the stream and then [DONE]', async () => {
		const { deltas, error } = await askStream(
			chunk('one'),
			data({
				error: {
					message: 'Internal server error',
					type: 'InternalServerError',
					param: null,
					code: 500,
				},
			}),
			DONE,
		);

		expect(deltas).toEqual(['one']);
		expect(error).toMatchObject({ code: '500', retryable: true, partialText: 'one' });
	});

	test('reports a mistake of the caller with an HTTP status as its code: not worth another try', async () => {
		const { error } = await askStream(
			data({
				error: { message: 'Audio too long', type: 'BadRequestError', param: null, code: 400 },
			}),
			DONE,
		);

		expect(error).toMatchObject({ code: '400', retryable: false });
	});
});

describe('A stream that breaks off', () => {
	test.each([
		['without "done" and [DONE]', [delta('one'), delta(' two')]],
		[
			'in the middle of its last JSON',
			[delta('one'), delta(' two'), done('One two.').slice(0, -20)],
		],
		['in the middle of [DONE]', [delta('one'), delta(' two'), 'data: [DO']],
		[
			'in the middle of a character',
			[delta('one'), delta(' two'), new TextEncoder().encode(delta('天')).subarray(0, -5)],
		],
		['in the middle of a field name', [delta('one'), delta(' two'), 'da']],
	])('%s is incomplete, may be tried again, and tells what it had', async (_, body) => {
		const { deltas, answer, error } = await askStream(...body);

		expect(deltas).toEqual(['one', ' two']);
		expect(answer).toBeUndefined();
		expect(error).toMatchObject({
			code: 'incomplete_answer',
			retryable: true,
			partialText: 'one two',
		});
	});

	test.each([
		['nothing at all', []],
		['white space', [' ', '\r\n']],
		['comments', [': ping\n\n', ': ping\n\n']],
	])('after %s is an error that may be tried again', async (_, body) => {
		const { answer, error } = await askStream(...body);

		expect(answer).toBeUndefined();
		expect(error).toMatchObject({ retryable: true, partialText: '' });
		expect(error!.code).toMatch(/^(incomplete|bad)_answer$/);
	});

	const broken = Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });

	test('because the connection dies is a network error with the words so far', async () => {
		const { deltas, error } = await askStream(delta('one'), delta(' two'), broken);

		expect(deltas).toEqual(['one', ' two']);
		expect(error).toMatchObject({ code: 'ECONNRESET', retryable: true, partialText: 'one two' });
	});

	test.each<[string, string[]]>([
		['"done"', [delta('one'), done('One.')]],
		['"done" in the same packet', [delta('one') + done('One.')]],
		['[DONE]', [delta('One.'), DONE]],
	])('because the connection dies after %s is a result', async (_, body) => {
		expect(await askStream(...body, broken)).toMatchObject({
			error: undefined,
			answer: { text: 'One.' },
		});
	});
});

describe('An error inside a stream', () => {
	test.each<[string, string, object]>([
		[
			'error object with a code',
			data({ error: { code: '1305', message: 'busy' } }),
			{ code: '1305', retryable: true },
		],
		[
			'error object with a code that forbids a second try',
			data({ error: { code: '1301', message: 'no' } }),
			{ code: '1301', retryable: false },
		],
		[
			'error object with a number as code',
			data({ error: { code: 1305, message: 'busy' } }),
			{ code: '1305', retryable: true },
		],
		[
			'error object without code: inference broke off',
			data({ error: { message: 'broke off' } }),
			{ retryable: true },
		],
		['error object without anything', data({ error: {} }), { retryable: true }],
		['error text', data({ error: 'broke off' }), { retryable: true }],
		[
			'top-level code and message',
			data({ code: 1213, message: 'bad' }),
			{ code: '1213', retryable: false },
		],
		[
			'error of LocalAI',
			data({ type: 'error', error: { type: 'server_error', message: 'broke off' } }),
			{ retryable: true },
		],
		[
			'event "error" with an error object',
			`event: error\n${data({ error: { code: '1302', message: 'x' } })}`,
			{ code: '1302', retryable: true },
		],
		[
			'event "error" with a bare object',
			`event: error\n${data({ code: '1302', message: 'x' })}`,
			{ code: '1302', retryable: true },
		],
		[
			'event "error" with a message only',
			`event: error\n${data({ message: 'broke off' })}`,
			{ retryable: true },
		],
		['event "error" with plain text', `event: error\n${data('broke off')}`, { retryable: true }],
		[
			'event "error" over two lines',
			'event: error\ndata: broke\ndata: off\n\n',
			{ retryable: true },
		],
	])('%s comes after the words before it, also in the same packet', async (_, event, expected) => {
		for (const body of [[delta('one'), event, DONE], [delta('one') + event + DONE]]) {
			const { deltas, answer, error } = await askStream(...body);

			expect(deltas).toEqual(['one']);
			expect(answer).toBeUndefined();
			expect(error).toMatchObject({ ...expected, statusCode: undefined, partialText: 'one' });
		}
	});

	test('quotes what the service said', async () => {
		const { error } = await askStream(`event: error\n${data('broke off')}`);

		expect(error!.detail).toContain('"broke off"');
	});

	test('is not an error field that is null', async () => {
		const outcome = await askStream(
			data({ type: 'transcript.text.delta', delta: 'one', error: null, detail: null }),
			data({ type: 'transcript.text.done', text: 'One.', error: null, detail: null }),
		);

		expect(heard(outcome)).toEqual({ deltas: ['one'], text: 'One.' });
	});

	test.each([
		['JSON that is broken off in the middle', data('{"type":"transcript.text.del')],
		['text', data('hello')],
		['a number', data('5')],
	])('may also be %s', async (_, event) => {
		const { deltas, error } = await askStream(delta('one'), event, delta(' two'), DONE);

		expect(deltas).toEqual(['one']);
		expect(error).toMatchObject({ code: 'bad_answer', partialText: 'one' });
	});
});

describe('The form of the answer is told by the answer', () => {
	const json = JSON.stringify({ id: 'a', text: 'One.' });

	test.each([
		['plain JSON though a stream was asked for', true, JSON_BODY, [json]],
		['plain JSON that calls itself a stream', true, EVENT_STREAM, [json]],
		['plain JSON that calls itself nothing', true, {}, [' \n', json]],
		['plain JSON that calls itself nothing, asked for', false, {}, [json]],
		['plain JSON in pieces', false, JSON_BODY, [...json]],
		['plain JSON behind a byte order mark', false, JSON_BODY, ['\ufeff' + json]],
		['a stream though none was asked for', false, EVENT_STREAM, [done('One.'), DONE]],
		[
			'a stream whose type is in capitals',
			false,
			{ 'content-type': 'Text/Event-Stream' },
			[done('One.'), DONE],
		],
		['a stream that calls itself nothing', true, {}, [done('One.'), DONE]],
		[
			'a stream that calls itself text',
			true,
			{ 'content-type': 'text/plain' },
			[done('One.'), DONE],
		],
		['a stream that calls itself JSON', true, JSON_BODY, [done('One.'), DONE]],
		[
			'a stream that calls itself bytes, none asked for',
			false,
			{ 'content-type': 'application/octet-stream' },
			[': hi\n\n', done('One.'), DONE],
		],
	])('%s', async (_, stream, headers, body) => {
		const outcome = await ask(new ScriptedService({ headers, body }), { stream });

		expect(heard(outcome)).toEqual({ deltas: [], text: 'One.' });
	});

	test.each([
		['HTML', '<!DOCTYPE html><title>Sign in</title>', 'bad_answer'],
		['text', 'OK', 'bad_answer'],
		['a JSON list', '[]', 'bad_answer'],
		['a JSON text', '"hello"', 'bad_answer'],
		['JSON that is no transcript', '{"status":"fine"}', 'bad_answer'],
		['JSON broken off at its end', '{"id":"a","text":"On', 'incomplete_answer'],
	])('%s is no transcript', async (_, body, code) => {
		for (const headers of [JSON_BODY, EVENT_STREAM, {}]) {
			const stream = headers === EVENT_STREAM;
			const { answer, error } = await ask(new ScriptedService({ headers, body: [body] }), {
				stream,
			});

			expect(answer).toBeUndefined();
			expect(error).toMatchObject(
				// A line of text in a stream is a field of no known name.
				stream && body === 'OK' ? { retryable: true } : { code, retryable: true },
			);
		}
	});
});

describe('An answer without end is not held without end', () => {
	const megabyte = 'x'.repeat(1024 * 1024);
	const pieces = Math.ceil(MAX_ANSWER_BYTES / megabyte.length);

	test.each([
		['one line', EVENT_STREAM, 'data: ', megabyte],
		['data lines of one event', EVENT_STREAM, 'data: {\n', `data: ${megabyte}\n`],
		['deltas', EVENT_STREAM, '', delta(megabyte)],
		['JSON', JSON_BODY, '{"text":"', megabyte],
		['HTML', { 'content-type': 'text/html' }, '<html>', megabyte],
	])('of %s', async (_, headers, beginning, piece) => {
		const body = [beginning, ...Array.from({ length: pieces + 8 }, () => piece)];
		const service = new ScriptedService({ headers, body });
		const { error } = await ask(service);

		expect(error).toMatchObject({ code: 'bad_answer' });
		expect(service.taken).toBeLessThan(body.length);
		expect(service.isClosed).toBe(true);
	});

	test('nor of an error page', async () => {
		const body = Array.from({ length: 8 }, () => megabyte);
		const service = new ScriptedService({ status: 500, body });
		const { error } = await ask(service);

		expect(error).toMatchObject({ code: '500' });
		expect(error!.detail.length).toBeLessThan(1000);
		expect(service.taken).toBe(1);
		expect(service.isClosed).toBe(true);
	});
});
