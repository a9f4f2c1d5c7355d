import { bytesSource } from '../../core/audio/source/bytes';
import {
	transcribe,
	type Transcription,
	type TranscriptionEvent,
	type TranscriptionOptions,
} from '../../core';
import type { FormField } from '../../core/api/transport';
import { concat, pcmFormat, recording, silence, wav, chunk } from '../support/audio/recordings';
import {
	data,
	delta,
	DONE,
	done,
	EVENT_STREAM,
	failureOf,
	json,
	ScriptedService,
	thrownBy,
	type Script,
	collect,
	connectionTo,
	HALF_CHARACTER,
} from '../support/core';

interface Case {
	bytes?: Uint8Array;
	fileName?: string;
	options?: Partial<TranscriptionOptions>;
	signal?: AbortSignal;
}

const BASE_URL = 'http://service.test/v1';

function start(
	service: ScriptedService,
	{ bytes = recording('pcm16.wav'), fileName = 'memo.wav', options, signal }: Case = {},
): AsyncGenerator<TranscriptionEvent, void, undefined> {
	return transcribe(
		{ source: bytesSource(bytes), fileName, mimeType: 'audio/x-wav', property: 'data' },
		{ model: 'glm-asr-2512', stream: false, platform: 'bigmodel', ...options },
		{ ...connectionTo(service.transport), baseUrl: BASE_URL },
		signal,
	);
}

const streaming = (...body: NonNullable<Script['body']>): Script => ({
	headers: EVENT_STREAM,
	body,
});

async function transcribed(script: Script, given: Case = {}): Promise<Transcription> {
	const events = await collect(start(new ScriptedService(script), given));
	const last = events.at(-1);
	if (last?.type !== 'transcript.text.done') throw new Error('The whole did not come last.');
	return last.transcription;
}

/** What was sent: the plain fields, and the file. */
async function sent(
	given: Case,
): Promise<{ fields: FormField[]; file: Extract<FormField, { fileName: string }> }> {
	const service = new ScriptedService(json({ text: 'One.' }));
	await collect(start(service, given));
	const form = service.requests[0]!.form;
	const file = form.at(-1)!;
	if (!('bytes' in file)) throw new Error('The file does not come last.');
	return { fields: form.slice(0, -1), file };
}

describe('The result', () => {
	test('has the fields of the contract', async () => {
		const segments = [{ id: 0, start: 0.2, end: 0.5, text: 'One.' }];
		const result = await transcribed(
			json({
				id: 'i',
				created: 1744008189,
				request_id: 'r',
				model: 'glm-asr-2512',
				text: 'One.',
				segments,
			}),
		);

		expect(result).toEqual({
			text: 'One.',
			segments,
			id: 'i',
			created: 1744008189,
			request_id: 'r',
			model: 'glm-asr-2512',
			audio: {
				fileName: 'memo.wav',
				mimeType: 'audio/x-wav',
				format: 'wav',
				codec: 'pcm',
				duration: 0.556,
				channels: 1,
				sampleRate: 16000,
				bitRate: 256000,
				size: 17822,
				property: 'data',
			},
			chunks: 1,
			warnings: [],
		});
		expect(JSON.parse(JSON.stringify(result))).toEqual(result);
	});

	test('has what was spoken as its segment where the service sends none', async () => {
		for (const script of [
			json({ text: 'One.' }),
			json({ text: 'One.', segments: [] }),
			streaming(delta('One.'), DONE),
		]) {
			expect((await transcribed(script)).segments).toEqual([
				{ id: 0, start: 0, end: 0.46, text: 'One.' },
			]);
		}
	});

	test('of silence has an empty text and still a list of segments', async () => {
		const result = await transcribed(json({ text: '' }));

		expect(result.text).toBe('');
		expect(Array.isArray(result.segments)).toBe(true);
	});

	test('keeps what else the service sent, but never over its own fields', async () => {
		const result = await transcribed(
			json({
				text: 'One.',
				usage: { seconds: 1 },
				audio: 'x',
				chunks: 9,
				warnings: 'x',
				language: 'en',
			}),
		);

		expect(result).toMatchObject({
			usage: { seconds: 1 },
			language: 'en',
			audio: { fileName: 'memo.wav' },
			chunks: 1,
			warnings: [],
		});
	});

	test('names the model that was asked for where the service names none', async () => {
		expect((await transcribed(json({ text: 'One.' }))).model).toBe('glm-asr-2512');
	});

	test.each<[string, string | undefined, string | undefined, RegExp]>([
		['is the user’s', 'mine', 'theirs', /^mine$/],
		['is the service’s where the user gave none', undefined, 'theirs', /^theirs$/],
		['is the service’s where the user’s is empty', '', 'theirs', /^theirs$/],
		['is what was sent where nobody else gave one', undefined, undefined, /^[\da-f-]{36}$/],
	])('request_id %s', async (_, requestId, request_id, expected) => {
		const service = new ScriptedService(json({ text: 'One.', request_id }));
		const events = await collect(start(service, { options: { requestId } }));
		const result = (events.at(-1) as { transcription: Transcription }).transcription;
		const field = service.requests[0]!.form.find(({ name }) => name === 'request_id');

		expect(result.request_id).toMatch(expected);
		if (requestId) expect(field).toEqual({ name: 'request_id', value: requestId });
		else if (!request_id) expect(field).toEqual({ name: 'request_id', value: result.request_id });
	});

	test('request_id is a text though the user gave a number', async () => {
		const requestId = 4711 as unknown as string;
		const result = await transcribed(json({ text: 'One.' }), { options: { requestId } });

		expect(result.request_id).toBe('4711');
	});

	test('has a new request_id each time', async () => {
		const ids = await Promise.all(
			[1, 2, 3].map(async () => (await transcribed(json({ text: 'One.' }))).request_id),
		);

		expect(new Set(ids).size).toBe(3);
	});
});

describe('The events', () => {
	test('are deltas with an index that counts, then the whole', async () => {
		const events = await collect(
			start(
				new ScriptedService(
					streaming(delta('a'), delta(''), delta(' b') + delta('c'), done('A b c.'), DONE),
				),
				{
					options: { stream: true },
				},
			),
		);

		expect(events).toMatchObject([
			{ type: 'transcript.text.delta', delta: 'a', index: 0 },
			{ type: 'transcript.text.delta', delta: ' b', index: 1 },
			{ type: 'transcript.text.delta', delta: 'c', index: 2 },
			{ type: 'transcript.text.done', transcription: { text: 'A b c.' } },
		]);
		expect(Object.keys(events[0]!)).toEqual(['type', 'delta', 'index']);
	});

	test('are the whole at once where the service answers JSON to the wish for a stream', async () => {
		const events = await collect(
			start(new ScriptedService(json({ text: 'One.' })), { options: { stream: true } }),
		);

		expect(events).toMatchObject([
			{ type: 'transcript.text.delta', delta: 'One.', index: 0 },
			{ type: 'transcript.text.done', transcription: { text: 'One.' } },
		]);
	});

	test('that nobody wants any more end the request', async () => {
		const service = new ScriptedService(streaming(delta('a'), delta('b'), done('ab')));
		for await (const event of start(service, { options: { stream: true } })) {
			expect(event.type).toBe('transcript.text.delta');
			break;
		}

		expect(service.requests[0]!.signal!.aborted).toBe(true);
		await collect(start(new ScriptedService(json({ text: '' }))));
		expect(service.isClosed).toBe(true);
	});

	test.each<[string, Script]>([
		['the whole', streaming(done('a'), DONE, delta('b'))],
		['an error in the stream', streaming(data({ error: { code: '1301' } }), delta('b'))],
		['an error status', { status: 400, body: ['{}'] }],
		['JSON', json({ text: 'a' })],
	])('let go of the body after %s', async (_, script) => {
		const service = new ScriptedService(script);
		await collect(start(service)).catch(() => undefined);

		expect(service.isClosed).toBe(true);
	});
});

describe('The request', () => {
	test('is one form to {baseUrl}/audio/transcriptions with the file last', async () => {
		const service = new ScriptedService(json({ text: 'One.' }));
		const bytes = recording('pcm16.wav');
		await collect(start(service, { bytes, options: { requestId: 'mine', timeout: 7 } }));

		expect(service.requests).toHaveLength(1);
		expect(service.requests[0]).toMatchObject({
			url: `${BASE_URL}/audio/transcriptions`,
			timeout: 7,
			form: [
				{ name: 'model', value: 'glm-asr-2512' },
				{ name: 'stream', value: 'false' },
				{ name: 'request_id', value: 'mine' },
				{ name: 'file', fileName: 'memo.wav', mimeType: 'audio/wav', bytes },
			],
		});
	});

	test('asks for an event stream when deltas are wanted', async () => {
		for (const stream of [true, false]) {
			const service = new ScriptedService(json({ text: 'One.' }));
			await collect(start(service, { options: { stream } }));
			const { headers } = service.requests[0]!;

			expect(headers.accept?.includes('text/event-stream')).toBe(stream);
			expect(headers.accept).toContain('application/json');
			expect(Object.keys(headers).join().toLowerCase()).not.toContain('authorization');
		}
	});

	test('waits 300 seconds for a byte where nothing else is said', async () => {
		for (const timeout of [undefined, 0]) {
			const service = new ScriptedService(json({ text: 'One.' }));
			await collect(start(service, { options: { timeout } }));

			expect(service.requests[0]!.timeout).toBe(300);
		}
	});

	test.each([-1, Infinity, -Infinity, '10' as unknown as number, 10n as unknown as number])(
		'is not made with a time-out of %p',
		async (timeout) => {
			const service = new ScriptedService({});
			const error = await failureOf(() => collect(start(service, { options: { timeout } })));

			expect(error).toMatchObject({ code: 'invalid_parameter' });
			expect(error.problem).toContain(`"timeout"`);
			expect(error.problem).toContain(String(timeout));
			expect(service.requests).toHaveLength(0);
		},
	);

	test('is not made with parameters that will not do', async () => {
		const service = new ScriptedService({});
		const error = await failureOf(() => collect(start(service, { options: { temperature: 2 } })));

		expect(error.code).toBe('invalid_parameter');
		expect(service.requests).toHaveLength(0);
	});

	test('sends bytes that lie in the middle of a larger buffer as they are', async () => {
		const bytes = recording('pcm16.wav');
		const larger = concat(new Uint8Array(100), bytes, new Uint8Array(100));
		const { file } = await sent({ bytes: larger.subarray(100, 100 + bytes.length) });

		expect(Buffer.from(file.bytes).equals(bytes)).toBe(true);
	});
});

describe('The name of the file that is sent', () => {
	test.each([
		['memo.wav', 'memo.wav'],
		['memo.oga', 'memo.wav'],
		['memo.WAV', 'memo.wav'],
		['memo', 'memo.wav'],
		['memo.tar.gz', 'memo.tar.wav'],
		['', 'audio.wav'],
		['.oga', 'audio.wav'],
		['   ', 'audio.wav'],
		['/home/me/memo.wav', 'memo.wav'],
		['..\\..\\memo.wav', 'memo.wav'],
		['../../../etc/passwd', 'passwd.wav'],
		['folder/', 'audio.wav'],
		['会议 记录.m4a', '会议 记录.wav'],
		['🎙️ café.ogg', '🎙️ café.wav'],
		['a"b.wav', 'a_b.wav'],
		['a\r\nX-Evil: 1.wav', 'a X-Evil: 1.wav'],
		['a\u0000b;c%22.wav', 'a b_c_22.wav'],
	])('%j becomes %j', async (fileName, expected) => {
		expect((await sent({ fileName })).file).toMatchObject({
			fileName: expected,
			mimeType: 'audio/wav',
		});
	});

	test('ends in .mp3 when the bytes are MP3', async () => {
		const given = { bytes: recording('mpeg2-joint.mp3'), fileName: 'memo.wav' };

		expect((await sent(given)).file).toMatchObject({
			fileName: 'memo.mp3',
			mimeType: 'audio/mpeg',
		});
	});

	test('is cut when it is long, never inside a character', async () => {
		for (const odd of ['', 'a']) {
			const { fileName } = (await sent({ fileName: `${odd}${'🎙'.repeat(300)}.wav` })).file;

			expect(fileName.length).toBeLessThan(130);
			expect(fileName).not.toMatch(HALF_CHARACTER);
			expect(fileName).toMatch(/\.wav$/);
		}
	});
});

describe('A recording that holds nothing to send is told as an error', () => {
	test.each<[string, Uint8Array, string]>([
		['no samples', silence(0), 'damaged_audio'],
		[
			'fewer bytes than one sample',
			wav(pcmFormat({ bits: 32 }), chunk('data', new Uint8Array(2))),
			'damaged_audio',
		],
		['a picture', recording('photo.jpg'), 'not_audio'],
		['nothing', new Uint8Array(0), 'empty_audio'],
	])('%s', async (_, bytes, code) => {
		const service = new ScriptedService(json({ text: '' }));
		const error = await failureOf(() => collect(start(service, { bytes })));

		expect(error).toMatchObject({ code, retryable: false });
		expect(error.problem).toMatch(/^"memo\.wav" .*\.$/);
		expect(error.cure).toMatch(/^[A-Z].*\.$/);
		expect(service.requests).toHaveLength(0);
	});
});

test('digital silence is not sent: models invent words for it', async () => {
	const service = new ScriptedService(json({ text: 'Thank you for watching.' }));
	const events = await collect(start(service, { bytes: silence(90) }));

	expect(events.at(-1)).toMatchObject({
		transcription: {
			text: '',
			segments: [],
			warnings: ['The recording is silent: nothing was sent to the service.'],
		},
	});
	expect(service.requests).toHaveLength(0);
});

describe('A signal that is aborted', () => {
	const reason = new Error('The user stopped.');

	test('before anything throws its reason, and nothing is sent', async () => {
		const service = new ScriptedService(json({ text: 'One.' }));
		const signal = AbortSignal.abort(reason);

		expect(await thrownBy(() => collect(start(service, { signal })))).toBe(reason);
		expect(service.requests).toHaveLength(0);
	});

	test('reaches the transport', async () => {
		const service = new ScriptedService(streaming(delta('a'), delta('b')));
		const controller = new AbortController();
		const events = start(service, { options: { stream: true }, signal: controller.signal });
		await events.next();
		controller.abort(reason);

		expect(service.requests[0]!.signal!.reason).toBe(reason);
		await thrownBy(() => collect(events));
	});

	test.each<[string, Script['body']]>([
		['the transport ends with an error', [delta('a'), new Error('aborted')]],
		['the transport ends as if all were read', [delta('a')]],
		['the transport goes on', [delta('a'), delta('b'), done('ab'), DONE]],
	])('between deltas throws its reason and reads no more, when %s', async (_, body) => {
		const service = new ScriptedService(streaming(...body!));
		const controller = new AbortController();
		const events = start(service, { options: { stream: true }, signal: controller.signal });
		await events.next();
		controller.abort(reason);

		expect(await thrownBy(() => collect(events))).toBe(reason);
		expect(service.isClosed).toBe(true);
		expect(service.taken).toBeLessThan(4);
	});

	test('while the request is under way throws its reason, not the network’s', async () => {
		const controller = new AbortController();
		const service = new ScriptedService(new Error('socket hang up'));
		const events = start(service, { signal: controller.signal });
		const thrown = thrownBy(() => events.next());
		controller.abort(reason);

		expect(await thrown).toBe(reason);
	});

	test('after the result changes nothing', async () => {
		const controller = new AbortController();
		const events = start(new ScriptedService(json({ text: 'One.' })), {
			signal: controller.signal,
		});
		const { value } = await events.next();
		controller.abort(reason);

		expect(value).toMatchObject({ transcription: { text: 'One.' } });
		expect(await events.next()).toEqual({ done: true, value: undefined });
	});
});
