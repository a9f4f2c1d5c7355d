import type {
	ICredentialDataDecryptedObject,
	ICredentialTestRequest,
	ICredentialType,
	IHttpRequestOptions,
	Icon,
	INodeProperties,
} from 'n8n-workflow';

import { checkKey, HOSTED_PLATFORMS } from '../core';

const hosted = Object.entries(HOSTED_PLATFORMS);

const BASE_URLS = Object.fromEntries(hosted.map(([value, { baseUrl }]) => [value, baseUrl]));

export class GlmAsrApi implements ICredentialType {
	name = 'glmAsrApi';

	displayName = 'GLM-ASR API';

	icon: Icon = {
		light: 'file:../nodes/GlmAsr/glmAsr.svg',
		dark: 'file:../nodes/GlmAsr/glmAsr.dark.svg',
	};

	documentationUrl = 'https://github.com/glm-asr/n8n-nodes-glm-asr#n8n';

	properties: INodeProperties[] = [
		{
			displayName: 'Platform',
			name: 'platform',
			type: 'options',
			options: [
				...hosted.map(([value, { name, region, baseUrl }]) => ({
					name: `${name} (${region})`,
					value,
					description: baseUrl,
				})),
				{
					name: 'Custom',
					value: 'custom',
					description: 'A server of your own that speaks the same protocol',
				},
			],
			default: 'bigmodel',
			description: 'The platform the API key was made on',
		},
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			default: '',
			placeholder: 'e.g. http://127.0.0.1:8000/v1',
			description: 'Everything before <code>/audio/transcriptions</code>',
			displayOptions: { show: { platform: ['custom'] } },
		},
		{
			displayName: 'API Key',
			name: 'apiKey',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			description: 'May stay empty for a custom server that asks for none',
		},
	];

	/** A server without a key must get no header at all, which a fixed description cannot express. */
	async authenticate(
		credentials: ICredentialDataDecryptedObject,
		request: IHttpRequestOptions,
	): Promise<IHttpRequestOptions> {
		const key = checkKey(credentials.apiKey, 'the credential "GLM-ASR API"');
		if (key === '') return request;
		return { ...request, headers: { ...request.headers, Authorization: `Bearer ${key}` } };
	}

	test: ICredentialTestRequest = {
		request: {
			baseURL: `={{ ${JSON.stringify(BASE_URLS)}[$credentials.platform] ?? $credentials.baseUrl.trim().replace(/\\/+$/, '').replace(/\\/+audio\\/transcriptions$/, '') }}`,
			url: '/models',
			disableFollowRedirect: true,
		},
	};
}
