import type { NodeStatus } from 'node-red';

import { StatusBoard } from '../../node-red/src/status';

function boardOf(): { board: StatusBoard; shown: (string | undefined)[] } {
	const shown: (string | undefined)[] = [];
	return { board: new StatusBoard(({ text }: NodeStatus) => shown.push(text)), shown };
}

const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

it('counts recordings of a crowd along, without walking through it', async () => {
	const { board, shown } = boardOf();
	const start = process.cpuUsage();
	const shares = Array.from({ length: 20_000 }, () => board.open());
	await settled();
	expect(shown).toEqual(['20000 queued']);
	const activities = shares.map((share) => share.begin());
	for (const activity of activities) activity.sending();
	for (const activity of activities) activity.end();
	expect(shown.at(-1)).toBeUndefined();
	// Some 50 ms; walking through the crowd for each change takes minutes.
	expect(process.cpuUsage(start).user).toBeLessThan(5_000_000);
});

it('forgets what a message expected and never began', async () => {
	const { board, shown } = boardOf();
	const [first, second] = [board.open(), board.open()];
	first.expect(4);
	first.begin().sending();
	await settled();
	expect(shown.at(-1)).toBe('1 active · 5 queued');
	first.end();
	await settled();
	expect(shown.at(-1)).toBe('1 active · 1 queued');
	second.end();
	await settled();
	expect(shown.at(-1)).toBe('sending');
});

it('takes no more notice of what was there before it was cleared', async () => {
	const { board, shown } = boardOf();
	const old = board.open();
	const activity = old.begin();
	activity.sending();
	board.clear();
	board.open();
	activity.hearing();
	activity.end();
	old.end();
	await settled();
	expect(shown).toEqual(['sending', undefined, 'queued']);
});
