import http from 'node:http';

import { Flow, listen, PDF, recording, until, useService, wordsOf } from '../support/nodeRed';

const service = useService();

it('turns a Buffer into the text, in the same message', async () => {
	const flow = await Flow.start(service());
	const payload = recording('123');
	const [message] = await flow.transcribe({ payload, topic: 'memo', filename: '/tmp/memo.wav' });
	expect(message).toMatchObject({
		payload: 'one two three',
		topic: 'memo',
		segments: [{ id: 0, start: 0.2, text: 'one two three' }],
		transcription: {
			text: 'one two three',
			model: 'glm-asr-2512',
			audio: {
				fileName: 'memo.wav',
				mimeType: 'audio/wav',
				format: 'wav',
				size: payload.length,
				property: 'payload',
			},
			chunks: 1,
			warnings: [],
		},
	});
	expect(message).not.toHaveProperty('parts');
	await flow.settled();
	expect(flow.completed).toHaveLength(1);
});

it('uses the default of every option that the flow file lacks', async () => {
	const flow = await Flow.start(service());
	await flow.transcribe({ payload: recording('1') });
	const { fields } = service().log[0]!;
	expect(fields).toEqual({
		model: 'glm-asr-2512',
		stream: 'false',
		request_id: expect.stringMatching(/^[\w-]{36}$/),
	});
});

it('sends every option of the node', async () => {
	const flow = await Flow.start(service(), {
		node: {
			model: 'glm-asr',
			temperature: '0.5',
			prompt: 'Numbers',
			hotwords: 'one, two，three',
			requestId: 'mine',
			userId: 'user-1',
			language: 'en',
			timeout: '20',
		},
	});
	const [message] = await flow.transcribe({ payload: recording('12') });
	expect(service().log[0]!.fields).toEqual({
		model: 'glm-asr',
		stream: 'false',
		temperature: '0.5',
		prompt: 'Numbers',
		hotwords: ['one', 'two', 'three'],
		request_id: 'mine',
		user_id: 'user-1',
		language: 'en',
	});
	expect(message?.transcription.request_id).toBe('mine');
});

it('lets msg.glmAsr override options for one message, and ignores names it does not know', async () => {
	const flow = await Flow.start(service(), { node: { prompt: 'Numbers', hotwords: 'one' } });
	const payload = recording('1');
	await flow.transcribe({
		payload,
		glmAsr: { model: 'glm-asr', hotwords: ['two', 'a, b'], prompt: '', colour: 'red' },
	});
	await flow.transcribe({ payload }, 2);
	const [first, second] = service().log.map(({ fields }) => fields);
	expect(first).toMatchObject({ model: 'glm-asr', hotwords: ['two', 'a, b'] });
	expect(first).not.toHaveProperty('prompt');
	expect(first).not.toHaveProperty('colour');
	expect(second).toMatchObject({ model: 'glm-asr-2512', hotwords: 'one', prompt: 'Numbers' });
});

it('takes hotwords of msg.glmAsr as text, too, and a wish for a stream', async () => {
	const flow = await Flow.start(service());
	await flow.transcribe({ payload: recording('12'), glmAsr: { hotwords: 'a,b', stream: true } }, 3);
	expect(service().log[0]!.fields).toMatchObject({ hotwords: ['a', 'b'], stream: 'true' });
	expect(flow.sent.map(({ payload }) => payload)).toEqual(['one', 'two', '']);
});

it('takes a Uint8Array, an attachment of an e-mail and one of an upload', async () => {
	const flow = await Flow.start(service());
	await flow.transcribe({ payload: new Uint8Array(recording('1')) });
	await flow.transcribe(
		{ payload: { content: recording('2'), filename: 'b.wav', contentType: 'audio/x-wav' } },
		2,
	);
	await flow.transcribe(
		{ payload: { buffer: recording('3'), originalname: 'c.wav', mimetype: 'audio/wave' } },
		3,
	);
	expect(flow.sent).toMatchObject([
		{ payload: 'one', transcription: { audio: { fileName: 'audio.wav' } } },
		{ payload: 'two', transcription: { audio: { fileName: 'b.wav', mimeType: 'audio/x-wav' } } },
		{ payload: 'three', transcription: { audio: { fileName: 'c.wav', mimeType: 'audio/wave' } } },
	]);
});

it('gives a result for each recording among the attachments of an e-mail, in their order', async () => {
	const flow = await Flow.start(service(), { node: { property: 'attachments' } });
	// The first takes longest.
	service().inject({ delayMs: 100, match: { fileName: 'a' } });
	await flow.transcribe(
		{
			payload: 'Dear all',
			attachments: [
				{ content: recording('12'), filename: 'a.wav' },
				{ content: PDF, filename: 'invoice.pdf' },
				{ content: recording('34'), filename: 'b.wav' },
			],
		},
		2,
	);
	const [id] = flow.sent.map(({ parts }) => parts.id);
	expect(flow.sent).toMatchObject([
		{ payload: 'one two', parts: { id, index: 0, count: 2, type: 'array' } },
		{ payload: 'three four', parts: { id, index: 1, count: 2, type: 'array' } },
	]);
	expect(flow.sent[1]!.transcription.audio).toMatchObject({
		fileName: 'b.wav',
		property: 'attachments[2]',
	});
	expect(flow.sent[1]).not.toHaveProperty('attachments');
	await flow.settled();
	expect(flow.caught).toEqual([]);
	expect(service().log).toHaveLength(2);
});

it('sends no parts when only one of several entries is audio', async () => {
	const flow = await Flow.start(service());
	const [message] = await flow.transcribe({ payload: [PDF, recording('5')] });
	expect(message).toMatchObject({ payload: 'five' });
	expect(message).not.toHaveProperty('parts');
});

it('keeps the parts a message came with inside its own', async () => {
	const flow = await Flow.start(service());
	const parts = { id: 'outer', index: 0, count: 1, type: 'array' };
	await flow.transcribe({ payload: [recording('1'), recording('2')], parts }, 2);
	expect(flow.sent.map((message) => message.parts)).toMatchObject([
		{ index: 0, parts },
		{ index: 1, parts },
	]);
	flow.sent.length = 0;
	await flow.transcribe({ payload: recording('3'), parts });
	expect(flow.sent[0]!.parts).toEqual(parts);
});

it('makes the request ids of several recordings differ, and gives back the user’s', async () => {
	const flow = await Flow.start(service(), { node: { requestId: 'shared' } });
	await flow.transcribe({ payload: [recording('1'), recording('2')] }, 2);
	expect(
		service()
			.log.map(({ fields }) => fields.request_id)
			.sort(),
	).toEqual(['shared', 'shared-1']);
	expect(flow.sent.map(({ transcription }) => transcription.request_id)).toEqual([
		'shared',
		'shared',
	]);
});

describe('Behind a real HTTP In node', () => {
	const route = (upload: boolean) => ({
		id: 'http',
		z: 'flow',
		type: 'http in',
		url: '/hear',
		method: 'post',
		upload,
		wires: [['asr']],
	});

	async function post(flow: Flow, body: FormData | Blob): Promise<void> {
		const server = await listen(http.createServer(flow.httpNode));
		// Nobody answers: this test ends the connection when the node is through.
		void fetch(`http://127.0.0.1:${server.port}/hear`, { method: 'POST', body }).catch(() => {});
		await flow.settled().finally(() => server.close());
	}

	const formOf = (...files: [name: string, bytes: Buffer][]) => {
		const form = new FormData();
		form.append('note', 'two memos');
		for (const [name, bytes] of files) form.append(name, new Blob([new Uint8Array(bytes)]), name);
		return form;
	};

	it('finds uploaded files by itself', async () => {
		const flow = await Flow.start(service(), { nodes: [route(true)] });
		await post(flow, formOf(['a.wav', recording('12')], ['b.wav', recording('34')]));
		expect(flow.sent).toMatchObject([
			{ payload: 'one two', parts: { index: 0, count: 2 } },
			{ payload: 'three four', parts: { index: 1, count: 2 } },
		]);
		expect(flow.sent[0]!.transcription.audio).toMatchObject({
			fileName: 'a.wav',
			property: 'req.files[0]',
		});
	});

	it('takes a raw body', async () => {
		const flow = await Flow.start(service(), { nodes: [route(false)] });
		await post(flow, new Blob([new Uint8Array(recording('7'))], { type: 'audio/wav' }));
		expect(flow.sent).toMatchObject([{ payload: 'seven' }]);
	});

	it('says how to keep a raw body that "Accept file uploads" makes HTTP In drop', async () => {
		const flow = await Flow.start(service(), { nodes: [route(true)] });
		await post(flow, new Blob([new Uint8Array(recording('7'))], { type: 'audio/wav' }));
		expect(flow.caught[0]!.error.message).toMatch(
			/dropped the audio\/wav that it got: untick its "Accept file uploads"/,
		);
	});

	it('says how to get the file out of a form that HTTP In left whole', async () => {
		const flow = await Flow.start(service(), { nodes: [route(false)] });
		await post(flow, formOf(['a.wav', recording('12')]));
		expect(flow.caught[0]!.error.message).toMatch(/multipart form.*"Accept file uploads" ticked/);
	});

	it('says that a form without a file needs one', async () => {
		const flow = await Flow.start(service(), { nodes: [route(true)] });
		const form = new FormData();
		await post(flow, form);
		expect(flow.caught[0]!.error.message).toMatch(/Put a file into the form/);
	});
});

it('shows in its status what it is doing, and nothing when it is idle', async () => {
	const flow = await Flow.start(service(), { node: { stream: true }, service: { concurrency: 1 } });
	service().configure({ pace: 4 });
	flow.receive({ payload: recording('12') });
	flow.receive({ payload: recording('3') });
	await flow.settled(2);
	await until('the idle status', () => flow.statuses.at(-1)?.fill === undefined);
	const texts = flow.statuses.map(({ text }) => text);
	expect(texts).toContain('1 active · 1 queued');
	expect(texts).toContain('hearing · 0:00');
	for (const status of flow.statuses.slice(0, -1)) {
		expect(status).toMatchObject({ fill: 'blue', shape: 'dot' });
		expect(status.text!.length).toBeLessThan(20);
	}
	expect(wordsOf('3')).toBe(flow.sent.at(-1)!.text);
});
