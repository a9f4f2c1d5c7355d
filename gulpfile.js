const { spawn } = require('node:child_process');
const { rm } = require('node:fs/promises');
const path = require('node:path');

const esbuild = require('esbuild');
const { dest, parallel, series, src } = require('gulp');

const nodeRedPackage = require('./node-red/package.json');

/** What is bundled the same way for both hosts. */
const common = { bundle: true, platform: 'node', format: 'cjs', logLevel: 'warning' };

const clean = () =>
	Promise.all(['dist', 'node-red/dist'].map((dir) => rm(dir, { recursive: true, force: true })));

const checkTypes = () =>
	spawn(process.execPath, [require.resolve('typescript/bin/tsc'), '--noEmit'], {
		stdio: 'inherit',
	});

/** n8n's rules allow no run-time dependencies: everything but the host is bundled. */
const bundleN8n = () =>
	esbuild.build({
		...common,
		target: 'node22',
		entryPoints: ['nodes/GlmAsr/GlmAsr.node.ts', 'credentials/GlmAsrApi.credentials.ts'],
		outdir: 'dist',
		outbase: '.',
		external: ['n8n-workflow'],
	});

/** Node-RED users get ordinary dependencies, which `npm audit` can see. */
const bundleNodeRed = () =>
	esbuild.build({
		...common,
		target: 'node22',
		entryPoints: Object.values(nodeRedPackage['node-red'].nodes).map((file) =>
			file.replace(/^dist\/(.*)\.js$/, 'node-red/src/$1.ts'),
		),
		outdir: 'node-red/dist',
		external: Object.keys(nodeRedPackage.dependencies),
	});

const copyN8n = () =>
	src(['nodes/**/*.{svg,json}', 'credentials/**/*.svg'], { base: '.', encoding: false }).pipe(
		dest('dist'),
	);

const copyNodeRed = () =>
	src('node-red/src/**/*.{html,svg,json}', { encoding: false }).pipe(
		dest(path.join('node-red', 'dist')),
	);

exports.default = series(
	clean,
	parallel(checkTypes, bundleN8n, bundleNodeRed, copyN8n, copyNodeRed),
);
