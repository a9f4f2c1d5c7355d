import type { HostServer } from './hostServer';
import { N8nServer } from './n8nServer';
import * as n8nNodes from './n8nWorkflows';
import * as flowNodes from './nodeRedFlows';
import { NodeRedServer } from './nodeRedServer';

/** An address of a host that answers a recording with the whole result as JSON. */
export interface Route {
	path: string;
	/** Unset, the node's own. */
	model?: string;
	/** Where the recording is: in the upload itself, or in a file that the JSON `{ file }` names. */
	takes: 'upload' | 'file';
}

/** A real host with the packed package, connected to a service that takes any key. */
export interface Host {
	server: HostServer;
	/** Where to post for a route. */
	address: (path: string) => string;
}

/**
 * A real n8n with a workflow for each route: Webhook → GLM-ASR.
 *
 * @param environment more environment variables
 */
export async function startN8n(
	baseUrl: string,
	routes: Route[],
	environment: Record<string, string> = {},
): Promise<Host> {
	const { chain, glmAsr, readFile, webhook } = n8nNodes;
	const n8n = await N8nServer.start('filesystem', environment);
	const credentialId = await n8n.addCredential('GLM-ASR', {
		platform: 'custom',
		baseUrl,
		apiKey: 'any',
	});
	for (const { path, model, takes } of routes) {
		await n8n.publish(
			chain(
				path,
				webhook(path, 'firstEntryJson'),
				...(takes === 'file' ? [readFile('={{ $json.body.file }}')] : []),
				glmAsr(credentialId, model ? { model: { __rl: true, mode: 'id', value: model } } : {}),
			),
		);
	}
	return { server: n8n, address: (path) => n8n.webhook(path) };
}

/**
 * A real Node-RED with a flow for each route: HTTP In → glm-asr → HTTP Response.
 *
 * @param environment more environment variables
 */
export async function startNodeRed(
	baseUrl: string,
	routes: Route[],
	environment: Record<string, string> = {},
): Promise<Host> {
	const { base, catchAll, chain, code, glmAsr, httpIn, httpResponse, readFile } = flowNodes;
	const nodeRed = await NodeRedServer.start(environment);
	const flows = routes.map(({ path, model, takes }) =>
		chain(
			httpIn(path, takes === 'upload'),
			...(takes === 'file' ? [readFile(`read-${path}`)] : []),
			glmAsr(model ? { model } : {}, `asr-${path}`),
			code(`result-${path}`, 'msg.payload = msg.transcription; return msg;'),
			httpResponse(`answer-${path}`),
		),
	);
	const failures = chain(
		catchAll(),
		code(
			'failure',
			'msg.statusCode = 500; msg.payload = { error: msg.error.message }; return msg;',
		),
		httpResponse('answer-failure'),
	);
	await nodeRed.deploy([...base({ baseUrl, apiKey: 'any' }), ...flows.flat(), ...failures]);
	return { server: nodeRed, address: (path) => `${nodeRed.url}/${path}` };
}
