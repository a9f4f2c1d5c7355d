import path from 'node:path';

import { build as esbuild, type BuildOptions, type Plugin } from 'esbuild';

import nodeRedPackage from '../../node-red/package.json';
import { opusDecoderForN8n } from './opusDecoder';
import { writeThirdPartyNotices } from './thirdPartyNotices';

/** What is bundled the same way for both hosts. */
const COMMON = {
	bundle: true,
	platform: 'node',
	format: 'cjs',
	target: 'node22',
	// Without comments and indentation, but with all names and in lines, so that a stack trace still tells something.
	minifyWhitespace: true,
	lineLimit: 120,
	logLevel: 'warning',
	metafile: true,
} as const;

/** n8n's rules allow no run-time dependencies: everything but the host is bundled. */
export function bundleN8n(): Promise<void> {
	return bundle('dist', {
		entryPoints: ['nodes/GlmAsr/GlmAsr.node.ts', 'credentials/GlmAsrApi.credentials.ts'],
		outbase: '.',
		external: ['n8n-workflow'],
		plugins: [opusDecoderForN8n],
	});
}

/** Node-RED users get ordinary dependencies, which `npm audit` can see. */
export function bundleNodeRed(): Promise<void> {
	const nodes = Object.keys(nodeRedPackage['node-red'].nodes);
	return bundle('node-red/dist', {
		entryPoints: {
			core: 'core/index.ts',
			...Object.fromEntries(nodes.map((node) => [node, `node-red/src/${node}.ts`])),
		},
		external: Object.keys(nodeRedPackage.dependencies),
		plugins: [oneCore],
	});
}

/** All nodes load the same `core.js`, so that an error of one is an error of the same class in the other. */
const oneCore: Plugin = {
	name: 'one core for all nodes',
	setup(build) {
		build.onResolve({ filter: /^\.\.\/\.\.\/core$/ }, () => ({
			path: './core.js',
			external: true,
		}));
	},
};

async function bundle(outdir: string, options: BuildOptions): Promise<void> {
	const { metafile } = await esbuild({ ...options, ...COMMON, outdir });
	await writeThirdPartyNotices(metafile, path.join(outdir, 'THIRD-PARTY-NOTICES.txt'));
}
