/*
 * Loaded into a host before anything else (see probe.ts): on a signal it collects garbage and prints what
 * the process holds.
 */

const { monitorEventLoopDelay } = require('node:perf_hooks');
const { setImmediate, setTimeout } = require('node:timers/promises');

const COLLECTIONS = 3;
const RESOLUTION = 5;

const delays = monitorEventLoopDelay({ resolution: RESOLUTION });
delays.enable();

process.on('SIGWINCH', async () => {
	const longestHold = Math.max(0, delays.max / 1e6 - RESOLUTION);
	for (let count = 0; count < COLLECTIONS; count++) {
		globalThis.gc();
		// What finalizers let go of is collected by the next one.
		await setImmediate();
	}
	const resources = {};
	for (const kind of process.getActiveResourcesInfo()) resources[kind] = (resources[kind] ?? 0) + 1;
	const memory = process.memoryUsage();
	// Collecting held it, too.
	await setTimeout(2 * RESOLUTION);
	delays.reset();
	process.stdout.write(`\nprobe ${JSON.stringify({ resources, memory, longestHold })}\n`);
});
