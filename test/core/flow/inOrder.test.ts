import { inOrder } from '../../../core/flow/inOrder';

/** Jobs that end when they are told to, and what has become of them. */
class Workshop {
	readonly log: string[] = [];
	private readonly finishers = new Map<number, () => void>();

	async *jobs(count: number): AsyncGenerator<number> {
		try {
			for (let job = 0; job < count; job++) {
				this.log.push(`ask ${job}`);
				yield job;
			}
		} finally {
			this.log.push('closed');
		}
	}

	run = async function* (this: Workshop, job: number, signal: AbortSignal) {
		this.log.push(`start ${job}`);
		signal.addEventListener('abort', () => this.log.push(`abort ${job}`));
		yield `${job}a`;
		await new Promise<void>((resolve) => this.finishers.set(job, resolve));
		yield `${job}b`;
	}.bind(this);

	finish(job: number): void {
		this.finishers.get(job)!();
	}
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

async function collect<T>(source: AsyncIterable<T>): Promise<T[]> {
	const items: T[] = [];
	for await (const item of source) items.push(item);
	return items;
}

test('items come in the order of the jobs, whichever is ready first', async () => {
	const shop = new Workshop();
	const items = collect(inOrder(() => shop.jobs(3), shop.run, 3));
	for (const job of [2, 0, 1]) {
		await turn();
		shop.finish(job);
	}
	expect((await items).map(({ item }) => item)).toEqual(['0a', '0b', '1a', '1b', '2a', '2b']);
});

test('the first job is live: its items do not wait for its end', async () => {
	const shop = new Workshop();
	const items = inOrder(() => shop.jobs(2), shop.run, 2);
	expect((await items.next()).value).toEqual({ job: 0, item: '0a' });
	await items.return();
});

test('no more jobs run than may, and none is asked for before it can run', async () => {
	const shop = new Workshop();
	const items = collect(inOrder(() => shop.jobs(4), shop.run, 2));
	await turn();
	expect(shop.log).toEqual(['ask 0', 'start 0', 'ask 1', 'start 1']);
	shop.finish(1);
	await turn();
	expect(shop.log.slice(4)).toEqual(['ask 2', 'start 2']);
	for (const job of [0, 2, 3]) {
		shop.finish(job);
		await turn();
	}
	expect(await items).toHaveLength(8);
});

test('a failure comes after everything before it, and ends the rest', async () => {
	const shop = new Workshop();
	const seen: string[] = [];
	async function* failing(job: number, signal: AbortSignal) {
		if (job === 1) throw new Error('broken');
		yield* shop.run(job, signal);
	}
	const reading = (async () => {
		for await (const { item } of inOrder(() => shop.jobs(6), failing, 3)) seen.push(item);
	})();
	await turn();
	shop.finish(0);
	await expect(reading).rejects.toThrow('broken');
	expect(seen).toEqual(['0a', '0b']);
	await turn();
	expect(shop.log).toContain('abort 2');
	for (const job of [2, 3, 4]) shop.finish(job);
	await turn();
	expect(shop.log).toContain('closed');
	expect(shop.log).not.toContain('start 5');
});

test('who stops reading ends what runs', async () => {
	const shop = new Workshop();
	const items = inOrder(() => shop.jobs(3), shop.run, 2);
	await items.next();
	await items.return();
	expect(shop.log.filter((line) => line.startsWith('abort'))).toEqual(['abort 0', 'abort 1']);
	await turn();
	expect(shop.log.at(-1)).toBe('closed');
});

test('a source of jobs that waits is ended when nothing is wanted any more', async () => {
	let isEnded = false;
	async function* jobs(signal: AbortSignal) {
		yield 1;
		await new Promise((resolve) => signal.addEventListener('abort', resolve));
		isEnded = true;
	}
	async function* once(job: number) {
		yield job;
	}
	const items = inOrder(jobs, once, 2);
	await items.next();
	await items.return();
	await turn();
	expect(isEnded).toBe(true);
});

test('a source of jobs that fails lets the jobs before it come through', async () => {
	async function* jobs() {
		yield 1;
		throw new Error('cut short');
	}
	const seen: number[] = [];
	async function* once(job: number) {
		yield job;
	}
	const reading = (async () => {
		for await (const { item } of inOrder(jobs, once, 2)) seen.push(item);
	})();
	await expect(reading).rejects.toThrow('cut short');
	expect(seen).toEqual([1]);
});
