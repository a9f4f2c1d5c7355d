import path from 'node:path';

/** What became of the messages that have a `ticket`, one for each. */
export interface Tally {
	/** How many were dealt with, well or not. */
	settled: number;
	failed: number;
	/** Tickets of those that were dealt with more than once. */
	twice: unknown[];
	/** The longest that the event loop was held since the last time, in milliseconds. */
	longest: number;
}

/** What Node.js needs to be told for a Node-RED to keep a tally. */
export const TALLIED = `--require ${path.join(__dirname, 'preloadedTally.js')}`;

/** All that a Node-RED told, from a place in its log on. */
export function readTallies(log: string, from = 0): Tally[] {
	const lines = log.slice(from).matchAll(/^tally (\{.*\})$/gm);
	return [...lines].map(([, json]) => JSON.parse(json!) as Tally);
}
