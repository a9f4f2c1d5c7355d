import { transcribe } from '../../../core';
import {
	ask,
	askJson,
	askStream,
	collect,
	connectionTo,
	data,
	delta,
	done,
	DONE,
	EVENT_STREAM,
	JSON_BODY,
	ScriptedService,
	type Script,
} from '../../support/core';
import { longestHold, workOf } from '../../support/holds';
import { wavOf } from '../../support/service';

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

/** What becomes of a recording that is answered so. */
async function transcribed(script: Script, more: { subtitles?: 'srt'; secret?: string } = {}) {
	const { secret, ...options } = more;
	const connection = {
		...connectionTo(new ScriptedService(script).transport),
		yieldToEventLoop: turn,
		secret,
	};
	const events = await collect(
		transcribe(
			{ source: { size: WAV.length, read: async (at, length) => WAV.subarray(at, at + length) } },
			{ model: 'glm-asr', platform: 'custom', stream: true, maxRetries: 0, ...options },
			connection,
		),
	);
	const last = events.at(-1)!;
	if (last.type !== 'transcript.text.done') throw new Error('There is no result.');
	return { ...last, deltas: events.filter(({ type }) => type === 'transcript.text.delta').length };
}

const WAV = wavOf('1');
const stream = (...body: string[]): Script => ({ headers: EVENT_STREAM, body });
const answer = (body: object): Script => ({ headers: JSON_BODY, body: [JSON.stringify(body)] });

test('100,000 deltas at once hold nobody up, and come as 20,000 and one', async () => {
	const words = Array.from({ length: 100_000 }, () => delta('a '));
	let result: Awaited<ReturnType<typeof transcribed>> | undefined;
	const script = stream(words.join(''), DONE);
	let seconds = 0;
	const hold = await longestHold(async () => {
		seconds = await workOf(async () => (result = await transcribed(script)));
	});
	expect(result!.deltas).toBe(20_001);
	expect(result!.transcription.text).toBe('a '.repeat(100_000).trim());
	// They held the process for 18 s.
	expect(hold).toBeLessThan(1500);
	expect(seconds).toBeLessThan(6);
}, 30_000);

test.each([
	['50,000 spaces', ' '.repeat(50_000)],
	['spaces between two words', `one${' '.repeat(50_000)}two`],
	['100,000 characters without a space', 'x'.repeat(100_000)],
	['100,000 Chinese characters', '好'.repeat(100_000)],
	['100,000 characters in sentences', 'One two. '.repeat(11_111)],
	['punctuation', '.,'.repeat(50_000)],
])('a text of %s and its subtitles take time that grows with the text alone', async (_, text) => {
	for (const script of [answer({ text }), stream(delta(text), done(text))]) {
		const seconds = await workOf(() => transcribed(script, { subtitles: 'srt' }));
		// They took 4 to 13 s.
		expect(seconds).toBeLessThan(1.5);
	}
});

test('100,000 segments beside the audio are added in time that grows with their number', async () => {
	const segments = Array.from({ length: 100_000 }, () => ({ start: 9e9, end: 9e9, text: 'word' }));
	const seconds = await workOf(() => transcribed(answer({ segments }), { subtitles: 'srt' }));
	expect(seconds).toBeLessThan(3);
});

test.each([200_000, 500_000])('%i unknown fields are passed over but for 50', async (count) => {
	const fields = Array.from({ length: count }, (_, index) => `"key${index}":${index}`);
	const script = { headers: JSON_BODY, body: [`{${fields.join()},"text":"one"}`] };
	let result: Awaited<ReturnType<typeof transcribed>> | undefined;
	const hold = await longestHold(async () => (result = await transcribed(script)));
	expect(result!.transcription.text).toBe('one');
	const extra = Object.keys(result!.transcription).filter((name) => name.startsWith('key'));
	expect(extra).toHaveLength(50);
	expect(hold).toBeLessThan(1500);
});

test('unknown fields are passed on up to 64 KB, whole or not at all', async () => {
	const { transcription } = await transcribed(
		answer({ text: 'one', big: 'x'.repeat(60_000), more: [['y'.repeat(10_000)]], small: { a: 1 } }),
	);
	expect(transcription.big).toHaveLength(60_000);
	expect(transcription).not.toHaveProperty('more');
	expect(transcription.small).toEqual({ a: 1 });
});

test('unknown fields never take the place of ours', async () => {
	const { transcription } = await transcribed({
		headers: JSON_BODY,
		body: [
			'{"text":"one","audio":1,"chunks":9,"warnings":"none","type":"x","subtitles":"s",' +
				'"__proto__":{"polluted":1},"constructor":2,"fine":3}',
		],
	});
	expect(transcription).toMatchObject({ text: 'one', chunks: 1, warnings: [], fine: 3 });
	expect(transcription.audio).toMatchObject({ format: 'wav' });
	for (const name of ['type', 'subtitles', 'polluted']) {
		expect(transcription).not.toHaveProperty(name);
	}
	expect(Object.keys(transcription)).not.toContain('constructor');
	expect(({} as { polluted?: number }).polluted).toBeUndefined();
});

describe('the key', () => {
	const secret = 'a-key/of+more than-16';
	const encoded = encodeURIComponent(secret);

	test.each([
		['whole', (body: object) => answer(body)],
		['streamed', (body: object) => stream(data({ ...body, type: 'transcript.text.done' }))],
	])('is struck out of a %s answer', async (_, script) => {
		const { transcription } = await transcribed(
			script({
				text: `say ${secret}`,
				segments: [{ start: 0, end: 1, text: `say ${secret}` }],
				id: secret,
				request_id: `r-${secret}`,
				model: encoded,
				echo: { headers: [`Bearer ${secret}`], url: `?key=${encoded}`, [secret]: 1 },
				[`x${secret}`]: 1,
			}),
			{ secret },
		);
		const whole = JSON.stringify(transcription);
		expect(whole).not.toContain(secret);
		expect(whole).not.toContain(encoded);
		expect(transcription.text).toMatch(/^say \*\*\*$/);
		expect(transcription.echo).toMatchObject({ headers: ['Bearer ***'] });
	});

	test('is struck out of deltas', async () => {
		const { deltas, answer: whole } = await ask(
			new ScriptedService(stream(delta(`say ${secret}`), DONE)),
			{ secret },
		);
		expect(deltas).toEqual(['say ***']);
		expect(whole!.text).toBe('say ***');
	});

	test('is a word like others where it is short, but not in fields', async () => {
		const { transcription } = await transcribed(answer({ text: 'no test', echo: 'test' }), {
			secret: 'test',
		});
		expect(transcription).toMatchObject({ text: 'no test', echo: '***' });
	});
});

test.each([101, 5000, 1_000_000])('JSON of %i levels is a bad answer', async (levels) => {
	const deep = `${'['.repeat(levels)}${']'.repeat(levels)}`;
	const bodies: [object, string[]][] = [
		[JSON_BODY, [`{"text":"one","x":${deep}}`]],
		[EVENT_STREAM, [data(`{"type":"transcript.text.done","text":"one","x":${deep}}`)]],
	];
	for (const [headers, body] of bodies) {
		const { error } = await ask(new ScriptedService({ headers: headers as never, body }));
		expect(error).toMatchObject({ code: 'bad_answer' });
	}
});

describe('An error', () => {
	test.each([
		['titles that do not end', '<title'.repeat(11_000)],
		['titles with spaces', `<title ${' '.repeat(60_000)}`],
		['one long title', `<html><title>${'x'.repeat(60_000)}</title>`],
		['white space', `x${' \n'.repeat(32_000)}x`],
		['a long message', JSON.stringify({ error: { code: '1', message: 'y '.repeat(30_000) } })],
	])('with %s is read at once', async (_, body) => {
		for (const status of [500, 200]) {
			let length = 0;
			const seconds = await workOf(async () => {
				const { error } = await ask(new ScriptedService({ status, body: [body] }));
				length = error!.detail.length;
			});
			// They took 0.5 to 8 s.
			expect(seconds).toBeLessThan(0.4);
			expect(length).toBeLessThan(400);
		}
	});

	test('of 128 MB is read to 64 KB', async () => {
		const megabyte = '<title>'.repeat(150_000);
		const service = new ScriptedService({
			status: 502,
			body: Array.from({ length: 128 }, () => megabyte),
		});
		const seconds = await workOf(() => ask(service));
		expect(service.taken).toBe(1);
		expect(seconds).toBeLessThan(0.5);
	});

	test('has no part of a key that is cut by what is read', async () => {
		const secret = 'key-that-nobody-may-see';
		for (const cut of [1, 5, 22]) {
			const message = `no ${' '.repeat(64 * 1024 - 3 - cut)}${secret}`;
			const body = [JSON.stringify({ error: { message } })];
			for (const script of [
				{ status: 500, body: [message] },
				{ status: 200, body },
			]) {
				const { error } = await ask(new ScriptedService(script), { secret });
				expect(error!.detail).not.toContain('key');
			}
		}
	});
});

describe('What is no words is bounded', () => {
	test.each<[string, string[], object]>([
		['white space before an answer', Array(20).fill(' \n'.repeat(2000)), {}],
		['comments', Array(3).fill(': ping\n\n'.repeat(10_000)), EVENT_STREAM],
		['empty deltas', Array(3).fill(delta('').repeat(10_000)), EVENT_STREAM],
		['events of other types', Array(3).fill(data({ type: 'ping' }).repeat(10_000)), EVENT_STREAM],
		['lines of no known name', Array(3).fill('nonsense\n\n'.repeat(10_000)), EVENT_STREAM],
		['blank lines', Array(20).fill('\n'.repeat(1_000_000)), EVENT_STREAM],
		['carriage returns', Array(20).fill('\r'.repeat(1_000_000)), EVENT_STREAM],
		['white space in JSON', ['{', ...Array(20).fill(' '.repeat(1_000_000))], JSON_BODY],
	])('%s', async (_, body, headers) => {
		const service = new ScriptedService({
			headers: headers as never,
			body: [...body, done('one')],
		});
		const { error } = await ask(service);
		expect(error).toMatchObject({ code: 'bad_answer' });
		expect(service.taken).toBeLessThanOrEqual(body.length);
		expect(service.isClosed).toBe(true);
	});

	test('what unfolds to more than 200 times its length', async () => {
		const body = Array.from({ length: 1000 }, () => ' '.repeat(1000));
		const service = new ScriptedService({
			headers: { ...JSON_BODY, 'content-length': '100' },
			body: ['{', ...body],
		});
		const { error } = await ask(service);
		expect(error).toMatchObject({ code: 'bad_answer' });
		expect(service.taken).toBeLessThan(25);
	});
});

test('Some comments, blank lines and empty deltas are not in the way', async () => {
	const { answer: whole, error } = await askStream(
		': ping\n\n'.repeat(5000),
		delta('').repeat(5000),
		'\n'.repeat(5000),
		delta('one'),
		done('one'),
	);
	expect(error).toBeUndefined();
	expect(whole!.text).toBe('one');
});

test.each<[string, unknown]>([
	[
		'times beyond all bounds',
		'{"segments":[{"start":1e999,"end":-1e999,"text":"one"}],"text":"one"}',
	],
	['times out of order', { text: 'one', segments: [{ start: 5, end: -3, text: 'one' }] }],
	['times as words', { text: 'one', segments: [{ start: 'NaN', end: 'Infinity', text: 'one' }] }],
])('%s make no segment with a wrong time', async (_, body) => {
	const { transcription } = await transcribed({
		headers: JSON_BODY,
		body: [typeof body === 'string' ? body : JSON.stringify(body)],
	});
	for (const { start, end } of transcription.segments) {
		expect(Number.isFinite(start) && Number.isFinite(end) && start >= 0 && end >= start).toBe(true);
	}
	expect(transcription.text).toBe('one');
});

test('a compressed answer is not asked for', async () => {
	const service = new ScriptedService(answer({ text: 'one' }));
	await ask(service);
	expect(service.requests[0]!.headers['accept-encoding']).toBe('identity');
	expect((await askJson({ text: 'one' })).answer!.text).toBe('one');
});
