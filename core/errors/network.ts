import type { GlmAsrError } from './error';
import { meaningOfCode } from './meaning';
import { NETWORK_CODES, NO_REQUEST } from './networkCodes';
import type { OwnCode } from './ownCodes';
import { cleanCode, quote } from './quote';
import { requestError, type RequestContext } from './requestError';
import { traceOf } from './unexpected';

/**
 * The error for a request that got no answer, or whose answer broke off on the way.
 * What was thrown is not kept: HTTP clients put the request, key and all, into it. What no network says
 * is left to the `cause`.
 */
export function networkError(context: RequestContext, thrown: unknown): GlmAsrError {
	const codes = codesOf(thrown);
	const known = codes.find((code) => meaningOfCode(NETWORK_CODES, code));
	const isFault = codes.length === 0 && isOfProgram(thrown);
	const said = isFault ? '' : quote(messageOf(thrown), context.secret);
	const error = requestError(context, meaningOfCode(NETWORK_CODES, known) ?? NO_REQUEST, {
		detail: said && `The network reported ${said}`,
		code: known ?? (codes[0] ? cleanCode(codes[0], context.secret) : UNNAMED),
	});
	if (isFault) error.cause = traceOf(thrown, context.secret);
	return error;
}

const UNNAMED: OwnCode = 'network_error';

/** Codes from an error and from what caused it, outermost first. */
function codesOf(thrown: unknown): string[] {
	const codes: string[] = [];
	const seen = new Set<unknown>();
	for (let error = thrown; typeof error === 'object' && error !== null && !seen.has(error);) {
		seen.add(error);
		const { code, cause } = error as { code?: unknown; cause?: unknown };
		if (typeof code === 'string') codes.push(code);
		error = cause;
	}
	return codes;
}

/** A fault of a program, whose words tell users nothing. */
function isOfProgram(thrown: unknown): boolean {
	const { name } = Object(thrown) as { name?: unknown };
	return /^(Type|Range|Reference|Syntax|URI|Eval)Error$/.test(String(name));
}

function messageOf(thrown: unknown): string {
	const message = (thrown as { message?: unknown } | null | undefined)?.message;
	if (typeof message === 'string') return message;
	return typeof thrown === 'string' ? thrown : '';
}
