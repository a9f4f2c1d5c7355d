import { clean } from './clean';
import { GlmAsrError, inputError } from './error';
import type { OwnCode } from './ownCodes';

const MAX_TRACE = 1000;
const MAX_FRAMES = 6;

/**
 * The error for something that nobody foresaw: a sentence, with what was thrown as its `cause`, a text
 * for developers. An error of ours is passed on as it is.
 *
 * @param subject what could not be handled; begins a sentence
 * @param secret the API key, struck out of the cause
 */
export function ownError(thrown: unknown, subject: string, secret?: string): GlmAsrError {
	if (thrown instanceof GlmAsrError) return thrown;
	const error = new GlmAsrError({
		code: 'unexpected' satisfies OwnCode,
		problem: `${subject} could not be handled because of an unforeseen fault.`,
		cure: 'Run it again; if it happens again, report it together with the cause that the error holds.',
	});
	error.cause = traceOf(thrown, secret);
	return error;
}

/**
 * The error for a recording whose bytes cannot be read where they lie: a file that is gone, a store that is down.
 *
 * @param subject what could not be read; begins a sentence
 */
export function storageError(thrown: unknown, subject: string): GlmAsrError {
	const error = inputError(
		'unreadable_audio',
		`${subject} could not be read where it is stored.`,
		'Run the step again that brings the recording, so that it is stored anew.',
	);
	error.cause = traceOf(thrown);
	return error;
}

/** What was thrown and where, as a text; what else a thrown object holds may be secret. */
export function traceOf(thrown: unknown, secret?: string): string {
	if (typeof thrown !== 'object' || thrown === null) return clean(String(thrown), { secret });
	const { name, message, stack } = thrown as { [Field in keyof Error]?: unknown };
	const what = [name, message].filter((part) => typeof part === 'string' && part !== '');
	const frames = (typeof stack === 'string' ? stack : '')
		.split('\n')
		.filter((line) => /^ {4}at /.test(line))
		.slice(0, MAX_FRAMES);
	const lines = [what.join(': ') || 'an object', ...frames].map((line) => clean(line, { secret }));
	return lines.join('\n  ').slice(0, MAX_TRACE);
}
