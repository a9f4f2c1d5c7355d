import { shownValue } from '../errors/clean';
import { inputError } from '../errors/error';

/** Zhipu's own platforms (https://docs.bigmodel.cn, https://docs.z.ai), the default one first. */
export const HOSTED_PLATFORMS = {
	bigmodel: {
		name: 'BigModel',
		region: 'Zhipu, China',
		baseUrl: 'https://open.bigmodel.cn/api/paas/v4',
	},
	zai: {
		name: 'Z.ai',
		region: 'International',
		baseUrl: 'https://api.z.ai/api/paas/v4',
	},
} as const satisfies Record<string, { name: string; region: string; baseUrl: string }>;

/** Where a GLM-ASR service lives: a hosted platform, or a server of the user's own. */
export type Platform = keyof typeof HOSTED_PLATFORMS | 'custom';

export const DEFAULT_PLATFORM: Platform = 'bigmodel';

/** What the user chose in the n8n credential or in the Node-RED service node. */
export interface ServiceAddress {
	platform: Platform;
	/** For `custom`: everything before `/audio/transcriptions`. */
	baseUrl?: string;
}

const TRANSCRIPTIONS = '/audio/transcriptions';
const MODELS = '/models';

/**
 * The base URL requests go to, without a slash at its end.
 *
 * @throws GlmAsrError `invalid_parameter` when a custom base URL is missing or not an http(s) URL.
 */
export function resolveBaseUrl({ platform, baseUrl }: ServiceAddress): string {
	if (platform !== 'custom') {
		if (Object.hasOwn(HOSTED_PLATFORMS, platform)) return HOSTED_PLATFORMS[platform].baseUrl;
		throw inputError(
			'invalid_parameter',
			`The platform is ${shownValue(platform)}.`,
			`It must be ${quoted(Object.keys(HOSTED_PLATFORMS))} or "custom".`,
		);
	}
	// People paste the whole address from a server's manual: what we would append is taken off.
	const trimmed = String(baseUrl ?? '')
		.trim()
		.replace(/\/+$/, '')
		.replace(/\/+audio\/transcriptions$/, '');
	if (!isHttpUrl(trimmed)) {
		throw inputError(
			'invalid_parameter',
			`The base URL is ${shownValue(withoutPassword(String(baseUrl ?? '')))}.`,
			'For a custom platform it must be an http or https address without user name, query or "#": everything before /audio/transcriptions, for example http://127.0.0.1:8000/v1.',
		);
	}
	return trimmed;
}

/** The address that takes audio. */
export function transcriptionsUrl(baseUrl: string): string {
	return baseUrl + TRANSCRIPTIONS;
}

/** The address that lists models; it answers 401 to a wrong key and so serves as the key's check. */
export function modelsUrl(baseUrl: string): string {
	return baseUrl + MODELS;
}

function quoted(names: string[]): string {
	return names.map((name) => JSON.stringify(name)).join(', ');
}

function isHttpUrl(text: string): boolean {
	// A bare "?" or "#" leaves no trace in the parsed URL, yet would swallow what we append.
	if (/[\s?#]/.test(text) || !URL.canParse(text)) return false;
	const { protocol, username, password } = new URL(text);
	const isPlain = username === '' && password === '';
	return (protocol === 'http:' || protocol === 'https:') && isPlain;
}

/** The address is shown again in the error, and errors end up in logs. */
function withoutPassword(url: string): string {
	return url.replace(/^([a-z]*:\/\/)?[^/]*@/i, '$1***@');
}
