import { requestWithRetries } from '../../core/api/retry';
import type { Connection, FormRequest, HttpAnswer } from '../../core/api/transport';
import { GlmAsrError } from '../../core/errors/error';
import type { Turns } from '../../core/flow/limiter';
import { Share } from '../../core/flow/sharedLimiter';
import { connectionTo } from '../support/core';
import { VirtualTime } from '../support/virtualTime';

const time = new VirtualTime();
const never = new AbortController().signal;

beforeEach(() => {
	jest.spyOn(performance, 'now').mockImplementation(() => time.now * 1000);
});
afterEach(() => {
	jest.restoreAllMocks();
});

/** A service that takes so many requests of a key at a time and refuses all others. */
class NarrowService {
	accepted = 0;
	refused = 0;
	private running = 0;

	constructor(
		private readonly takes: number,
		private readonly seconds = 1,
	) {}

	transport = async ({ signal }: FormRequest): Promise<HttpAnswer> => {
		if (this.running >= this.takes) {
			this.refused++;
			return answer(429, { error: { code: '1302', message: 'Too many' } });
		}
		this.running++;
		try {
			await time.sleep(this.seconds, signal ?? never);
		} finally {
			this.running--;
		}
		this.accepted++;
		return answer(200, { text: 'one two' });
	};
}

function answer(status: number, body: object): HttpAnswer {
	const bytes = new TextEncoder().encode(JSON.stringify(body));
	const send = async function* () {
		yield bytes;
	};
	return { status, headers: { 'content-type': 'application/json' }, body: send() };
}

let key = 0;

/** One execution of its own, which knows of no other, transcribes so many pieces one after the other. */
async function execution(
	{ transport }: Pick<Connection, 'transport'>,
	limiter: Turns,
	{ pieces = 1, signal = never, owner = 'one' } = {},
): Promise<void> {
	const connection = { ...connectionTo(transport), sleep: time.sleep, limiter, owner };
	for (let piece = 0; piece < pieces; piece++) {
		const request = (attempt: number) => ({
			fields: [],
			file: { fileName: 'a.wav', mimeType: 'audio/wav', bytes: new Uint8Array(1) },
			stream: false,
			requestId: `${owner}-${attempt}`,
			timeout: 300,
			duration: 1,
			subject: 'a.wav',
		});
		for await (const _ of requestWithRetries(request, connection, { maxRetries: 0 }, signal));
	}
}

/** So many executions at once, each with a share of its own, as runs of a node have them. */
function crowd(service: NarrowService, count: number, ofKey = `${key++}`): Promise<unknown> {
	return Promise.all(
		Array.from({ length: count }, (_, index) =>
			execution(service, new Share('http://s/v1', ofKey, 4), { owner: String(index) }),
		),
	);
}

describe('Two hundred executions at once that share a key', () => {
	test.each([1, 2, 5])('all succeed where the service takes %i at a time', async (takes) => {
		const service = new NarrowService(takes);
		const before = time.now;
		await time.during(crowd(service, 200));

		expect(service.accepted).toBe(200);
		expect(service.refused).toBeLessThanOrEqual(20);
		expect(200 / takes / (time.now - before)).toBeGreaterThanOrEqual(0.9);
	});

	test.each([1, 2, 5])(
		'all succeed in two processes that do not know of each other, with %i at a time',
		async (takes) => {
			const service = new NarrowService(takes);
			// Limiters are looked up by address and key: another key stands for another process.
			await time.during(Promise.all([crowd(service, 100), crowd(service, 100)]));

			expect(service.accepted).toBe(200);
		},
	);

	test('use all that a wider service takes', async () => {
		const service = new NarrowService(50);
		const before = time.now;
		await time.during(crowd(service, 2000));

		expect(service.refused).toBeLessThanOrEqual(200);
		expect(2000 / 50 / (time.now - before)).toBeGreaterThanOrEqual(0.75);
	});
});

test('What was learnt of a key holds for the next execution', async () => {
	const service = new NarrowService(1);
	await time.during(crowd(service, 20, 'same'));
	await time.during(time.sleep(300, never));
	const before = service.refused;
	await time.during(crowd(service, 4, 'same'));

	expect(service.refused).toBe(before);
});

test('One execution has no more under way than its own concurrency', async () => {
	let running = 0;
	let most = 0;
	const transport = async ({ signal }: FormRequest) => {
		most = Math.max(most, ++running);
		await time.sleep(1, signal ?? never);
		running--;
		return answer(200, { text: 'one' });
	};
	const share = new Share('http://s/v1', `${key++}`, 2);
	await time.during(Promise.all(Array.from({ length: 10 }, () => execution({ transport }, share))));

	expect(most).toBe(2);
});

describe('A service that takes nothing any more', () => {
	const closed = () => new NarrowService(0);

	test('is waited for ten minutes, and the error says so', async () => {
		const service = closed();
		const before = time.now;
		const failure = await time.during(
			execution(service, new Share('http://s/v1', `${key++}`, 4)).then(
				() => undefined,
				(error: unknown) => error,
			),
		);

		expect(failure).toBeInstanceOf(GlmAsrError);
		expect(failure).toMatchObject({
			code: '1302',
			message: expect.stringContaining(
				'The node waited 10 minutes in which the service took no request of this key.',
			),
		});
		expect(time.now - before).toBeGreaterThanOrEqual(600);
		expect(time.now - before).toBeLessThan(610);
	});

	test('is not waited for ten minutes by each of many', async () => {
		const before = time.now;
		const ofKey = `${key++}`;
		const ends = Array.from({ length: 50 }, (_, index) =>
			execution(closed(), new Share('http://s/v1', ofKey, 4), { owner: String(index) }),
		);
		const outcomes = await time.during(Promise.allSettled(ends));

		expect(outcomes.every(({ status }) => status === 'rejected')).toBe(true);
		expect(time.now - before).toBeLessThan(660);
	});

	test('is waited for no longer than the user wants', async () => {
		const controller = new AbortController();
		const end = execution(closed(), new Share('http://s/v1', `${key++}`, 4), {
			signal: controller.signal,
		});
		void time.sleep(5, never).then(() => controller.abort('enough'));

		await expect(time.during(end)).rejects.toBe('enough');
	});
});
