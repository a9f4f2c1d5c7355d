import { fork } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { corpus } from './corpus';
import { fuzzCase } from './mutate';
import type { Assignment, CaseReport, Report } from './report';

/** Seconds without a word from a worker: it hangs. Far beyond what a case may take, as the machine may be busy. */
const HANGS_AFTER = 60;

const { values } = parseArgs({
	options: {
		cases: { type: 'string', default: '100000' },
		seed: { type: 'string', default: '1' },
		/** The number of the first case; with `--cases 1` the only one. */
		from: { type: 'string', default: '0' },
		workers: { type: 'string', default: String(Math.min(2, availableParallelism())) },
		/** A folder for the files of the cases that fail. */
		save: { type: 'string' },
	},
});
const seed = Number(values.seed);
const from = Number(values.from);
const to = from + Number(values.cases);
const workers = Number(values.workers);

/** Figures of all cases. */
class Campaign {
	private readonly started = performance.now();
	private readonly outcomes = { whole: 0, partial: 0, refused: 0 };
	private readonly memory: number[][] = [];
	private readonly recordings = corpus();
	private done = 0;
	private failed = 0;
	private spent = 0;
	private slowest: Partial<CaseReport> = { spent: 0 };
	private longestHold: Partial<CaseReport> = { held: 0 };

	add(report: CaseReport): void {
		this.done++;
		this.outcomes[report.outcome]++;
		this.spent += report.spent;
		if (report.spent > this.slowest.spent!) this.slowest = report;
		if (report.held > this.longestHold.held!) this.longestHold = report;
		for (const fault of report.faults) this.fail(report, fault);
	}

	fail({ index, description }: { index: number; description: string }, fault: string): void {
		this.failed++;
		console.log(`\nFAILED --seed ${seed} --from ${index} --cases 1 (${description})\n${fault}`);
		if (values.save === undefined) return;
		mkdirSync(values.save, { recursive: true });
		const { bytes } = fuzzCase(this.recordings, seed, index);
		writeFileSync(join(values.save, `${seed}-${index}`), bytes);
	}

	noteMemory(worker: number, megabytes: number): void {
		(this.memory[worker] ??= []).push(Math.round(megabytes));
		const minutes = ((performance.now() - this.started) / 60_000).toFixed(1);
		if (worker === 0)
			console.log(`${this.done} cases, ${minutes} min, ${Math.round(megabytes)} MB`);
	}

	print(): void {
		const { whole, partial, refused } = this.outcomes;
		const seconds = (performance.now() - this.started) / 1000;
		console.log(
			`
${this.done} cases in ${seconds.toFixed(0)} s (${this.spent.toFixed(0)} s of work): ${this.failed} failed
${whole} gave a result, ${partial} a part with a warning, ${refused} a clear error
slowest: ${this.slowest.spent!.toFixed(2)} s of work (case ${this.slowest.index}, ${this.slowest.description})
longest hold: ${this.longestHold.held!.toFixed(0)} ms (case ${this.longestHold.index}, ${this.longestHold.description})
memory of each worker from batch to batch, MB:
${this.memory.map((samples) => samples.join(' ')).join('\n')}`,
		);
		process.exitCode = this.failed > 0 ? 1 : 0;
	}
}

/** Runs a share of the cases; a process that hangs or dies is followed by another. */
async function run(campaign: Campaign, worker: number): Promise<void> {
	let assignment: Assignment = { seed, from: from + worker, to, step: workers };
	while (assignment.from < to) {
		const last = await runProcess(campaign, worker, assignment);
		assignment = { ...assignment, from: last + workers };
	}
}

/** Ends when the process does. @returns the number of its last case */
async function runProcess(
	campaign: Campaign,
	worker: number,
	assignment: Assignment,
): Promise<number> {
	const child = fork(join(__dirname, 'worker.ts'), {
		execArgv: ['--import', 'tsx', '--expose-gc'],
	});
	let last = { index: assignment.from, description: '' };
	let isUnderWay = true;
	const hangs = (): void => void child.kill('SIGKILL');
	let watchdog = setTimeout(hangs, HANGS_AFTER * 1000);
	child.on('message', (report: Report) => {
		clearTimeout(watchdog);
		watchdog = setTimeout(hangs, HANGS_AFTER * 1000);
		if (report.kind === 'memory') campaign.noteMemory(worker, report.megabytes);
		else last = report;
		if (report.kind === 'end') campaign.add(report);
		if (report.kind !== 'memory') isUnderWay = report.kind === 'begin';
	});
	child.send(assignment);
	const signal = await new Promise((resolve) => child.once('exit', (_, name) => resolve(name)));
	clearTimeout(watchdog);
	if (isUnderWay) campaign.fail(last, signal === 'SIGKILL' ? 'It hangs.' : 'The process ended.');
	return last.index;
}

async function main(): Promise<void> {
	const campaign = new Campaign();
	await Promise.all(Array.from({ length: workers }, (_, worker) => run(campaign, worker)));
	campaign.print();
}

void main();
