import { readFileSync, writeFileSync } from 'node:fs';

/** V8 flags under which memory is measured: it lets that for young objects grow with any long work. */
export const STEADY_HEAP = '--max-semi-space-size=16';

/** The most memory a process holds from now on, beyond what it holds now, in bytes (Linux). */
export class PeakMemory {
	readonly before: number;

	constructor(private readonly pid: number) {
		this.before = residentBytes(pid, 'VmRSS');
		// Linux then begins to note the largest size anew.
		writeFileSync(`/proc/${pid}/clear_refs`, '5');
	}

	get beyond(): number {
		return residentBytes(this.pid, 'VmHWM') - this.before;
	}
}

/** A size from `/proc/…/status`. */
function residentBytes(pid: number, name: string): number {
	const line = new RegExp(`^${name}:\\s*(\\d+) kB$`, 'm');
	return Number(line.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]) * 1024;
}
