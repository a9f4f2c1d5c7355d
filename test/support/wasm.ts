import { createHash } from 'node:crypto';

/** Keeps the SHA-256 of each module of WebAssembly that is compiled from now on. */
export function watchModules(): Set<string> {
	const hashes = new Set<string>();
	for (const name of ['compile', 'instantiate'] as const) {
		const original = WebAssembly[name] as (...all: unknown[]) => unknown;
		const watched = (source: ArrayBuffer | WebAssembly.Module, ...others: unknown[]) => {
			if (!(source instanceof WebAssembly.Module)) {
				hashes.add(createHash('sha256').update(Buffer.from(source)).digest('hex'));
			}
			return original(source, ...others);
		};
		Object.assign(WebAssembly, { [name]: watched });
	}
	return hashes;
}
