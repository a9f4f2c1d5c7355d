const { spawn } = require('node:child_process');
const { rm } = require('node:fs/promises');
const path = require('node:path');

const esbuild = require('esbuild');
const { dest, parallel, series, src } = require('gulp');

const { writeOpencoreAmr } = require('./dev/build/opencoreAmr');
const { opusDecoderForN8n } = require('./dev/build/opusDecoder');
const { writeThirdPartyNotices } = require('./dev/build/thirdPartyNotices');
const nodeRedPackage = require('./node-red/package.json');

/** What is bundled the same way for both hosts. */
const common = {
	bundle: true,
	platform: 'node',
	format: 'cjs',
	target: 'node22',
	logLevel: 'warning',
	metafile: true,
};

const clean = () =>
	Promise.all(['dist', 'node-red/dist'].map((dir) => rm(dir, { recursive: true, force: true })));

const checkTypes = () =>
	spawn(process.execPath, [require.resolve('typescript/bin/tsc'), '--noEmit'], {
		stdio: 'inherit',
	});

/** n8n's rules allow no run-time dependencies: everything but the host is bundled. */
const bundleN8n = () =>
	bundle({
		entryPoints: ['nodes/GlmAsr/GlmAsr.node.ts', 'credentials/GlmAsrApi.credentials.ts'],
		outdir: 'dist',
		outbase: '.',
		external: ['n8n-workflow'],
		plugins: [opusDecoderForN8n],
	});

/** Node-RED users get ordinary dependencies, which `npm audit` can see. */
const bundleNodeRed = () =>
	bundle({
		entryPoints: Object.values(nodeRedPackage['node-red'].nodes).map((file) =>
			file.replace(/^dist\/(.*)\.js$/, 'node-red/src/$1.ts'),
		),
		outdir: 'node-red/dist',
		external: Object.keys(nodeRedPackage.dependencies),
	});

async function bundle(options) {
	const { metafile } = await esbuild.build({ ...common, ...options });
	await writeThirdPartyNotices(metafile, path.join(options.outdir, 'THIRD-PARTY-NOTICES.txt'));
}

const copyN8n = () =>
	src(['nodes/**/*.{svg,json}', 'credentials/**/*.svg'], { base: '.', encoding: false }).pipe(
		dest('dist'),
	);

const copyNodeRed = () =>
	src('node-red/src/**/*.{html,svg,json}', { encoding: false }).pipe(
		dest(path.join('node-red', 'dist')),
	);

exports.default = series(
	parallel(clean, writeOpencoreAmr),
	parallel(checkTypes, bundleN8n, bundleNodeRed, copyN8n, copyNodeRed),
);
