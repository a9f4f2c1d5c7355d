/** Seconds by which times waver; a clock that goes back further was set back. */
const JITTER_SECONDS = 1;

/** A container's clock, read now and then: when it is set back, it goes on from there. */
export class RunningClock {
	/** How far it has gone on, in its own units. */
	elapsed = 0;

	/** @param latest what it shows first */
	constructor(
		private latest: number,
		private readonly timescale: number,
	) {}

	reach(time: number): void {
		const step = time - this.latest;
		if (step > -JITTER_SECONDS * this.timescale) this.elapsed += step;
		this.latest = time;
	}
}
