import fc from 'fast-check';

import { Limiter } from '../../node-red/src/limiter';
import { pause } from './support';

/** Takes a place, notes the name of who got it and gives it back when asked. */
function race(limiter: Limiter, started: string[]) {
	return (owner: string, name: string, signal?: AbortSignal) =>
		limiter.acquire(owner, signal).then((release) => {
			started.push(name);
			return release;
		});
}

it('lets so many run at a time, and the next when one has ended', async () => {
	const limiter = new Limiter(2);
	const started: string[] = [];
	const run = race(limiter, started);
	const first = run('node', '1');
	void run('node', '2');
	const third = run('node', '3');
	await pause(0);
	expect(started).toEqual(['1', '2']);
	const release = await first;
	release();
	await third;
	expect(started).toEqual(['1', '2', '3']);
	// A place is given back only once.
	release();
	void run('node', '4');
	await pause(0);
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
	for (const end of [0, 1, 4, 2, 5, 3].map((index) => ends[index]!)) (await end)();
	expect(started).toEqual(['a1', 'a2', 'b1', 'a3', 'b2', 'a4']);
});

it('forgets who gives up waiting, with the reason that was given', async () => {
	const limiter = new Limiter(1);
	const started: string[] = [];
	const run = race(limiter, started);
	const controller = new AbortController();
	const release = await run('node', '1');
	const second = run('node', '2', controller.signal);
	const third = run('node', '3');
	controller.abort('enough');
	await expect(second).rejects.toBe('enough');
	release();
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
						const release = await limiter.acquire(owner, controller.signal);
						most = Math.max(most, ++running);
						await ticks(takes);
						running--;
						release();
						return 'ran';
					} catch {
						return givesUpAfter === null ? 'lost' : 'gave up';
					}
				}),
			);
			expect(most).toBeLessThanOrEqual(limit);
			expect(outcomes).not.toContain('lost');
			// Nobody who gave up kept a place.
			await Promise.all(Array.from({ length: limit }, () => limiter.acquire('new')));
		}),
	);
});
