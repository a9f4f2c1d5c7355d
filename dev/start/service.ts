import { DEFAULT_MODEL, resolveBaseUrl, type Platform } from '../../core';
import { startService } from '../service/server';

/** Words of the local service come this many times faster than they are dialled. */
const PACE = 3;

/** The service that all flows talk to. */
export interface ServiceInUse {
	/** It hears telephone tones instead of speech. */
	isLocal: boolean;
	/** One line for the terminal. */
	description: string;
	/** What a `glm-asr-service` node needs. */
	node: { platform: Platform; baseUrl: string; credentials: { apiKey: string } };
	/** The model that shows most. */
	model: string;
	close(): Promise<void>;
}

/**
 * The real service when the environment has its key in `GLM_ASR_API_KEY`, else the local one, started.
 *
 * `GLM_ASR_PLATFORM` chooses `zai` instead of `bigmodel`, or `custom` with a `GLM_ASR_BASE_URL`.
 * @throws GlmAsrError when these make no address
 */
export async function chooseService(env: NodeJS.ProcessEnv): Promise<ServiceInUse> {
	return env.GLM_ASR_API_KEY ? realService(env) : localService();
}

function realService(env: NodeJS.ProcessEnv): ServiceInUse {
	const platform = (env.GLM_ASR_PLATFORM || 'bigmodel') as Platform;
	const baseUrl = env.GLM_ASR_BASE_URL ?? '';
	return {
		isLocal: false,
		description: `Service: ${resolveBaseUrl({ platform, baseUrl })}, with the key in GLM_ASR_API_KEY.`,
		// Node-RED puts the variable's value in when the flow starts, so that the key is in no file.
		node: { platform, baseUrl, credentials: { apiKey: '${GLM_ASR_API_KEY}' } },
		model: DEFAULT_MODEL,
		close: async () => {},
	};
}

async function localService(): Promise<ServiceInUse> {
	const service = await startService({ pace: PACE, deltaSpaces: 'leading' });
	exemptFromProxies('127.0.0.1');
	return {
		isLocal: true,
		description:
			'Service: local, as GLM_ASR_API_KEY is not set. It recognises no speech: it hears telephone tones (DTMF) and writes each digit as a word.',
		node: { platform: 'custom', baseUrl: service.url, credentials: { apiKey: 'local' } },
		// The one with segments of its own.
		model: 'glm-asr',
		close: () => service.close(),
	};
}

/** The node uses the proxies that the environment names, which do not reach this machine's own services. */
function exemptFromProxies(host: string): void {
	for (const name of ['no_proxy', 'NO_PROXY']) {
		process.env[name] = [process.env[name], host].filter(Boolean).join(',');
	}
}
