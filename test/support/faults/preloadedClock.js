/*
 * Loaded into a host before anything else (see clockJumps.ts): its clock jumps by up to an hour, to and fro,
 * as one that is set anew does.
 */

const { setInterval } = require('node:timers');

const HOUR = 3_600_000;
const EVERY = 500;

const RealDate = Date;
const realNow = Date.now;
let offset = 0;
setInterval(() => (offset = (Math.random() * 2 - 1) * HOUR), EVERY).unref();

const now = () => Math.floor(realNow() + offset);

globalThis.Date = new Proxy(RealDate, {
	construct: (target, parts, type) =>
		Reflect.construct(target, parts.length === 0 ? [now()] : parts, type),
	get: (target, name) => (name === 'now' ? now : target[name]),
});
