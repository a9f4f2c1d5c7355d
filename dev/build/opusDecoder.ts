import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { transform, type Plugin } from 'esbuild';

/**
 * Bundles `opus-decoder` without what n8n forbids and nothing here reaches: its web workers, a timer of its C
 * library, and its writing to the console.
 */
export const opusDecoderForN8n: Plugin = {
	name: 'opus-decoder for n8n',
	setup(build) {
		// The class of the worker would be kept: the entry gives it a name.
		build.onLoad(
			{ filter: /[\\/]node_modules[\\/]opus-decoder[\\/]index\.js$/ },
			({ path: entry }) => ({
				contents: "export { default as OpusDecoder } from './src/OpusDecoder.js';",
				resolveDir: path.dirname(entry),
			}),
		);

		// Only in these files: a timer anywhere else is left for n8n's scan to find.
		build.onLoad(
			{ filter: /[\\/]node_modules[\\/](opus-decoder|simple-yenc)[\\/]/ },
			async ({ path: file }) => ({
				contents: await withoutForbiddenGlobals(await readFile(file, 'utf8')),
			}),
		);
	},
};

/** A timer that were set all the same would throw: `abort` is the library's own function for that. */
async function withoutForbiddenGlobals(source: string): Promise<string> {
	const { code } = await transform(source, {
		charset: 'utf8',
		drop: ['console'],
		define: { setTimeout: 'abort', clearTimeout: 'abort' },
	});
	return code;
}
