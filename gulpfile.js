const { spawn } = require('node:child_process');
const { rm } = require('node:fs/promises');

const esbuild = require('esbuild');
const { dest, parallel, series, src } = require('gulp');

/** What is bundled the same way for both hosts. */
const common = {
	bundle: true,
	platform: 'node',
	format: 'cjs',
	logLevel: 'warning',
};

const clean = () => Promise.all(['dist'].map((dir) => rm(dir, { recursive: true, force: true })));

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

const copyN8n = () =>
	src(['nodes/**/*.{svg,json}', 'credentials/**/*.svg'], {
		base: '.',
		encoding: false,
	}).pipe(dest('dist'));

exports.default = series(clean, parallel(checkTypes, bundleN8n, copyN8n));
