import { API_KEY, ended, Flow, PDF, recording, until, useService } from '../support/nodeRed';

const service = useService();

it('gives a Catch node the service’s code, and what it needs to decide on a second try', async () => {
	const flow = await Flow.start(service(), { node: { requestId: 'mine' } });
	service().inject({ status: 429, body: { error: { code: '1305', message: 'Too many' } } });
	const payload = recording('1');
	const failed = await flow.failWith({ payload, topic: 'memo', filename: 'memo.wav' });
	expect(failed).toMatchObject({ topic: 'memo', payload });
	expect(failed.error).toMatchObject({
		message: expect.stringMatching(/^Error: "memo.wav" was not transcribed: .*Too many/),
		source: { id: 'asr', type: 'glm-asr' },
		code: '1305',
		cause: { statusCode: 429, retryable: true, requestId: 'mine' },
	});
	expect(flow.completed).toEqual([]);
	await until('the red ring', () => flow.statuses.at(-1)?.fill === 'red');
	expect(flow.statuses.at(-1)).toEqual({ fill: 'red', shape: 'ring', text: 'code 1305' });
});

it('clears the error from its status when work begins again', async () => {
	const flow = await Flow.start(service());
	await flow.failWith({ payload: 'text' });
	expect(flow.statuses).toEqual([{ fill: 'red', shape: 'ring', text: 'no audio' }]);
	flow.caught.length = 0;
	await flow.transcribe({ payload: recording('1') });
	await until('the idle status', () => flow.statuses.at(-1)?.fill === undefined);
});

it('tells of a server that is not there', async () => {
	const flow = await Flow.start(service(), { service: { baseUrl: 'http://127.0.0.1:9/v1' } });
	const { error } = await flow.failWith({ payload: recording('1') });
	expect(error).toMatchObject({ code: 'ECONNREFUSED', cause: { retryable: true } });
	expect(error.message).toMatch(/nothing listens/);
});

it('tells of a service that says nothing for longer than the time-out', async () => {
	const flow = await Flow.start(service(), { node: { timeout: '0.2' } });
	service().inject({ hang: true });
	const { error } = await flow.failWith({ payload: recording('1') });
	expect(error).toMatchObject({ code: 'UND_ERR_HEADERS_TIMEOUT', cause: { retryable: true } });
	await ended(service());
	service().inject({ stallAfter: 1 });
	flow.caught.length = 0;
	const later = await flow.failWith({ payload: recording('1') });
	expect(later.error).toMatchObject({ code: 'ERR_BODY_TIMEOUT' });
});

it('follows no redirect, which could carry the key elsewhere', async () => {
	const flow = await Flow.start(service());
	service().inject({ status: 307, headers: { location: `${service().url}/elsewhere` } });
	const { error } = await flow.failWith({ payload: recording('1') });
	expect(error.message).toMatch(/redirects to another address/);
	expect(service().log).toHaveLength(1);
});

it('goes on after one recording of a message has failed', async () => {
	const flow = await Flow.start(service());
	service().inject({ status: 500, match: { fileName: 'bad' } });
	const attachment = (digit: string, filename: string) => ({ content: recording(digit), filename });
	flow.receive({
		payload: [attachment('1', 'a.wav'), attachment('2', 'bad.wav'), attachment('3', 'c.wav')],
	});
	await flow.settled();
	expect(flow.sent).toMatchObject([
		{ payload: 'one', parts: { index: 0, count: 3 } },
		{ payload: 'three', parts: { index: 2, count: 3 } },
	]);
	expect(flow.caught).toMatchObject([
		{
			error: { code: '500' },
			payload: { filename: 'bad.wav' },
			parts: { id: flow.sent[0]!.parts.id, index: 1, count: 3, type: 'array' },
		},
	]);
	expect(flow.completed).toEqual([]);
});

it('reports each recording that fails', async () => {
	const flow = await Flow.start(service());
	service().inject({ status: 500, times: 2, match: { fileName: 'bad' } });
	const names = ['bad-1.wav', 'good.wav', 'bad-2.wav'];
	flow.receive({ payload: names.map((filename) => ({ content: recording('1'), filename })) });
	await flow.settled(2);
	expect(flow.caught).toMatchObject([
		{ payload: { filename: 'bad-1.wav' }, parts: { index: 0 } },
		{ payload: { filename: 'bad-2.wav' }, parts: { index: 2 } },
	]);
	expect(flow.sent).toHaveLength(1);
	expect(flow.completed).toEqual([]);
});

it('shows the key in nothing that leaves it, even if the service repeats it', async () => {
	const flow = await Flow.start(service(), { node: { stream: true } });
	const leak = { error: { code: '1000', message: `Bad key ${API_KEY}` } };
	service().inject([
		{ status: 401, body: leak },
		{ status: 502, body: API_KEY },
	]);
	await flow.failWith({ payload: recording('1') });
	flow.receive({ payload: recording('1') });
	flow.receive({ payload: recording('1') });
	await flow.settled(3);
	const output = flow.allOutput();
	expect(output).toContain('Bad key ***');
	expect(output).not.toContain(API_KEY);
});

describe.each([
	[
		'text',
		'spoken',
		/^text \(6 characters\), not audio\. .*"a single Buffer object".*"a binary buffer"/,
	],
	['a path', '/home/me/memo.wav', /names a file, read that with a read file node/],
	['base64', recording('1').toString('base64'), /Buffer\.from\(msg\.payload, "base64"\)/],
	['a data URL', 'data:audio/wav;base64,UklGRg==', /Buffer\.from\(msg\.payload, "base64"\)/],
	['nothing', undefined, /^not set, not audio\. Point the node at the Buffer/],
	['a number', 1744008189, /^a number, not audio\./],
	['an empty object', {}, /^an empty object, not audio\./],
	['another object', { type: 'Buffer', data: [1] }, /^an object with type, data, not audio\./],
	['an empty array', [], /^an empty array, not audio\./],
	['an array of one text', ['spoken'], /^text \(6 characters\), not audio\./],
])('Given %s', (_, payload, expected) => {
	it('says what it found and what to do', async () => {
		const flow = await Flow.start(service());
		const { error } = await flow.failWith({ payload });
		expect(error.code).toBe('no_audio');
		expect(error.message.replace('Error: msg.payload is ', '')).toMatch(expected);
		expect(service().log).toEqual([]);
	});
});

it('lists what it found where none of several entries is audio', async () => {
	const flow = await Flow.start(service(), { node: { property: 'attachments' } });
	const attachments = [{ content: PDF, filename: 'a.pdf' }, Buffer.alloc(0), 'spoken', 7];
	const { error } = await flow.failWith({ attachments });
	expect(error.message).toMatch(
		/None of the 4 entries of msg\.attachments is audio: "a\.pdf" is a PDF, entry 1 is empty, entry 2 is text \(6 characters\), entry 3 is a number\./,
	);
});

it.each([
	['a Buffer', PDF],
	['the only entry of an array', [PDF]],
	['an attachment', { content: PDF }],
])('says of %s what its bytes are, if they are not audio', async (_, payload) => {
	const flow = await Flow.start(service());
	const { error } = await flow.failWith({ payload });
	expect(error).toMatchObject({ code: 'not_audio', message: expect.stringMatching(/a PDF/) });
});

it('takes a property whose parent is missing for one that is not set', async () => {
	const flow = await Flow.start(service(), { node: { property: 'mail.attachments' } });
	const { error } = await flow.failWith({ payload: recording('1') });
	expect(error.message).toMatch(/msg\.mail\.attachments is not set/);
});

it.each([
	[{ temperature: 'warm' }, /"temperature" is "warm".*number from 0 to 1/],
	[{ stream: 'yes' }, /"stream" is "yes".*true or false/],
	[{ model: '' }, /"model" is ""/],
	[{ hotwords: 7 }, /"hotwords" is 7/],
	[{ prompt: { a: 1 } }, /"prompt" is/],
	[{ userId: 'me' }, /"userId" is "me".*6 to 128/],
	[{ timeout: -1 }, /"timeout" is -1/],
	['fast', /msg\.glmAsr is a string/],
	[['fast'], /msg\.glmAsr is an array/],
])('refuses msg.glmAsr = %j', async (glmAsr, expected) => {
	const flow = await Flow.start(service());
	const { error } = await flow.failWith({ payload: recording('1'), glmAsr });
	expect(error).toMatchObject({
		code: 'invalid_parameter',
		message: expect.stringMatching(expected),
	});
	expect(service().log).toEqual([]);
});

it('refuses what the form would mark, too, since a flow file may hold it', async () => {
	const flow = await Flow.start(service(), { node: { temperature: 'warm' } });
	const { error } = await flow.failWith({ payload: recording('1') });
	expect(error.message).toMatch(/"temperature" is "warm"/);
});

it('does not stumble over headers that HTTP In does not make', async () => {
	const flow = await Flow.start(service());
	for (const type of [['audio/wav'], 7, { a: 1 }]) {
		flow.caught.length = 0;
		const req = { headers: { 'content-type': type } };
		const { error } = await flow.failWith({ payload: {}, req });
		expect(error.message).toMatch(/msg\.payload is an empty object, not audio\./);
	}
});

it('shows names and keys of a message in a harmless form and length', async () => {
	const evil = `\u001b[31m<b>\n\u202e${'x'.repeat(9999)}`;
	const flow = await Flow.start(service());
	for (const msg of [
		{ payload: { [evil]: 1, [`2${evil}`]: 1, [`3${evil}`]: 1, [`4${evil}`]: 1, [`5${evil}`]: 1 } },
		{ payload: {}, req: { headers: { 'content-type': evil } } },
		{ payload: PDF, filename: evil },
		{ payload: Array(9).fill({ content: PDF, filename: evil }) },
		{ payload: recording('1'), glmAsr: { subtitles: evil } },
	]) {
		flow.caught.length = 0;
		const { error } = await flow.failWith(msg);
		expect(error.message).toMatch(/‹b› x+…/);
		expect(error.message.length).toBeLessThan(700);
		expect(error.message).not.toMatch(/[<\p{Cc}\p{Bidi_Control}]/u);
	}
});

it('tells of what nobody foresaw in a sentence, with what was thrown for developers', async () => {
	const flow = await Flow.start(service());
	let isFirst = true;
	const payload = new Proxy(
		{},
		{
			ownKeys: () => {
				if (!isFirst) return [];
				isFirst = false;
				throw new TypeError('type.startsWith is not a function');
			},
		},
	);
	const { error } = await flow.failWith({ payload });
	expect(error).toMatchObject({
		message: expect.stringMatching(
			/^Error: The message could not be handled because of an unforeseen fault\. Run it again/,
		),
		code: 'unexpected',
		cause: { retryable: false, thrown: expect.stringMatching(/^TypeError: type\.startsWith/) },
	});
});
