import type { Ask } from './faultProxy';
import type { Memo } from './memos';

/** What came of a recording: its text, or why there is none. */
export type Outcome = { text: string } | Failure;

interface Failure {
	/** A sentence. */
	error: string;
	code: string;
	retryable: boolean;
}

/** A service that is slow is asked no more often. */
const MOST_TIME_OUTS = 2;

/** What took long on a busy machine may have come too late. */
const IN_TIME_SECONDS = 0.5;

/** What came of many recordings. */
export class Outcomes {
	private readonly byName = new Map<string, Outcome[]>();

	/** @param maxRetries of the nodes */
	constructor(private readonly maxRetries: number) {}

	add(name: string, outcome: Outcome): void {
		this.byName.set(name, [...(this.byName.get(name) ?? []), outcome]);
	}

	/** How many there are of each kind. */
	get counts(): { texts: number; errors: number } {
		const all = [...this.byName.values()].flat();
		const texts = all.filter((outcome) => 'text' in outcome).length;
		return { texts, errors: all.length - texts };
	}

	/**
	 * What is wrong, a sentence for each: a recording must have exactly one outcome, and that must be its
	 * text after as few requests as could bring it, or a clear error after all of them failed.
	 *
	 * @param asks what the service was asked, by recording, and what came in between
	 */
	problems(memos: Memo[], asks: ReadonlyMap<string, Ask[]>): string[] {
		return memos.flatMap((memo) => {
			const problem = this.problem(memo, asks.get(memo.name) ?? []);
			return problem === undefined ? [] : `${memo.name} ${problem}`;
		});
	}

	private problem({ name, text }: Memo, asks: Ask[]): string | undefined {
		const [outcome, ...others] = this.byName.get(name) ?? [];
		if (!outcome) return 'was lost';
		if (others.length > 0) return `has ${others.length + 1} outcomes`;
		const last = asks.at(-1);
		if (!last) return 'was never asked for';
		const needless = asks.slice(0, -1).find(hasTranscript);
		if (needless) return `was asked for again after: ${needless.fault}`;
		const tries = asks.filter(({ costs }) => costs !== 'place').length;
		const most = this.maxRetries + 1;
		if (tries > most) return `was asked for ${tries} times`;
		if ('text' in outcome) {
			if (outcome.text !== text) return `is "${outcome.text}" instead of "${text}"`;
			return last.leavesTranscript === 'no' ? `has a text in spite of: ${last.fault}` : undefined;
		}
		if (hasTranscript(last)) return `failed after: ${last.fault}: ${outcome.error}`;
		const timeOuts = asks.filter(({ costs }) => costs === 'time-out').length;
		if (tries < most && timeOuts < MOST_TIME_OUTS) {
			return `was given up after ${tries}: ${outcome.error}`;
		}
		return isClear(name, outcome) ? undefined : `is told badly: ${JSON.stringify(outcome)}`;
	}
}

function hasTranscript({ leavesTranscript, seconds = Infinity }: Ask): boolean {
	return leavesTranscript === 'yes' && seconds < IN_TIME_SECONDS;
}

/** The file, what happened and what to do, and a code. */
function isClear(name: string, { error, code, retryable }: Failure): boolean {
	const sentences = /^"([^"]+)" was not transcribed: [a-z].+\. [A-Z].+\./.exec(error);
	return sentences?.[1] === name && /^\w+$/.test(code) && retryable;
}
