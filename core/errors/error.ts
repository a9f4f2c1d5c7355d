import { listed } from './clean';
import type { Pressure } from './meaning';
import type { OwnCode } from './ownCodes';
import { clock } from './text';

/** A stretch of a recording that has no text, in seconds, and why. */
export interface MissingStretch {
	start: number;
	end: number;
	reason: string;
}

/** What an error is made of: what happened, what to do and a code, and whatever else is known. */
export type ErrorParts = Pick<GlmAsrError, 'problem' | 'cure' | 'code'> &
	Partial<Omit<GlmAsrError, keyof Error>>;

/** The one error `core` throws; its message says what happened and what to do. */
export class GlmAsrError extends Error {
	override readonly name = 'GlmAsrError';
	/** What happened, a sentence. */
	readonly problem!: string;
	/** What to do, a sentence. */
	readonly cure!: string;
	/** The service's code (a number as a string), the network's (`ECONNREFUSED`) or an `OwnCode`. */
	readonly code!: string;
	/** What the service or the network said, a sentence; may be empty. */
	readonly detail: string = '';
	/** What went wrong, without the file: ends a sentence. The problem where nothing shorter is given. */
	readonly reason!: string;
	readonly statusCode?: number;
	readonly requestId?: string;
	/** Whether the same request may succeed later. */
	readonly retryable: boolean = false;
	/** Seconds the service asked us to wait. */
	readonly retryAfter?: number;
	readonly pressure?: Pressure;
	/** Whether what the user gave is wrong, rather than the service or the way to it. */
	readonly isInputError: boolean = false;
	/** Whether other pieces of the same recording may fare better. */
	readonly isAboutPiece: boolean = false;
	/** What was thrown by something that nobody foresaw, as a text for developers, without the key. */
	declare cause?: string;
	/** The words that had arrived before the failure. */
	partialText = '';
	/** What of the recording is not in `partialText`, where that is known. */
	missing: MissingStretch[] = [];

	constructor(parts: ErrorParts) {
		super(`${parts.problem} ${parts.cure}`);
		Object.assign(this, { reason: parts.problem }, parts);
	}
}

/** An error in what the user gave: audio or a parameter. Never worth a second try. */
export function inputError(code: OwnCode, problem: string, cure: string): GlmAsrError {
	return new GlmAsrError({ code, problem, cure, isInputError: true });
}

/**
 * The error for a recording of which some pieces could not be transcribed.
 *
 * @param error of the first of them
 * @param missing in order, at least one
 * @param text of all the others
 */
export function partialFailure(
	fileName: string,
	error: GlmAsrError,
	missing: MissingStretch[],
	text: string,
): GlmAsrError {
	return new GlmAsrError({
		...error,
		problem: `"${fileName}" was transcribed only in part, without ${listedStretches(missing)}: ${error.reason}`,
		partialText: text,
		missing,
	});
}

/** Stretches as "0:29–0:58, 1:27–1:56". */
export function listedStretches(stretches: readonly { start: number; end: number }[]): string {
	return listed(stretches.map(({ start, end }) => `${clock(start)}–${clock(end)}`));
}
