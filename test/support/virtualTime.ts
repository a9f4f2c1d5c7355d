import type { Connection } from '../../core';

/** A clock that leaps to the next moment somebody waits for, once nothing else is left to do. */
export class VirtualTime {
	/** Seconds. */
	now = 0;
	private readonly alarms = new Set<{ time: number; ring: () => void }>();

	/** Waits for some seconds of this clock. @throws the reason of `signal` as soon as that is aborted */
	sleep: Connection['sleep'] = (seconds, signal) =>
		new Promise((resolve, reject) => {
			const alarm = { time: this.now + seconds, ring: resolve };
			this.alarms.add(alarm);
			signal.addEventListener('abort', () => {
				this.alarms.delete(alarm);
				reject(signal.reason as Error);
			});
		});

	/** Lets time pass until the work is done; throws what the work throws. */
	async during<T>(work: Promise<T>): Promise<T> {
		let isDone = false;
		const end = () => (isDone = true);
		work.then(end, end);
		for (;;) {
			// All that needs no time happens before any passes.
			await new Promise((resolve) => setImmediate(resolve));
			if (isDone) return await work;
			const time = Math.min(...[...this.alarms].map((alarm) => alarm.time));
			if (time === Infinity) throw new Error('Everybody waits for nothing.');
			this.now = time;
			for (const alarm of this.alarms) {
				if (alarm.time > time) continue;
				this.alarms.delete(alarm);
				alarm.ring();
			}
		}
	}
}
