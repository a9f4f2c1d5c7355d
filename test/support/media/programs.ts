import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A program and its arguments. */
export type Command = [program: string, ...args: string[]];

/** Where a command writes to, among its arguments. */
export const OUTPUT = '{output}';

/** What was generated once is there for the next run. */
const CACHE = join(tmpdir(), 'glm-asr-media');
const MAX_OUTPUT_BYTES = 1 << 28;

export const FFMPEG = ['ffmpeg', '-v', 'error', '-nostdin', '-y', '-bitexact'] as const;

/** Runs a program and gives what it writes to its standard output. */
export function run([program, ...args]: Command, input?: Uint8Array): Buffer {
	return execFileSync(program, args, {
		...(input && { input }),
		maxBuffer: MAX_OUTPUT_BYTES,
		stdio: ['pipe', 'pipe', 'pipe'],
	});
}

/**
 * A file that a program writes to {@link OUTPUT}; the same command writes it only once.
 *
 * @returns the path
 */
export function generated(command: Command, extension: string): string {
	const name = createHash('sha256').update(JSON.stringify(command)).digest('hex').slice(0, 20);
	const path = join(CACHE, `${name}.${extension}`);
	if (existsSync(path)) return path;
	mkdirSync(CACHE, { recursive: true });
	inTemporaryFolder((folder) => {
		const draft = join(folder, `draft.${extension}`);
		run(command.map((arg) => (arg === OUTPUT ? draft : arg)) as Command);
		renameSync(draft, path);
	}, CACHE);
	return path;
}

/** The bytes of a file. */
export function bytesOf(path: string): Uint8Array<ArrayBuffer> {
	return new Uint8Array(readFileSync(path));
}

/** Does something with a folder that is gone afterwards. */
export function inTemporaryFolder<T>(use: (folder: string) => T, parent = tmpdir()): T {
	const folder = mkdtempSync(join(parent, 'glm-asr-media-'));
	try {
		return use(folder);
	} finally {
		rmSync(folder, { recursive: true });
	}
}
