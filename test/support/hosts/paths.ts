import path from 'node:path';

/** The checkout. */
export const ROOT = path.resolve(__dirname, '../../..');

/** Everything the host tests may keep between runs; ignored by git. */
export const CACHE = path.join(ROOT, '.cache');

/** Where `install.ts` puts the n8n server. */
export const N8N_FOLDER = path.join(CACHE, 'n8n');

/** What the editor looked like, one PNG per view. */
export const SCREENS = path.join(CACHE, 'screens');

/** `node`, `npm` and friends of the root's own devDependencies (Node.js 24). */
const BIN = path.join(ROOT, 'node_modules/.bin');

/** The Node.js that the root's devDependency `node` brings. */
export const NODE = path.join(BIN, 'node');

/**
 * The environment a server or installer gets: this process's own without what npm and jest added to it,
 * with Node.js 24 first in the path and loopback never sent through a proxy.
 */
export function cleanEnvironment(extra: Record<string, string> = {}): NodeJS.ProcessEnv {
	const added =
		/^(npm_(package|lifecycle)_|npm_config_local_prefix$|npm_command$|INIT_CWD$|NODE_(ENV|OPTIONS)$|JEST_)/;
	const kept = Object.entries(process.env).filter(([name]) => !added.test(name));
	const direct = [process.env.NO_PROXY, '127.0.0.1', 'localhost'].filter(Boolean).join(',');
	return {
		...Object.fromEntries(kept),
		PATH: `${BIN}${path.delimiter}${process.env.PATH ?? ''}`,
		NO_PROXY: direct,
		no_proxy: direct,
		...extra,
	};
}
