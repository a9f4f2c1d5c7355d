import type { Attempt } from './attempt';

/** The cases that a worker runs: every `step`th. */
export interface Assignment {
	seed: number;
	from: number;
	/** Behind the last. */
	to: number;
	step: number;
}

/** What came of a case, and what it took. */
export interface CaseReport {
	index: number;
	description: string;
	outcome: Attempt['outcome'];
	/** Seconds of work. */
	spent: number;
	/** The longest stretch of work in which nobody else had a turn, in milliseconds. */
	held: number;
	/** How far its sound was read. */
	seconds: number;
	/** What must not be. */
	faults: string[];
}

/** What a worker tells. */
export type Report =
	| { kind: 'begin'; index: number; description: string }
	| ({ kind: 'end' } & CaseReport)
	/** What its process takes when nothing is under way. */
	| { kind: 'memory'; megabytes: number };
