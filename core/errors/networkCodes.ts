import { TRY_AGAIN, type Meaning } from './meaning';

const CHECK_NETWORK = 'Check the address, the network and the proxy settings.';
const RAISE_TIMEOUT =
	'The server may still be at work on it: raise the option "Timeout", or try again later.';

/** What it means when a request could not be made and the network's code is not known. */
export const NO_REQUEST: Meaning = {
	says: 'the request could not be made.',
	cause: 'any other code',
	cure: CHECK_NETWORK,
	retryable: true,
};

/**
 * What system, TLS, undici and axios error codes mean.
 *
 * A new code goes into the `codes` of the row whose message and cure it shares, or gets
 * a row of its own; `npm run docs` then writes docs/errors.md from here.
 */
export const NETWORK_CODES: readonly Meaning[] = [
	{
		says: 'nothing listens at the address of the service.',
		cause: 'a wrong port, or the server is down',
		cure: 'Check the base URL and that the server is running.',
		codes: ['ECONNREFUSED'],
		retryable: true,
		pressure: 'unreachable',
	},
	{
		says: 'the name of the server is unknown.',
		cause: 'a mistyped name, or no network',
		cure: 'Check the base URL, the network and the proxy settings.',
		codes: ['ENOTFOUND'],
		retryable: true,
		pressure: 'unreachable',
	},
	{
		says: 'the service cannot be reached.',
		cause: 'no network, or no way to that address',
		cure: CHECK_NETWORK,
		codes: ['EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'ERR_NETWORK'],
		retryable: true,
		pressure: 'unreachable',
	},
	{
		says: 'the service did not take the connection in time.',
		cause: 'a server that is down, or a firewall',
		cure: CHECK_NETWORK,
		codes: ['UND_ERR_CONNECT_TIMEOUT'],
		retryable: true,
		pressure: 'unreachable',
	},
	{
		says: 'what answers at the address does not speak HTTP, or TLS, as expected.',
		cause: 'https instead of http or the other way round',
		cure: 'Check whether the base URL should begin with http:// or https://.',
		codes: [
			'EPROTO',
			'ERR_SSL_WRONG_VERSION_NUMBER',
			'ERR_SSL_PACKET_LENGTH_TOO_LONG',
			'HPE_INVALID_CONSTANT',
		],
	},
	{
		says: "the server's TLS certificate is not trusted.",
		cause: 'a server with a certificate of its own, or one that was made for another name',
		cure: 'Correct the address, or make the authority that issued the certificate known to n8n or Node-RED.',
		codes: [
			'DEPTH_ZERO_SELF_SIGNED_CERT',
			'ERR_TLS_CERT_ALTNAME_INVALID',
			'SELF_SIGNED_CERT_IN_CHAIN',
			'UNABLE_TO_GET_ISSUER_CERT',
			'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
			'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
		],
	},
	{
		says: "the server's TLS certificate has expired.",
		cause: 'nobody renewed it, or the clock is wrong',
		cure: "Renew it, or correct this machine's clock.",
		codes: ['CERT_HAS_EXPIRED'],
	},
	{
		says: 'the service did not begin to answer within the time-out.',
		cause: 'a stalled server or network',
		cure: RAISE_TIMEOUT,
		codes: ['ECONNABORTED', 'ETIMEDOUT', 'UND_ERR_HEADERS_TIMEOUT'],
		retryable: true,
		pressure: 'slow',
	},
	{
		says: 'the service fell silent in the middle of its answer for longer than the time-out.',
		cause: 'a stalled server or network, or one that sends nothing but signs of life',
		cure: RAISE_TIMEOUT,
		codes: ['ERR_BODY_TIMEOUT', 'UND_ERR_BODY_TIMEOUT'],
		retryable: true,
	},
	{
		says: "the service's answer did not come to an end.",
		cause:
			'words far more slowly than they were spoken, or without end: longer than ten times the audio and two time-outs',
		cure: 'Check what runs at the address; if it is only slow, raise the time-out.',
		codes: ['ERR_ANSWER_TIMEOUT'],
		isAboutAudio: true,
	},
	{
		says: 'the connection to the service broke.',
		cause: 'a server or proxy that closed it',
		cure: TRY_AGAIN,
		codes: ['ECONNRESET', 'EPIPE', 'ERR_STREAM_PREMATURE_CLOSE', 'UND_ERR_SOCKET'],
		retryable: true,
	},
	NO_REQUEST,
];
