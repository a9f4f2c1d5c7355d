import { spawn } from 'node:child_process';
import { rm } from 'node:fs/promises';

import { dest, parallel, series, src } from 'gulp';

import { bundleN8n, bundleNodeRed } from './bundles';
import { writeOpencoreAmr } from './opencoreAmr';
import { checkPinned } from './pinnedModules';

const clean = () =>
	Promise.all(['dist', 'node-red/dist'].map((dir) => rm(dir, { recursive: true, force: true })));

const tsc = (project: string) =>
	spawn(process.execPath, [require.resolve('typescript/bin/tsc'), '--noEmit', '-p', project], {
		stdio: 'inherit',
	});

const checkTypes = () => tsc('.');

/** Once more on its own: `core/` may use nothing that only Node.js or a host has. */
const checkCoreTypes = () => tsc('core');

const copyN8n = () =>
	src('nodes/**/*.{svg,json}', { base: '.', encoding: false }).pipe(dest('dist'));

const copyNodeRed = () =>
	src('node-red/src/**/*.{html,svg,json}', { encoding: false }).pipe(dest('node-red/dist'));

/** Both packages as they are published, in `dist/` and `node-red/dist/`. */
export default series(
	parallel(clean, checkPinned, writeOpencoreAmr),
	parallel(checkTypes, checkCoreTypes, bundleN8n, bundleNodeRed, copyN8n, copyNodeRed),
);
