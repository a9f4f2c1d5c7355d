import path from 'node:path';

/** What a process holds when its garbage has been collected. */
export interface Holdings {
	/** What keeps its event loop alive, by kind, such as `Timeout` or `TCPSocketWrap`. */
	resources: Record<string, number>;
	/** Bytes. */
	memory: NodeJS.MemoryUsage;
	/** The longest time its event loop was held since it was last asked, in milliseconds. */
	longestHold: number;
}

/** Lets a host tell what it holds, when it is asked by a signal. */
export const PROBED = {
	NODE_OPTIONS: `--expose-gc --require ${path.join(__dirname, 'preloadedProbe.js')}`,
};

const ANSWER = /^probe (\{.*\})$/gm;

/** What a host that was started with {@link PROBED} told so far, by what it printed. */
export function readProbes(log: string): Holdings[] {
	return [...log.matchAll(ANSWER)].map(([, json]) => JSON.parse(json!) as Holdings);
}
