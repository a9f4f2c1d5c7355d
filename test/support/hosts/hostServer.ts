import { rmSync } from 'node:fs';
import type { Holdings } from './probe';
import type { ServerProcess } from './processes';

/** Headers for a connection of its own: one that is kept may be closed by the host just when it is used again. */
export const UNKEPT = { connection: 'close' };

/** A host that runs in a user folder of its own. */
export abstract class HostServer {
	protected process: ServerProcess;

	/** @param launch starts its process, the first time at once */
	protected constructor(
		readonly url: string,
		/** The user folder: everything that the host keeps. */
		readonly folder: string,
		private readonly launch: () => ServerProcess,
	) {
		this.process = launch();
	}

	get pid(): number {
		return this.process.pid;
	}

	/** Everything the server printed since it was last started. */
	get log(): string {
		return this.process.log;
	}

	/** What the server holds; it must have been started with `PROBED`. */
	holdings(): Promise<Holdings> {
		return this.process.holdings();
	}

	/** Ends the server as a crash does; its folder stays. */
	kill(): Promise<void> {
		return this.process.kill();
	}

	/** Starts it again where it was, with what it had. */
	async restart(): Promise<void> {
		this.process = this.launch();
		await this.untilReady();
	}

	/** Ends the server and removes its folder. */
	async stop(): Promise<void> {
		try {
			await this.process.stop();
		} finally {
			rmSync(this.folder, { recursive: true, force: true });
		}
	}

	protected untilReady(): Promise<void> {
		return this.process.untilReady(() => this.isReady());
	}

	protected abstract isReady(): boolean | Promise<boolean>;
}
