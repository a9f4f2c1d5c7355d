/** Measures for how long others in the process have to wait, in milliseconds of work: a busy machine does not count. */
export function holdMeter(): { restart(): void; longest(): number; stop(): void } {
	const work = (): number => {
		const { user, system } = process.threadCpuUsage();
		return (user + system) / 1000;
	};
	let since = work();
	let longest = 0;
	const turn = (): void => {
		const now = work();
		longest = Math.max(longest, now - since);
		since = now;
	};
	const timer = setInterval(turn, 2);
	return {
		restart() {
			since = work();
			longest = 0;
		},
		longest() {
			turn();
			return longest;
		},
		stop: () => clearInterval(timer),
	};
}
