import type { GlmAsrError } from './error';
import { meaningOfCode, type Meaning } from './meaning';
import type { OwnCode } from './ownCodes';
import { cleanCode, quote, readable } from './quote';
import { requestError, type RequestContext } from './requestError';
import { secondsToWait, timeOf } from './retryAfter';
import { ANSWERS, ENDINGS, meaningOfStatus, SERVICE_CODES } from './serviceCodes';

/** An error answer reduced to what can be told of it. */
export interface ServiceError {
	code?: string;
	message?: string;
}

/**
 * The error object inside a body, in any of the shapes that were seen:
 * `{error:{code,message}}`, `{code,message}`, `{code,msg}`, `{error:"…"}`, `{type:"error",error:{…}}`,
 * FastAPI's `{detail:…}`.
 *
 * @returns undefined when the body reports no error
 */
export function findServiceError(body: unknown): ServiceError | undefined {
	if (typeof body !== 'object' || body === null) return undefined;
	const { error, detail, code, message, msg } = body as Record<string, unknown>;
	if (typeof error === 'string') return { ...codeOf(code), message: error };
	if (typeof error === 'object' && error !== null) {
		const inner = error as Record<string, unknown>;
		return { ...codeOf(inner.code ?? code), ...messageOf(inner.message ?? inner.msg ?? message) };
	}
	if (
		code !== undefined &&
		code !== null &&
		(typeof message === 'string' || typeof msg === 'string')
	) {
		return { ...codeOf(code), ...messageOf(message ?? msg) };
	}
	if (detail !== undefined && detail !== null) {
		return { message: typeof detail === 'string' ? detail : JSON.stringify(detail) };
	}
	return undefined;
}

/** What an answer that refuses holds besides its error object. */
interface Refusal {
	/** The HTTP status; inside an event stream there is none. */
	statusCode?: number;
	/** The body as text, for when it is not JSON. */
	plainBody?: string;
	/** The header `Retry-After`. */
	retryAfterHeader?: string;
	/** The header `Date`: by the clock that the other means, which may not be ours. */
	dateHeader?: string;
	/** Where a redirect leads. */
	location?: string;
}

const UNNAMED: OwnCode = 'service_error';

/**
 * The error for an answer that is not a transcript.
 *
 * @param said what {@link findServiceError} found in the body
 */
export function serviceError(
	context: RequestContext,
	said: ServiceError | undefined,
	{ statusCode, plainBody = '', retryAfterHeader, dateHeader, location }: Refusal = {},
): GlmAsrError {
	const code = said?.code === undefined ? undefined : cleanCode(said.code, context.secret);
	// vLLM puts an HTTP status where others have a code.
	const status = statusCode ?? (/^[345]\d\d$/.test(code ?? '') ? Number(code) : undefined);
	const meaning = meaningOfCode(SERVICE_CODES, code) ?? meaningOfStatus(status);
	const quoted = quote(said?.message ?? (location || readable(plainBody)), context.secret);
	const numbers = [
		...(statusCode === undefined ? [] : [`HTTP ${statusCode}`]),
		...(code === undefined ? [] : [`code ${code}`]),
	].join(', ');
	const answered = ['The service answered', numbers].filter(Boolean).join(' ');
	return requestError(
		context,
		{ ...meaning, cure: cureOf(meaning, said?.message) },
		{
			detail: quoted ? `${answered}: ${quoted}` : `${answered}.`,
			code: code ?? (statusCode === undefined ? UNNAMED : String(statusCode)),
			statusCode,
			retryAfter: secondsToWait(retryAfterHeader, timeOf(dateHeader)),
		},
	);
}

/** What to do, and since when it helps: messages about a used up quota say when it is renewed. */
function cureOf({ cure, isQuota }: Meaning, message = ''): string {
	const time = isQuota && /\d{4}-\d\d-\d\d[ T]\d\d:\d\d(?::\d\d)?/.exec(message)?.[0];
	return time ? `It is renewed at ${time} (Beijing time). ${cure}` : cure;
}

/** The error for a transcript that ends with another word than that it is complete. */
export function finishError(
	context: RequestContext,
	finishReason: string,
): GlmAsrError | undefined {
	const ending = ENDINGS.find(({ finishReasons }) => finishReasons.includes(finishReason));
	if (!ending) return undefined;
	return requestError(context, ending.meaning, {
		code: ending.code,
		detail: `The service ended its answer with "${finishReason}".`,
	});
}

/** The error for an answer that is not what the protocol promises. */
export function answerError(
	context: RequestContext,
	code: keyof typeof ANSWERS,
	body = '',
): GlmAsrError {
	const quoted = quote(readable(body), context.secret);
	return requestError(context, ANSWERS[code], {
		code,
		detail: quoted && `The service answered ${quoted}`,
	});
}

function codeOf(code: unknown): { code?: string } {
	const text = typeof code === 'string' || typeof code === 'number' ? String(code).trim() : '';
	return text === '' ? {} : { code: text };
}

function messageOf(message: unknown): { message?: string } {
	return typeof message === 'string' && message !== '' ? { message } : {};
}
