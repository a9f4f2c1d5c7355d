import { beginning } from './text';

/** Our own codes; the service's are numbers. */
export type OwnCode =
	| 'invalid_parameter'
	| 'no_audio'
	| 'empty_audio'
	| 'not_audio'
	| 'unsupported_audio'
	| 'damaged_audio'
	| 'audio_too_long'
	| 'bad_answer'
	| 'incomplete_answer';

interface ErrorParts {
	/** What happened, a sentence. */
	problem: string;
	/** What to do, a sentence. */
	cure: string;
	/** What the service or the network said, a sentence; may be empty. */
	detail?: string;
	code: string;
	statusCode?: number;
	requestId?: string;
	retryable?: boolean;
	/** Seconds the service asked us to wait. */
	retryAfter?: number;
	isInputError?: boolean;
	reason?: string;
	pressure?: Pressure;
	isAboutPiece?: boolean;
}

/** Why a service takes no request now: this account has too many under way, or everybody has. */
export type Pressure = 'busy' | 'overloaded';

/** A stretch of a recording that has no text, in seconds, and why. */
export interface MissingStretch {
	start: number;
	end: number;
	reason: string;
}

/** The one error `core` throws; its message says what happened and what to do. */
export class GlmAsrError extends Error {
	override readonly name = 'GlmAsrError';
	readonly problem: string;
	readonly cure: string;
	readonly detail: string;
	/** The service's code (a number as a string), the network's (`ECONNREFUSED`) or an `OwnCode`. */
	readonly code: string;
	readonly statusCode: number | undefined;
	readonly requestId: string | undefined;
	/** Whether the same request may succeed later. */
	readonly retryable: boolean;
	readonly retryAfter: number | undefined;
	/** Whether what the user gave is wrong, rather than the service or the way to it. */
	readonly isInputError: boolean;
	/** What went wrong, without the file: ends a sentence. */
	readonly reason: string;
	readonly pressure: Pressure | undefined;
	/** Whether other pieces of the same recording may fare better. */
	readonly isAboutPiece: boolean;
	/** The words that had arrived before the failure. */
	partialText = '';
	/** What of the recording is not in `partialText`, where that is known. */
	missing: MissingStretch[] = [];

	constructor(parts: ErrorParts) {
		super(`${parts.problem} ${parts.cure}`);
		this.problem = parts.problem;
		this.cure = parts.cure;
		this.detail = parts.detail ?? '';
		this.code = parts.code;
		this.statusCode = parts.statusCode;
		this.requestId = parts.requestId;
		this.retryable = parts.retryable ?? false;
		this.retryAfter = parts.retryAfter;
		this.isInputError = parts.isInputError ?? false;
		this.reason = parts.reason ?? parts.problem;
		this.pressure = parts.pressure;
		this.isAboutPiece = parts.isAboutPiece ?? false;
	}
}

/** An error in what the user gave: audio or a parameter. Never worth a second try. */
export function inputError(code: OwnCode, problem: string, cure: string): GlmAsrError {
	return new GlmAsrError({ code, problem, cure, isInputError: true });
}

interface Meaning {
	/** Ends the sentence `"memo.wav" was not transcribed: …`. */
	says: string;
	cure: string;
	retryable?: true;
	pressure?: Pressure;
	/** It is the audio that was refused, not the account or the options. */
	isAboutAudio?: true;
}

const CHECK_KEY =
	'Check the API key: it must be complete, active and from the platform that is chosen.';
const CHECK_PARAMETERS = 'Check the options of the node; what the service answered names the one.';
const TRY_LATER = 'Try again in a moment.';
const SLOW_DOWN = 'Send fewer recordings at a time, or try again later.';

const NO_KEY: Meaning = { says: 'the service does not accept the API key.', cure: CHECK_KEY };
const ACCOUNT: Meaning = {
	says: 'the account behind the API key cannot be used.',
	cure: "Look at the account's state in the platform's console.",
};
const INTERNAL: Meaning = {
	says: 'the service had an internal fault.',
	cure: TRY_LATER,
	retryable: true,
};
const PARAMETER: Meaning = { says: 'the service refused the request.', cure: CHECK_PARAMETERS };
const MODEL: Meaning = {
	says: 'the service does not offer this model to this account.',
	cure: 'Choose another model, or look up which models the account may use.',
};
const PERMISSION: Meaning = {
	says: 'the account has no permission for this call.',
	cure: "Enable speech recognition for the account in the platform's console.",
};
const NO_SUCH_CALL: Meaning = {
	says: 'nothing answers at this address.',
	cure: 'Check the base URL: it must end where /audio/transcriptions begins.',
};
const POLICY: Meaning = {
	says: "the service's content policy stopped it.",
	cure: 'The recording cannot be transcribed by this service.',
	isAboutAudio: true,
};
const BUSY: Meaning = {
	says: 'the service takes no more requests from this account at the moment.',
	cure: SLOW_DOWN,
	retryable: true,
	pressure: 'busy',
};
const OVERLOADED: Meaning = {
	says: 'the service is overloaded.',
	cure: 'Try again in a minute or two.',
	retryable: true,
	pressure: 'overloaded',
};
const QUOTA: Meaning = {
	says: "the account's quota is used up.",
	cure: "Wait until the quota is renewed or raise it in the platform's console.",
};

const TOO_LARGE: Meaning = {
	says: 'the service finds the file too large.',
	cure: 'Have shorter pieces sent: lower the most seconds of a piece in the options of the node.',
	isAboutAudio: true,
};

/** Zhipu's business error codes (docs.bigmodel.cn, "error codes"); texts differ by platform, codes do not. */
export const SERVICE_CODES: Record<string, Meaning> = {
	'500': INTERNAL,
	'1000': NO_KEY,
	'1001': { says: 'no API key was sent.', cure: 'Enter the API key of the chosen platform.' },
	'1002': NO_KEY,
	'1003': NO_KEY,
	'1004': NO_KEY,
	'1110': ACCOUNT,
	'1111': ACCOUNT,
	'1112': ACCOUNT,
	'1113': {
		says: 'the account has no balance for this model.',
		cure: 'Recharge the account or choose a model that its plan covers.',
	},
	'1120': INTERNAL,
	'1121': ACCOUNT,
	'1200': INTERNAL,
	'1210': PARAMETER,
	'1211': MODEL,
	'1212': MODEL,
	'1213': PARAMETER,
	'1214': {
		says: 'the service refused the audio or an option.',
		cure: 'Check that the audio plays and the options of the node; what the service answered names the reason.',
		isAboutAudio: true,
	},
	'1215': PARAMETER,
	'1220': PERMISSION,
	'1221': NO_SUCH_CALL,
	'1222': NO_SUCH_CALL,
	'1230': INTERNAL,
	'1231': {
		says: 'the service has already seen this request id.',
		cure: 'Give each request its own request id, or leave the option empty.',
	},
	'1234': INTERNAL,
	'1261': { says: 'the prompt is too long.', cure: 'Shorten the prompt.' },
	'1300': POLICY,
	'1301': POLICY,
	'1302': BUSY,
	'1303': BUSY,
	'1304': QUOTA,
	'1305': OVERLOADED,
	'1308': QUOTA,
	'1309': {
		says: "the account's plan has expired.",
		cure: "Renew the plan in the platform's console.",
	},
	'1310': QUOTA,
	'1311': MODEL,
	'1312': OVERLOADED,
	'1313': {
		says: 'the platform has restricted the account for how it is used.',
		cure: "Ask the platform's support.",
	},
};

/** What an HTTP status means where the body holds no known code. */
export const STATUSES: Record<number, Meaning> = {
	400: PARAMETER,
	401: NO_KEY,
	403: PERMISSION,
	404: NO_SUCH_CALL,
	408: { says: 'the service waited too long for the audio.', cure: TRY_LATER, retryable: true },
	413: TOO_LARGE,
	422: PARAMETER,
	429: BUSY,
	434: PERMISSION,
	435: TOO_LARGE,
};

const SERVER_FAULT: Meaning = {
	says: 'the service, or a proxy before it, had a fault.',
	cure: TRY_LATER,
	retryable: true,
};
const REDIRECT: Meaning = {
	says: 'the service redirects to another address, and the API key is not carried elsewhere.',
	cure: 'Enter the address that it redirects to as the base URL.',
};
const REFUSED: Meaning = { says: 'the service refused the request.', cure: CHECK_PARAMETERS };

const CERTIFICATE: Meaning = {
	says: "the server's TLS certificate is not trusted.",
	cure: 'Correct the address, or make the authority behind the certificate known to n8n or Node-RED.',
};
const EXPIRED_CERTIFICATE: Meaning = {
	says: "the server's TLS certificate has expired.",
	cure: "Renew it, or correct this machine's clock.",
};
const NO_CONNECTION: Meaning = {
	says: 'the service cannot be reached.',
	cure: 'Check the address, the network and the proxy settings.',
	retryable: true,
};
const FAILED: Meaning = { ...NO_CONNECTION, says: 'the request could not be made.' };
const CONNECTION_LOST: Meaning = {
	says: 'the connection to the service broke.',
	cure: TRY_LATER,
	retryable: true,
};
const SLOW: Meaning = {
	says: 'the service did not begin to answer within the time-out.',
	cure: 'Try again later, or raise the time-out.',
	retryable: true,
};
const SILENT: Meaning = {
	...SLOW,
	says: 'the service fell silent in the midst of its answer for longer than the time-out.',
};
const NOT_REACHED_IN_TIME: Meaning = {
	...NO_CONNECTION,
	says: 'the service did not take the connection in time.',
};

const WRONG_SCHEME: Meaning = {
	says: 'what answers at the address does not speak HTTP, or TLS, as expected.',
	cure: 'Check whether the base URL should begin with http:// or https://.',
};

const WRONG_ANSWER: Meaning = {
	says: 'the service answered something that is no transcript.',
	cure: 'Try again; if it stays, check the base URL and what runs at that address.',
	retryable: true,
};
/** What is wrong with an answer that came. */
const ANSWERS: Record<'bad_answer' | 'incomplete_answer', Meaning> = {
	bad_answer: WRONG_ANSWER,
	incomplete_answer: {
		...WRONG_ANSWER,
		says: "the service's answer broke off before the transcript was complete.",
	},
};

/** System, TLS, undici and axios error codes. */
export const NETWORK_CODES: Record<string, Meaning> = {
	ECONNREFUSED: {
		says: 'nothing listens at the address of the service.',
		cure: 'Check the base URL and that the server is running.',
		retryable: true,
	},
	ENOTFOUND: {
		says: 'the name of the server is unknown.',
		cure: 'Check the base URL, the network and the proxy settings.',
		retryable: true,
	},
	EAI_AGAIN: NO_CONNECTION,
	EHOSTUNREACH: NO_CONNECTION,
	ENETUNREACH: NO_CONNECTION,
	EPIPE: CONNECTION_LOST,
	ECONNRESET: CONNECTION_LOST,
	ERR_STREAM_PREMATURE_CLOSE: CONNECTION_LOST,
	UND_ERR_SOCKET: CONNECTION_LOST,
	ERR_NETWORK: NO_CONNECTION,
	ETIMEDOUT: SLOW,
	ECONNABORTED: SLOW,
	ERR_BODY_TIMEOUT: SILENT,
	UND_ERR_HEADERS_TIMEOUT: SLOW,
	UND_ERR_BODY_TIMEOUT: SILENT,
	UND_ERR_CONNECT_TIMEOUT: NOT_REACHED_IN_TIME,
	EPROTO: WRONG_SCHEME,
	ERR_SSL_WRONG_VERSION_NUMBER: WRONG_SCHEME,
	ERR_SSL_PACKET_LENGTH_TOO_LONG: WRONG_SCHEME,
	HPE_INVALID_CONSTANT: WRONG_SCHEME,
	CERT_HAS_EXPIRED: EXPIRED_CERTIFICATE,
	DEPTH_ZERO_SELF_SIGNED_CERT: CERTIFICATE,
	ERR_TLS_CERT_ALTNAME_INVALID: CERTIFICATE,
	SELF_SIGNED_CERT_IN_CHAIN: CERTIFICATE,
	UNABLE_TO_GET_ISSUER_CERT: CERTIFICATE,
	UNABLE_TO_GET_ISSUER_CERT_LOCALLY: CERTIFICATE,
	UNABLE_TO_VERIFY_LEAF_SIGNATURE: CERTIFICATE,
};

/** What every error of one request tells of that request. */
export interface RequestContext {
	fileName: string;
	requestId?: string;
	/** The API key, struck out of everything the service said. */
	secret?: string;
}

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

/**
 * The error for an answer that is not a transcript.
 *
 * @param statusCode the HTTP status; inside an event stream there is none
 * @param said what {@link findServiceError} found in the body
 * @param plainBody the body as text when it is not JSON
 * @param retryAfterHeader the header `Retry-After`, in seconds or as a date
 */
export function serviceError(
	context: RequestContext,
	said: ServiceError | undefined,
	{
		statusCode,
		plainBody = '',
		retryAfterHeader,
		location,
	}: { statusCode?: number; plainBody?: string; retryAfterHeader?: string; location?: string } = {},
): GlmAsrError {
	const code = said?.code === undefined ? undefined : clean(said.code, context.secret, MAX_CODE);
	// vLLM puts an HTTP status where others have a code.
	const status = statusCode ?? (/^[345]\d\d$/.test(code ?? '') ? Number(code) : undefined);
	const meaning = lookUp(SERVICE_CODES, code) ?? meaningOfStatus(status);
	const quoted = quote(said?.message ?? (location || readable(plainBody)), context.secret);
	const numbers = [
		...(statusCode === undefined ? [] : [`HTTP ${statusCode}`]),
		...(code === undefined ? [] : [`code ${code}`]),
	].join(', ');
	const answered = ['The service answered', numbers].filter(Boolean).join(' ');
	return failure(context, meaning, {
		detail: quoted ? `${answered}: ${quoted}` : `${answered}.`,
		code: code ?? (statusCode === undefined ? 'service_error' : String(statusCode)),
		statusCode,
		retryAfter: parseRetryAfter(retryAfterHeader),
	});
}

/**
 * The error for a request that got no answer, or whose answer broke off on the way.
 * What was thrown is not kept as `cause`: HTTP clients put the request, key and all, into it.
 */
export function networkError(context: RequestContext, thrown: unknown): GlmAsrError {
	const codes = codesOf(thrown);
	const known = codes.find((code) => lookUp(NETWORK_CODES, code));
	const said = quote(messageOfThrown(thrown), context.secret);
	return failure(context, lookUp(NETWORK_CODES, known) ?? FAILED, {
		detail: said && `The network reported ${said}`,
		code: known ?? (codes[0] ? clean(codes[0], context.secret, MAX_CODE) : 'network_error'),
	});
}

/** The error for an answer that is not what the protocol promises. */
export function answerError(
	context: RequestContext,
	code: 'bad_answer' | 'incomplete_answer',
	body = '',
): GlmAsrError {
	const quoted = quote(readable(body), context.secret);
	return failure(context, ANSWERS[code], {
		code,
		detail: quoted && `The service answered ${quoted}`,
	});
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
	const stretches = missing.map(({ start, end }) => `${clock(start)}–${clock(end)}`).join(', ');
	const partial = new GlmAsrError({
		problem: `"${fileName}" was transcribed only in part, without ${stretches}: ${error.reason}`,
		reason: error.reason,
		cure: error.cure,
		detail: error.detail,
		code: error.code,
		statusCode: error.statusCode,
		requestId: error.requestId,
		retryable: error.retryable,
		retryAfter: error.retryAfter,
	});
	partial.partialText = text;
	partial.missing = missing;
	return partial;
}

/** Minutes and seconds, as players show them. */
export function clock(seconds: number): string {
	const whole = Math.floor(seconds);
	return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}

function failure(
	{ fileName, requestId }: RequestContext,
	meaning: Meaning,
	parts: Omit<ErrorParts, 'problem' | 'cure'>,
): GlmAsrError {
	return new GlmAsrError({
		problem: `"${fileName}" was not transcribed: ${meaning.says}`,
		reason: meaning.says,
		cure: meaning.cure,
		requestId,
		retryable: meaning.retryable ?? false,
		pressure: meaning.pressure,
		isAboutPiece: (meaning.retryable || meaning.isAboutAudio) ?? false,
		...parts,
	});
}

function meaningOfStatus(status: number | undefined): Meaning {
	if (status === undefined) return SERVER_FAULT;
	return (
		STATUSES[status] ??
		(status >= 500 ? SERVER_FAULT : status >= 300 && status < 400 ? REDIRECT : REFUSED)
	);
}

function lookUp(table: Record<string, Meaning>, code: string | undefined): Meaning | undefined {
	return code !== undefined && Object.hasOwn(table, code) ? table[code] : undefined;
}

function codeOf(code: unknown): { code?: string } {
	const text = typeof code === 'string' || typeof code === 'number' ? String(code).trim() : '';
	return text === '' ? {} : { code: text };
}

function messageOf(message: unknown): { message?: string } {
	return typeof message === 'string' && message !== '' ? { message } : {};
}

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

/** An HTML page of a proxy tells its reason in its title, if at all; bytes that are no text tell none. */
function readable(body: string): string {
	if (/[\0\ufffd]/.test(body)) return '';
	const title = /<title[^>]*>([^<]*)<\/title>/i.exec(body)?.[1];
	return title ?? (body.trimStart().startsWith('<') ? '' : body);
}

const MAX_QUOTE = 300;
const MAX_CODE = 64;

function quote(text: string, secret: string | undefined): string {
	const words = clean(text, secret, MAX_QUOTE);
	return words && `"${words}".`;
}

/** One line of bounded length without the API key, and without what would steer a terminal that shows a log. */
function clean(text: string, secret: string | undefined, length: number): string {
	const line = strikeOut(text, secret)
		.replace(/[\s\p{Cc}]+/gu, ' ')
		.trim();
	return line.length > length ? `${beginning(line, length)}…` : line;
}

/** Servers like to repeat the key they refuse, also as a part of an address. */
function strikeOut(text: string, secret = ''): string {
	const key = secret.trim();
	if (key === '') return text;
	const encoded = encodeURIComponent(key);
	const inSmallLetters = encoded.replace(/%../g, (byte) => byte.toLowerCase());
	return [key, encoded, inSmallLetters].reduce((rest, form) => rest.replaceAll(form, '***'), text);
}

function messageOfThrown(thrown: unknown): string {
	const message = (thrown as { message?: unknown } | null | undefined)?.message;
	if (typeof message === 'string') return message;
	return typeof thrown === 'string' ? thrown : '';
}

function parseRetryAfter(header: string | undefined): number | undefined {
	if (header === undefined) return undefined;
	if (/^\d+$/.test(header.trim())) return Number(header);
	// Date.parse takes "-5" and "1.5" for dates.
	const date = /[a-z]/i.test(header) ? Date.parse(header) : NaN;
	return Number.isNaN(date) ? undefined : Math.max(0, (date - Date.now()) / 1000);
}
