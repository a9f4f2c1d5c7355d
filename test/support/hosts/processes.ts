import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { readProbes, type Holdings } from './probe';

const STOP_SECONDS = 20;

/** Waits until `check` gives something truthy and returns it; throws with `what` after `seconds`. */
export async function until<T>(
	what: string,
	check: () => T | Promise<T>,
	{ seconds = 30, everyMs = 50 } = {},
): Promise<Exclude<T, false | 0 | '' | null | undefined>> {
	const end = Date.now() + seconds * 1000;
	for (;;) {
		const value = await check();
		if (value) return value as Exclude<T, false | 0 | '' | null | undefined>;
		if (Date.now() > end) throw new Error(`waited ${seconds} s for: ${what}`);
		await sleep(everyMs);
	}
}

/** A server this test run started: what it printed, and how to end it with everything it started. */
export class ServerProcess {
	/** Standard output and standard error, as they came. */
	log = '';

	private constructor(
		private readonly name: string,
		private readonly child: ChildProcess,
	) {
		const collect = (bytes: Buffer) => {
			this.log += bytes.toString();
		};
		child.stdout?.on('data', collect);
		child.stderr?.on('data', collect);
	}

	static start(
		name: string,
		command: string,
		args: string[],
		options: { cwd: string; env: NodeJS.ProcessEnv },
	): ServerProcess {
		return new ServerProcess(
			name,
			spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] }),
		);
	}

	get pid(): number {
		return this.child.pid!;
	}

	/** Waits until `check` holds; throws with the log when the process ends before. */
	async untilReady(check: () => boolean | Promise<boolean>, seconds = 120): Promise<void> {
		try {
			await until(
				`${this.name} to be ready`,
				() => {
					if (this.ended) throw new Error(`${this.name} ended`);
					return check();
				},
				{ seconds, everyMs: 200 },
			);
		} catch (error) {
			throw new Error(`${(error as Error).message}; its log:\n${this.log}`);
		}
	}

	/** What the process holds now; it must have been started with `PROBED`. */
	async holdings(): Promise<Holdings> {
		const told = readProbes(this.log).length;
		this.child.kill('SIGWINCH');
		return await until(`${this.name} to tell what it holds`, () => readProbes(this.log)[told], {
			everyMs: 10,
		});
	}

	/** Ends the process by its id; throws when it does not go by itself or leaves a child behind. */
	async stop(): Promise<void> {
		if (this.ended) return;
		const family = this.child.pid ? descendants(this.child.pid) : [];
		const gone = new Promise((resolve) => this.child.once('exit', resolve));
		this.child.kill('SIGTERM');
		const stopped = await Promise.race([
			gone.then(() => true),
			sleep(STOP_SECONDS * 1000, false, { ref: false }),
		]);
		if (!stopped) {
			this.child.kill('SIGKILL');
			await gone;
		}
		const orphans = await stillAlive(family);
		for (const pid of orphans) process.kill(pid, 'SIGKILL');
		if (!stopped) throw new Error(`${this.name} ignored SIGTERM for ${STOP_SECONDS} s`);
		if (orphans.length > 0) throw new Error(`${this.name} left processes ${orphans.join(', ')}`);
	}

	/** Ends the process and everything it started as a crash does: nothing of theirs runs any more. */
	async kill(): Promise<void> {
		const gone = new Promise((resolve) => this.child.once('exit', resolve));
		const family = descendants(this.pid);
		this.child.kill('SIGKILL');
		for (const pid of family.filter(isAlive)) process.kill(pid, 'SIGKILL');
		await gone;
	}

	private get ended(): boolean {
		return this.child.exitCode !== null || this.child.signalCode !== null;
	}
}

/** Process ids of all children, their children and so on. */
function descendants(pid: number): number[] {
	const rows = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' })
		.trim()
		.split('\n')
		.map((line) => line.trim().split(/\s+/).map(Number));
	const below = (parent: number): number[] =>
		rows
			.filter(([, ppid]) => ppid === parent)
			.flatMap(([child]) => (child ? [child, ...below(child)] : []));
	return below(pid);
}

/** Which of `pids` still run after a short grace. */
async function stillAlive(pids: number[]): Promise<number[]> {
	const alive = () => pids.filter(isAlive);
	for (let tries = 0; tries < 20 && alive().length > 0; tries++) await sleep(100);
	return alive();
}

function isAlive(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return true;
	} catch {
		return false;
	}
}
