import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';

/** A module of WebAssembly that comes from npm as text in a file of its package. */
interface PinnedModule {
	/** Of the file, from the name of its package on. */
	file: string;
	/** SHA-256 of the file. */
	sha256: string;
	/** SHA-256 of the module, as it is compiled. */
	module: string;
}

/** All that is compiled from npm. Who takes a new version of a package looks at it and writes what it has. */
export const PINNED_MODULES = {
	/** libopus. */
	opus: {
		file: 'opus-decoder/src/EmscriptenWasm.js',
		sha256: '278768f829703b8b443dfc64b8c5d0e29e73f5012ba7edc641b4c211390a1a72',
		module: '8b67eda2a46e478f65c24c467dae9eac26293efae6484bfe762b9d1086058b4b',
	},
	/** puff of zlib, which inflates the module of libopus. */
	puff: {
		file: '@wasm-audio-decoders/common/src/WASMAudioDecoderCommon.js',
		sha256: '9eb713858e7c98dcb2da9a3121ba10b2f0e69bf9f32151eb705569c68e1f33ce',
		module: 'e55e803264dc0f2eb2823141893387f14097dc1f11dc771066aa57abc1271d1f',
	},
	/** opencore-amr 0.1.6, whose exports core/audio/codecs/amr/decoder.ts names. */
	amr: {
		file: '@audio/decode-amr/src/amr.wasm.js',
		sha256: 'c4f3eada53683897ad26252f29bf5a5cde526298555475d69aa03390130e1f08',
		module: '2fffc08eba589b72bde62b23d182f4ebd7582603f85ed29cadab1327b232faf6',
	},
} satisfies Record<string, PinnedModule>;

/**
 * The text of the file that a module comes in.
 *
 * @param packages the folder of installed packages
 * @throws Error when it is not the file that was pinned
 */
export async function readPinned(
	{ file, sha256 }: PinnedModule,
	packages = 'node_modules',
): Promise<string> {
	const bytes = await readFile(path.join(packages, file));
	const found = createHash('sha256').update(bytes).digest('hex');
	if (found === sha256) return bytes.toString('utf8');
	throw new Error(`${file} is not the file that dev/build/pinnedModules.ts pins: SHA-256 ${found}`);
}

/** Stops the build where a module is not the one that was pinned. */
export async function checkPinned(): Promise<void> {
	await Promise.all(Object.values(PINNED_MODULES).map((module) => readPinned(module)));
}
