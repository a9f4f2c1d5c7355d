import { writeFile } from 'node:fs/promises';
import { runInNewContext } from 'node:vm';
import { deflateRawSync } from 'node:zlib';

import { PINNED_MODULES, readPinned } from './pinnedModules';

/** What {@link writeOpencoreAmr} writes: the decoders of AMR as a module of TypeScript. */
export const OPENCORE_AMR = 'core/audio/codecs/amr/opencoreAmr.ts';
/** The npm package that the decoders come from. */
export const AMR_PACKAGE = '@audio/decode-amr';

/**
 * Takes the WebAssembly module (opencore-amr 0.1.6) out of its npm package, whose loader asks for globals
 * that n8n forbids.
 */
export async function writeOpencoreAmr(): Promise<void> {
	const wasm = wasmIn(await readPinned(PINNED_MODULES.amr));
	const base64 = deflateRawSync(wasm, { level: 9 }).toString('base64');
	await writeFile(
		OPENCORE_AMR,
		`/** The WebAssembly module of ${AMR_PACKAGE}, deflated, in base64. Written by the build. */\n` +
			`export const OPENCORE_AMR =\n\t'${base64}';\n`,
	);
}

/** The loader keeps each byte as a character above 0xFF in place of 0, else as itself. */
function wasmIn(loader: string): Uint8Array {
	const literal = /binaryDecode\(('(?:[^'\\]|\\.)*')\)/su.exec(loader)?.[1];
	if (!literal) throw new Error(`${AMR_PACKAGE} keeps its module in another way`);
	const codes = Array.from(runInNewContext(literal) as string, (letter) => letter.charCodeAt(0));
	return Uint8Array.from(codes, (code) => (code > 0xff ? 0 : code));
}
