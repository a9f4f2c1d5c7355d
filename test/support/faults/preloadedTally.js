/*
 * Loaded into a Node-RED before anything else (see tally.ts): prints how many messages the nodes under test
 * have dealt with, which of them more than once, and how long the event loop was held meanwhile.
 */

const { monitorEventLoopDelay } = require('node:perf_hooks');
const { setInterval } = require('node:timers');

const { hooks } = require('@node-red/util');

const EVERY = 100;

const delay = monitorEventLoopDelay({ resolution: 5 });
delay.enable();

const outcomes = new Map();
let failed = 0;
let told = '';

hooks.add('onComplete.tally', ({ msg, error, node: { node } }) => {
	if (node.type !== 'glm-asr' || msg.ticket === undefined) return;
	outcomes.set(msg.ticket, (outcomes.get(msg.ticket) ?? 0) + 1);
	if (error) failed++;
});

setInterval(() => {
	const twice = [...outcomes].filter(([, count]) => count > 1).map(([ticket]) => ticket);
	const tally = { settled: outcomes.size, failed, twice };
	const longest = Math.round(delay.max / 1e6);
	delay.reset();
	const text = JSON.stringify(tally);
	if (text === told && longest < 20) return;
	told = text;
	process.stdout.write(`\ntally ${JSON.stringify({ ...tally, longest })}\n`);
}, EVERY).unref();
