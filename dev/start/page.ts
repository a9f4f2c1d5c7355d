import { readFileSync } from 'node:fs';
import path from 'node:path';

import { build, stop } from 'esbuild';

import { modelChoices } from '../../core';
import { limitsOf } from '../../core/api/models';
import { MAX_BODY_BYTES, PAGE_HEADERS } from './guards';
import type { RunningNodeRed } from './nodeRed';
import type { About } from './page/about';
import type { ServiceInUse } from './service';

const FOLDER = path.join(__dirname, 'page');

/** Serves the page at `/transcribe`; what it records goes through the flow's own addresses. */
export async function servePage(
	app: RunningNodeRed['pages'],
	{ isLocal, model }: ServiceInUse,
): Promise<void> {
	const about: About = {
		isLocal,
		model,
		maxBytes: MAX_BODY_BYTES,
		models: modelChoices().map((id) => ({ id, maxSeconds: limitsOf(id).maxSeconds })),
	};
	const files: Record<string, string> = {
		'': readFileSync(path.join(FOLDER, 'index.html'), 'utf8'),
		'/transcribe.css': readFileSync(path.join(FOLDER, 'transcribe.css'), 'utf8'),
		'/about.json': JSON.stringify(about),
		...(await compileScripts()),
	};
	for (const [name, content] of Object.entries(files)) {
		app.get(`/transcribe${name}`, (_request, response) => {
			response
				.set(PAGE_HEADERS)
				.type(path.extname(name) || 'html')
				.send(content);
		});
	}
}

/** The scripts as browsers run them, by their names. */
async function compileScripts(): Promise<Record<string, string>> {
	const { outputFiles } = await build({
		entryPoints: ['transcribe.ts', 'recorder.worklet.ts'].map((name) => path.join(FOLDER, name)),
		bundle: true,
		format: 'esm',
		target: 'es2022',
		outdir: FOLDER,
		write: false,
		logLevel: 'error',
	});
	// Its process would stay until this one ends.
	await stop();
	return Object.fromEntries(
		outputFiles.map(({ path: file, text }) => [`/${path.basename(file)}`, text]),
	);
}
