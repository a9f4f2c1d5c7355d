import fc from 'fast-check';

import { Limiter } from '../../../core/flow/limiter';

const turn = () => new Promise((resolve) => setImmediate(resolve));

/** Takes a permit, notes the name of who got it and gives it back when asked. */
function race(limiter: Limiter, started: string[]) {
	return (owner: string, name: string, signal?: AbortSignal) =>
		limiter.acquire(owner, signal).then((permit) => {
			started.push(name);
			return permit;
		});
}

it('lets so many run at a time, and the next when one has ended', async () => {
	const limiter = new Limiter(2);
	const started: string[] = [];
	const run = race(limiter, started);
	const first = run('node', '1');
	void run('node', '2');
	const third = run('node', '3');
	await turn();
	expect(started).toEqual(['1', '2']);
	const permit = await first;
	permit.release();
	await third;
	expect(started).toEqual(['1', '2', '3']);
	// A permit is given back only once.
	permit.release();
	void run('node', '4');
	await turn();
	expect(started).toHaveLength(3);
});

it('serves an owner’s in their order, and owners in turns', async () => {
	const limiter = new Limiter(1);
	const started: string[] = [];
	const run = race(limiter, started);
	const ends = [
		...['a1', 'a2', 'a3', 'a4'].map((name) => run('a', name)),
		...['b1', 'b2'].map((name) => run('b', name)),
	];
	for (const end of [0, 1, 4, 2, 5, 3].map((index) => ends[index]!)) (await end).release();
	expect(started).toEqual(['a1', 'a2', 'b1', 'a3', 'b2', 'a4']);
});

it('forgets who gives up waiting, with the reason that was given', async () => {
	const limiter = new Limiter(1);
	const started: string[] = [];
	const run = race(limiter, started);
	const controller = new AbortController();
	const permit = await run('node', '1');
	const second = run('node', '2', controller.signal);
	const third = run('node', '3');
	controller.abort('enough');
	await expect(second).rejects.toBe('enough');
	permit.release();
	await third;
	expect(started).toEqual(['1', '3']);
	await expect(limiter.acquire('node', AbortSignal.abort('no'))).rejects.toBe('no');
});

it('never runs more than the limit, and everybody who stays gets a turn', async () => {
	const request = fc.record({
		owner: fc.constantFrom('a', 'b', 'c'),
		takes: fc.nat({ max: 3 }),
		givesUpAfter: fc.option(fc.nat({ max: 3 })),
	});
	await fc.assert(
		fc.asyncProperty(fc.integer({ min: 1, max: 4 }), fc.array(request), async (limit, requests) => {
			const limiter = new Limiter(limit);
			let running = 0;
			let most = 0;
			const ticks = async (count: number) => {
				for (let tick = 0; tick <= count; tick++) await Promise.resolve();
			};
			const outcomes = await Promise.all(
				requests.map(async ({ owner, takes, givesUpAfter }) => {
					const controller = new AbortController();
					if (givesUpAfter !== null) void ticks(givesUpAfter).then(() => controller.abort());
					try {
						const permit = await limiter.acquire(owner, controller.signal);
						most = Math.max(most, ++running);
						await ticks(takes);
						running--;
						permit.release();
						return 'ran';
					} catch {
						return givesUpAfter === null ? 'lost' : 'gave up';
					}
				}),
			);
			expect(most).toBeLessThanOrEqual(limit);
			expect(outcomes).not.toContain('lost');
			// Nobody who gave up kept a permit.
			await Promise.all(Array.from({ length: limit }, () => limiter.acquire('new')));
		}),
	);
});

describe('A service that refuses requests for their number', () => {
	/** Takes so many at a time; answers after a while. */
	async function run(takes: number, limit: number, requests: number) {
		const limiter = new Limiter(limit);
		let atService = 0;
		let refused = 0;
		let busy = 0;
		const request = async (): Promise<void> => {
			const permit = await limiter.acquire('one');
			for (;;) {
				const isTaken = atService < takes;
				if (isTaken) atService++;
				busy += atService;
				for (let tick = 0; tick < (isTaken ? 10 : 1); tick++) await turn();
				if (isTaken) atService--;
				if (isTaken) {
					permit.release('taken');
					return;
				}
				permit.refuse();
				await permit.waitAgain();
				refused++;
			}
		};
		await Promise.all(Array.from({ length: requests }, request));
		return { refused, meanBusy: busy / (requests + refused) };
	}

	test.each([
		[5, 20],
		[1, 20],
		[15, 20],
		[20, 20],
	])('for more than %i, asked by a limit of %i, refuses few', async (takes, limit) => {
		const { refused, meanBusy } = await run(takes, limit, 500);

		expect(refused).toBeLessThanOrEqual(takes === limit ? 0 : 50);
		expect(meanBusy).toBeGreaterThan(takes * 0.85);
	});

	test('has a request that it refused again before all that have not begun', async () => {
		const limiter = new Limiter(2);
		const [refused, other] = await Promise.all(['a', 'b'].map((owner) => limiter.acquire(owner)));
		const order: string[] = [];
		void limiter.acquire('c').then(() => order.push('c'));
		refused!.refuse();
		const again = refused!.waitAgain().then(() => order.push('a'));
		await turn();
		expect(order).toEqual([]);
		other!.release('taken');
		await again;
		expect(order).toEqual(['a']);
	});

	test('is not waited for in a queue where no other request runs: the place is kept', async () => {
		const limiter = new Limiter(4);
		const permit = await limiter.acquire('a');
		permit.refuse();
		await permit.waitAgain();
		let hasBegun = false;
		void limiter.acquire('b').then(() => (hasBegun = true));
		await turn();
		expect(hasBegun).toBe(false);
		permit.release('taken');
		await turn();
		expect(hasBegun).toBe(true);
	});

	test('loses nobody who gives up while waiting for it again', async () => {
		const limiter = new Limiter(2);
		const [refused, other] = await Promise.all(['a', 'b'].map((owner) => limiter.acquire(owner)));
		const controller = new AbortController();
		refused!.refuse();
		const again = refused!.waitAgain(controller.signal);
		controller.abort('enough');
		await expect(again).rejects.toBe('enough');
		refused!.release();
		other!.release('taken');
		expect(limiter.isIdle).toBe(true);
	});

	test('is asked for more again when it takes more again', async () => {
		const limiter = new Limiter(8);
		const first = await Promise.all(Array.from({ length: 8 }, () => limiter.acquire('one')));
		for (const permit of first) {
			permit.refuse();
			permit.release();
		}
		let most = 0;
		let running = 0;
		await Promise.all(
			Array.from({ length: 1000 }, async () => {
				const permit = await limiter.acquire('one');
				most = Math.max(most, ++running);
				await turn();
				running--;
				permit.release('taken');
			}),
		);

		expect(most).toBe(8);
	});
});
