/** Milliseconds of the longest stretch in which nothing else had a turn, while something is done. */
export async function longestHold(action: () => Promise<unknown>): Promise<number> {
	let longest = 0;
	let since = performance.now();
	let isRunning = true;
	const tick = (): void => {
		const now = performance.now();
		longest = Math.max(longest, now - since);
		since = now;
		if (isRunning) setImmediate(tick);
	};
	setImmediate(tick);
	try {
		await action();
	} finally {
		isRunning = false;
	}
	return Math.max(longest, performance.now() - since);
}

/** Seconds of work that something takes in this process. */
export async function workOf(action: () => unknown): Promise<number> {
	const before = process.cpuUsage();
	await action();
	return process.cpuUsage(before).user / 1e6;
}
