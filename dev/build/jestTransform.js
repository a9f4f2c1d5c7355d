const esbuild = require('esbuild');

/**
 * Translates TypeScript for jest. The compiler of TypeScript in the process of the tests costs far more than
 * the translation: everything it holds is looked through at each collection of garbage.
 *
 * Options of esbuild are given in jest's configuration, so that translations in its cache depend on them.
 *
 * @type {import('@jest/transform').SyncTransformer<import('esbuild').TransformOptions>}
 */
module.exports = {
	process(source, sourcefile, { transformerConfig }) {
		return esbuild.transformSync(source, {
			loader: 'ts',
			format: 'cjs',
			sourcemap: true,
			sourcefile,
			...transformerConfig,
		});
	},
};
