/**
 * Why a service does not serve now: this account has too many requests under way, or everybody has; nothing
 * answers at all; or it has not answered in time, and may still be at work.
 */
export type Pressure = 'busy' | 'overloaded' | 'unreachable' | 'slow';

/** What went wrong and what to do about it. */
export interface Meaning {
	/** Ends the sentence `"memo.wav" was not transcribed: …`. */
	says: string;
	/** How it comes to this, in Markdown: for the documentation, which adds the codes. */
	cause: string;
	/** What to do, a sentence. */
	cure: string;
	/** The service's codes, or the network's. */
	codes?: readonly string[];
	/** What an HTTP status means where the body holds no known code; "4xx" is any other of its kind. */
	statuses?: readonly string[];
	/** Whether the same request may succeed later. */
	retryable?: boolean;
	pressure?: Pressure;
	/** It passes when a quota is renewed, which the service's message may tell the time of. */
	isQuota?: true;
	/** It is the audio that was refused, not the account or the options. */
	isAboutAudio?: boolean;
}

/** The cure for what passes by itself. */
export const TRY_AGAIN = 'Try again in a moment.';

/** @returns undefined for a code that has no row, or for none */
export function meaningOfCode(rows: readonly Meaning[], code?: string): Meaning | undefined {
	return rows.find(({ codes }) => code !== undefined && codes?.includes(code));
}
