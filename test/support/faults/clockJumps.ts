import path from 'node:path';

/** What Node.js needs to be told for its clock to jump. */
export const CLOCK_JUMPS = `--require ${path.join(__dirname, 'preloadedClock.js')}`;
