import { TRY_AGAIN, type Meaning } from './meaning';
import type { OwnCode } from './ownCodes';

const CHECK_SERVER = 'Try again; if it happens again, check the base URL and what runs there.';

/** What is wrong with an answer that came. */
export const ANSWERS = {
	bad_answer: {
		says: 'the service answered something that is no transcript.',
		cause: 'something else runs at the address, or the service had a fault',
		cure: CHECK_SERVER,
		retryable: true,
	},
	incomplete_answer: {
		says: "the service's answer broke off before the transcript was complete.",
		cause: 'a connection that was cut, or a server that stopped',
		cure: CHECK_SERVER,
		retryable: true,
	},
} as const satisfies Partial<Record<OwnCode, Meaning>>;

const POLICY: Meaning = {
	says: "the service's content policy stopped it.",
	cause: 'what is said in the recording, or in the prompt',
	cure: 'The recording cannot be transcribed by this service.',
	codes: ['1300', '1301'],
	isAboutAudio: true,
};

const TOO_MUCH_TEXT: Meaning = {
	says: 'the model ran out of room before the transcript was complete.',
	cause: 'more words in a piece than the model writes, or a model that repeats itself',
	cure: 'Lower the maximum chunk length in the options of the node, so that shorter chunks are sent.',
	isAboutAudio: true,
};

/**
 * What the last word of a transcript means, the `finish_reason`, where it is not that all is well: the
 * only sign that recognition broke off (docs.bigmodel.cn). Codes are those of the same thing told as an error.
 */
export const ENDINGS: readonly {
	finishReasons: readonly string[];
	code: string;
	meaning: Meaning;
}[] = [
	{
		finishReasons: ['network_error', 'abort', 'error'],
		code: 'incomplete_answer' satisfies OwnCode,
		meaning: ANSWERS.incomplete_answer,
	},
	{
		finishReasons: ['length'],
		code: 'incomplete_answer' satisfies OwnCode,
		meaning: TOO_MUCH_TEXT,
	},
	{ finishReasons: ['sensitive', 'content_filter'], code: '1301', meaning: POLICY },
];

const SERVER_FAULT: Meaning = {
	says: 'the service, or a proxy in front of it, had a fault.',
	cause: 'a server that is failing or restarting, or an error without an explanation',
	cure: TRY_AGAIN,
	statuses: ['5xx'],
	retryable: true,
};

/**
 * What the service's codes mean (docs.bigmodel.cn, "error codes"; texts differ by platform, codes do
 * not), and HTTP statuses where the body holds no known code.
 *
 * A new code goes into the `codes` (or `statuses`) of the row whose message and cure it shares, or gets
 * a row of its own; `npm run docs` then writes docs/errors.md from here.
 */
export const SERVICE_CODES: readonly Meaning[] = [
	{
		says: 'the service does not accept the API key.',
		cause: 'the key is incomplete, expired, or from the other platform',
		cure: 'Check the API key: it must be complete, active and from the platform that is chosen.',
		codes: ['1000', '1002', '1003', '1004'],
		statuses: ['401'],
	},
	{
		says: 'no API key was sent.',
		cause: 'the key of the credential or service is empty',
		cure: 'Enter the API key of the chosen platform.',
		codes: ['1001'],
	},
	{
		says: 'the account that the API key belongs to cannot be used.',
		cause: 'it is inactive, locked or unknown, or cannot be read',
		cure: "Check the account's status in the platform's console.",
		codes: ['1100', '1110', '1111', '1112', '1121'],
	},
	{
		says: 'the account must log in with its second factor first.',
		cause: 'its organisation asks for two-factor login',
		cure: "Log in to the platform's console with the second factor, then try again.",
		codes: ['1005'],
	},
	{
		says: 'the account has no balance for this model.',
		cause: 'the balance is used up; comes as HTTP 429',
		cure: 'Recharge the account or choose a model that its plan covers.',
		codes: ['1113'],
	},
	{
		says: "the account's quota is used up.",
		cause: 'a limit for a day, a week or a plan',
		cure: "Wait until the quota is renewed or raise it in the platform's console.",
		codes: ['1304', '1308', '1310'],
		isQuota: true,
	},
	{
		says: "the plan's quota is used up, and the account has no balance to go on with.",
		cause: 'a limit for some hours or days',
		cure: 'Wait until the quota is renewed, or recharge the account.',
		codes: ['1316', '1317'],
		isQuota: true,
	},
	{
		says: "the plan's quota and what this member may use in a month are used up.",
		cause: 'two limits at a time, the second for a member of an organisation',
		cure: "Wait until the quota is renewed, or have the organisation raise the member's limit.",
		codes: ['1318', '1319'],
		isQuota: true,
	},
	{
		says: "the plan's quota and what the organisation may use in a month are used up.",
		cause: 'two limits at a time, the second for the whole organisation',
		cure: "Wait until the quota is renewed, or have the organisation's limit raised.",
		codes: ['1320', '1321'],
		isQuota: true,
	},
	{
		says: "the account's plan has expired or is not valid.",
		cause: "it was not renewed, or the organisation's plan was ended",
		cure: "Renew the plan in the platform's console.",
		codes: ['1309', '1314'],
	},
	{
		says: 'the API key is for the Coding Plan only.',
		cause: 'it was made for a plan whose address is another one',
		cure: 'Use a key without that limit; the Coding Plan has the base URL https://api.z.ai/api/coding/paas/v4, to be entered for a custom platform.',
		codes: ['1315'],
	},
	{
		says: 'the platform has restricted the account for how it is used.',
		cause: 'its rules for fair use',
		cure: "Ask the platform's support.",
		codes: ['1313'],
	},
	{
		says: 'the account has no permission for this call.',
		cause: 'speech recognition is not part of what the account may do',
		cure: "Enable speech recognition for the account in the platform's console.",
		codes: ['1220'],
		statuses: ['403', '434'],
	},
	{
		says: 'the service does not offer this model to this account.',
		cause: 'the name of the model is wrong, or the model is for others',
		cure: 'Choose another model, or look up which models the account may use.',
		codes: ['1211', '1212', '1311'],
	},
	{
		says: 'nothing answers at this address.',
		cause: 'the base URL is wrong, or the service has dropped the call',
		cure: 'Check the base URL: it must end where /audio/transcriptions begins.',
		codes: ['1221', '1222'],
		statuses: ['404'],
	},
	{
		says: 'the service redirects to another address, and the API key is not carried elsewhere.',
		cause: 'http instead of https, or a server that moved',
		cure: 'Enter the address that it redirects to as the base URL.',
		statuses: ['3xx'],
	},
	{
		says: 'the service refused the request.',
		cause: 'an option that this service does not take',
		cure: "Check the options of the node; the service's answer names the one.",
		codes: ['1210', '1213', '1215'],
		statuses: ['400', '422', '4xx'],
	},
	{
		says: 'the service refused the audio or an option.',
		cause: 'audio that the service cannot decode, or an option out of range',
		cure: "Check that the audio plays, and the options of the node; the service's answer names the reason.",
		codes: ['1214'],
		isAboutAudio: true,
	},
	{
		says: 'the prompt is too long.',
		cause: 'the model takes fewer words',
		cure: 'Shorten the prompt.',
		codes: ['1261'],
	},
	{
		says: 'the service has already seen this request id.',
		cause: 'the option _Request ID_ is the same for several recordings',
		cure: 'Give each request its own request id, or leave the option empty.',
		codes: ['1231'],
	},
	POLICY,
	{
		says: 'the service finds the file too large.',
		cause: 'the limit of a server or of a proxy in front of it',
		cure: 'Lower the maximum chunk length in the options of the node, so that shorter chunks are sent.',
		statuses: ['413', '435'],
		isAboutAudio: true,
	},
	{
		says: 'the service waited too long for the audio.',
		cause: 'a slow network',
		cure: TRY_AGAIN,
		statuses: ['408'],
		retryable: true,
	},
	{
		says: 'the service takes no more requests from this account at the moment.',
		cause: 'too many at a time',
		cure: 'Send fewer recordings at a time, or try again later.',
		codes: ['1302', '1303'],
		statuses: ['429'],
		retryable: true,
		pressure: 'busy',
	},
	{
		says: 'the service is overloaded.',
		cause: 'too many requests from everybody together',
		cure: 'Try again in a minute or two.',
		codes: ['1305', '1312'],
		retryable: true,
		pressure: 'overloaded',
	},
	{
		says: 'the service had an internal fault.',
		cause: 'a fault on the side of the service',
		cure: TRY_AGAIN,
		codes: ['500', '1120', '1200', '1230', '1234'],
		retryable: true,
	},
	SERVER_FAULT,
	...Object.values(ANSWERS),
	TOO_MUCH_TEXT,
];

/** @param status undefined where none came */
export function meaningOfStatus(status: number | undefined): Meaning {
	const digits = String(status);
	return rowOfStatus(digits) ?? rowOfStatus(`${digits.charAt(0)}xx`) ?? SERVER_FAULT;
}

function rowOfStatus(status: string): Meaning | undefined {
	return SERVICE_CODES.find(({ statuses }) => statuses?.includes(status));
}
