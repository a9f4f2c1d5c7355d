/*
 * Loaded into a host before anything else (see probe.ts): on a signal it collects garbage and prints what
 * the process holds.
 */

const { setImmediate } = require('node:timers/promises');

const COLLECTIONS = 3;

process.on('SIGWINCH', async () => {
	for (let count = 0; count < COLLECTIONS; count++) {
		globalThis.gc();
		// What finalizers let go of is collected by the next one.
		await setImmediate();
	}
	const resources = {};
	for (const kind of process.getActiveResourcesInfo()) resources[kind] = (resources[kind] ?? 0) + 1;
	const memory = process.memoryUsage();
	process.stdout.write(`\nprobe ${JSON.stringify({ resources, memory })}\n`);
});
