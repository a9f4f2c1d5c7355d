import { GlmAsrError } from '../../../core/errors/error';
import { Limiter } from '../../../core/flow/limiter';
import { waitBefore } from '../../../core/api/patience';
import { requestWithRetries, type RetriedEvent } from '../../../core/api/retry';
import { connectionTo, EVENT_STREAM, json, ScriptedService, type Script } from '../../support/core';

const BUSY: Script = {
	status: 429,
	headers: { 'content-type': 'application/json' },
	body: ['{"error":{"code":"1302","message":"Too many"}}'],
};
const FAULT: Script = { status: 500, headers: BUSY.headers, body: ['{}'] };
const refusedConnection = () => Object.assign(new Error('refused'), { code: 'ECONNREFUSED' });
const HEARD = json({ text: 'one two' });
const NO_BALANCE: Script = { ...BUSY, body: ['{"error":{"code":"1113","message":"No"}}'] };

const event = (fields: object): string => `data: ${JSON.stringify(fields)}\n\n`;
const delta = (text: string): string => event({ type: 'transcript.text.delta', delta: text });
const done = (text: string): string => event({ type: 'transcript.text.done', text });
const streaming = (...body: (string | Error)[]): Script => ({ headers: EVENT_STREAM, body });

/** Asks for one piece, and notes the ids of the requests and how long was waited between them. */
async function ask(
	service: ScriptedService,
	{ maxRetries = 4, signal = new AbortController().signal } = {},
) {
	const ids: string[] = [];
	const waits: number[] = [];
	const events: RetriedEvent[] = [];
	const run = requestWithRetries(
		(attempt) => {
			ids.push(`mine-${attempt}`);
			return {
				fields: [],
				file: { fileName: 'a.wav', mimeType: 'audio/wav', bytes: new Uint8Array(1) },
				stream: true,
				requestId: `mine-${attempt}`,
				timeout: 1,
				duration: 1,
				subject: 'a.wav',
			};
		},
		{
			...connectionTo(service.transport),
			sleep: async (seconds, ending) => {
				ending.throwIfAborted();
				waits.push(seconds);
			},
		},
		{ maxRetries },
		signal,
	);
	let error: unknown;
	try {
		for await (const item of run) events.push(item);
	} catch (thrown) {
		error = thrown;
	}
	return { events, ids, waits, error };
}

describe('A request that fails in a way that may pass', () => {
	test('is made again, with an id of its own each time', async () => {
		const { events, ids, waits } = await ask(new ScriptedService(BUSY, new Error('reset'), HEARD));

		expect(events).toMatchObject([{ type: 'done', answer: { text: 'one two' }, differs: false }]);
		expect(ids).toEqual(['mine-1', 'mine-2', 'mine-3']);
		expect(waits).toHaveLength(2);
	});

	test('is made again so often and no more; the error is that of the last try', async () => {
		const { ids, error } = await ask(new ScriptedService(FAULT), { maxRetries: 2 });

		expect(ids).toHaveLength(3);
		expect(error).toMatchObject({ code: '500', requestId: 'mine-3' });
	});

	test('for the number of requests is made again until there is a place, whatever the retries', async () => {
		const refusals = Array.from({ length: 20 }, () => BUSY);
		const { events, waits } = await ask(new ScriptedService(...refusals, HEARD), { maxRetries: 0 });

		expect(events).toMatchObject([{ type: 'done' }]);
		expect(waits).toHaveLength(20);
	});

	test('as the server is away is made again for a minute at least', async () => {
		const { ids, waits, error } = await ask(new ScriptedService(refusedConnection()));

		const waited = waits.reduce((sum, seconds) => sum + seconds, 0);
		expect(waited).toBeGreaterThanOrEqual(60);
		expect(waited).toBeLessThan(70);
		expect(ids.length).toBeLessThan(25);
		expect(error).toMatchObject({ code: 'ECONNREFUSED' });
	});

	test('as the server is away for a while costs no further try', async () => {
		const away = Array.from({ length: 8 }, refusedConnection);
		const { events } = await ask(new ScriptedService(...away, FAULT, HEARD), { maxRetries: 1 });

		expect(events).toMatchObject([{ type: 'done' }]);
	});

	test('as the server is away is not made again where no further try is wanted', async () => {
		const { ids } = await ask(new ScriptedService(refusedConnection()), { maxRetries: 0 });

		expect(ids).toHaveLength(1);
	});

	test.each(['UND_ERR_HEADERS_TIMEOUT', 'ECONNABORTED', 'ETIMEDOUT'])(
		'as nothing came in time (%s) is made once more only: the service may still be at work',
		async (code) => {
			const late = Object.assign(new Error('late'), { code });
			const { ids, error } = await ask(new ScriptedService(late));

			expect(ids).toHaveLength(2);
			expect(error).toMatchObject({ code });
		},
	);

	test('waits as long as the service says', async () => {
		const told = { ...BUSY, headers: { ...BUSY.headers, 'retry-after': '7' } };
		const { waits } = await ask(new ScriptedService(told, HEARD));

		expect(waits[0]).toBeGreaterThanOrEqual(7);
		expect(waits[0]).toBeLessThanOrEqual(7.7);
	});

	test('is not made again when the service says to wait for hours', async () => {
		const told = { ...BUSY, headers: { ...BUSY.headers, 'retry-after': '7200' } };
		const { ids, error } = await ask(new ScriptedService(told, HEARD));

		expect(ids).toHaveLength(1);
		expect(error).toMatchObject({ code: '1302', retryAfter: 7200 });
	});

	test('is not made again once it is cancelled', async () => {
		const controller = new AbortController();
		const service = new ScriptedService(BUSY);
		const transport = service.transport;
		service.transport = async (request) => {
			controller.abort(new Error('enough'));
			return await transport(request);
		};
		const { ids, error } = await ask(service, { signal: controller.signal });

		expect(ids).toHaveLength(1);
		expect(error).toEqual(new Error('enough'));
	});
});

test.each(['1000', '1113', '1214', '1231', '1261', '1301', '1304', '1310'])(
	'Code %s is not tried again: it would be the same',
	async (code) => {
		const refusal = { ...NO_BALANCE, body: [`{"error":{"code":"${code}","message":"No"}}`] };
		const { ids, error } = await ask(new ScriptedService(refusal, HEARD));

		expect(ids).toHaveLength(1);
		expect(error).toBeInstanceOf(GlmAsrError);
	},
);

describe('The words of a stream that broke', () => {
	const broken = streaming(delta('one'), delta(' two'), new Error('reset'));
	const wordsOf = (events: RetriedEvent[]) =>
		events.flatMap((item) => (item.type === 'delta' ? [item.delta] : []));

	test('are not repeated by the next try, however it splits them', async () => {
		const again = streaming(delta('on'), delta('e two th'), delta('ree'), done('one two three'));
		const { events } = await ask(new ScriptedService(broken, again));

		expect(wordsOf(events)).toEqual(['one', ' two', ' th', 'ree']);
		expect(events.at(-1)).toMatchObject({ answer: { text: 'one two three' }, differs: false });
	});

	test('go on behind as many where the next try hears otherwise; its text wins, and that is told', async () => {
		const other = streaming(
			delta('won'),
			delta(' too'),
			delta(' thr'),
			delta('ee four'),
			done('won too three four'),
		);
		const { events } = await ask(new ScriptedService(broken, other));

		expect(wordsOf(events)).toEqual(['one', ' two', ' thr', 'ee four']);
		expect(events.at(-1)).toMatchObject({ answer: { text: 'won too three four' }, differs: true });
	});

	test('go on character by character where a script has no spaces', async () => {
		const chinese = streaming(delta('你好'), new Error('reset'));
		const other = streaming(delta('您好世'), delta('界'), done('您好世界'));
		const { events } = await ask(new ScriptedService(chinese, other));

		expect(wordsOf(events)).toEqual(['你好', '世', '界']);
	});

	test('that broke twice go on from there', async () => {
		const second = streaming(delta('won'), delta(' two three'), new Error('reset'));
		const third = streaming(delta('one two tree four'), done('one two tree four'));
		const { events } = await ask(new ScriptedService(broken, second, third));

		expect(wordsOf(events)).toEqual(['one', ' two', ' three', ' four']);
	});

	test('come along with the error when no try succeeds', async () => {
		const { error } = await ask(new ScriptedService(broken), { maxRetries: 1 });

		expect(error).toMatchObject({ partialText: 'one two' });
	});
});

describe('The wait before a further try', () => {
	const longest = () => 1;

	test('doubles from half a second to eight seconds at most', () => {
		const waits = [1, 2, 3, 4, 5, 6].map((attempt) =>
			waitBefore(attempt, { retryAfter: undefined, pressure: undefined }, longest),
		);
		expect(waits).toEqual([0.5, 1, 2, 4, 8, 8]);
	});

	test('is four seconds at most where too many requests are under way', () => {
		const waits = [1, 2, 3, 4, 5].map((attempt) =>
			waitBefore(attempt, { retryAfter: undefined, pressure: 'busy' }, longest),
		);
		expect(waits).toEqual([0.25, 0.5, 1, 2, 4]);
	});

	test('reaches a minute where the service is overloaded', () => {
		const waits = [1, 2, 3, 4].map((attempt) =>
			waitBefore(attempt, { retryAfter: undefined, pressure: 'overloaded' }, longest),
		);
		expect(waits).toEqual([8, 16, 32, 60]);
	});

	test('is any part of that: clients that failed together do not come back together', () => {
		const error = { retryAfter: undefined, pressure: undefined };
		expect(waitBefore(1, error, () => 0)).toBe(0);
		expect(waitBefore(1, error, () => 0.5)).toBe(0.25);
	});
});

test('A place among the requests is not held while a try waits', async () => {
	const service = new ScriptedService(FAULT, HEARD);
	const connection = connectionTo(service.transport);
	connection.limiter = new Limiter(1);
	let othersRan = 0;
	connection.sleep = async () => {
		const permit = await connection.limiter.acquire('other');
		othersRan++;
		permit.release();
	};
	const run = requestWithRetries(
		() => ({
			fields: [],
			file: { fileName: 'a.wav', mimeType: 'audio/wav', bytes: new Uint8Array(1) },
			stream: false,
			requestId: 'mine',
			timeout: 1,
			duration: 1,
			subject: 'a.wav',
		}),
		connection,
		{ maxRetries: 4 },
		new AbortController().signal,
	);
	for await (const _ of run);

	expect(othersRan).toBe(1);
});
