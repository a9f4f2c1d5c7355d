import { beginning, GlmAsrError, ownError } from '../../core';

/** What a Catch node passes on of an error: these fields and no others. */
export interface NodeError extends Error {
	code: string;
	cause: {
		statusCode?: number;
		retryable: boolean;
		requestId?: string;
		/** What nobody foresaw, for developers. */
		thrown?: string;
	};
}

/**
 * An error in the shape that Node-RED's Catch node understands. It is made anew of what the
 * `GlmAsrError` tells, so that nothing of a request, the key least of all, can come along.
 */
export function toNodeError(thrown: unknown): Error {
	const own = ownError(thrown, 'The message');
	const { message, detail, code, statusCode, retryable, requestId, cause } = own;
	const error = new Error([message, detail].filter(Boolean).join(' ')) as NodeError;
	error.code = code;
	error.cause = { statusCode, retryable, requestId, ...(cause !== undefined && { thrown: cause }) };
	return error;
}

/** An error in the node's status, in fewer than 20 characters. */
export function shortReason(thrown: unknown): string {
	if (!(thrown instanceof GlmAsrError)) return 'error';
	const { code } = thrown;
	const text = /^\d+$/.test(code)
		? `code ${code}`
		: code.replace(/^UND_ERR_/, '').replaceAll('_', ' ');
	return beginning(text, MAX_STATUS_CHARACTERS);
}

const MAX_STATUS_CHARACTERS = 19;
