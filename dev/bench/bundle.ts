import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import path from 'node:path';

import { buildSync } from 'esbuild';

/** `taskset` and what pins a command to the last core, where the system has it. */
export const ON_ONE_CORE = pinning();

/**
 * Bundles a script of this folder as the build bundles the nodes, so that what is measured is what is
 * shipped, and starts it in a process of its own on one core. It speaks by messages.
 *
 * @param flags of Node.js
 */
export function startBundled(script: string, args: string[], flags: string[] = []): ChildProcess {
	const outfile = path.join('.cache', 'bench', script.replace(/\.ts$/, '.cjs'));
	buildSync({
		entryPoints: [path.join('dev/bench', script)],
		outfile,
		bundle: true,
		platform: 'node',
		format: 'cjs',
		target: 'node22',
		logLevel: 'warning',
	});
	const [program = '', ...rest] = [...ON_ONE_CORE, process.execPath, ...flags, outfile, ...args];
	return spawn(program, rest, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
}

/** The next message of a script; fails when it ends without one. */
export async function nextMessage<T>(child: ChildProcess): Promise<T> {
	return await new Promise<T>((resolve, reject) => {
		const fail = (): void => reject(new Error('The script ended too early.'));
		child.once('exit', fail);
		child.once('message', (message) => {
			child.off('exit', fail);
			resolve(message as T);
		});
	});
}

function pinning(): string[] {
	const { stdout } = spawnSync('taskset', ['-cp', `${process.pid}`], { encoding: 'utf8' });
	const core = /(\d+)\s*$/.exec(stdout ?? '')?.[1];
	return core === undefined ? [] : ['taskset', '-c', core];
}
