import type { LocalService } from '../../../dev/service/server';
import { N8nServer } from '../hosts/n8nServer';
import * as n8nNodes from '../hosts/n8nWorkflows';
import * as flowNodes from '../hosts/nodeRedFlows';
import { NodeRedServer } from '../hosts/nodeRedServer';

/** A host that answers an upload with the whole result as JSON. */
export interface Host {
	/** Where to upload for a model. */
	address(model: string): string;
	stop(): Promise<void>;
}

/** A real n8n with a workflow for each model: Webhook → GLM-ASR. */
export async function startN8n(service: LocalService, models: string[]): Promise<Host> {
	const n8n = await N8nServer.start('filesystem');
	const credentialId = await n8n.addCredential('GLM-ASR', {
		platform: 'custom',
		baseUrl: service.url,
		apiKey: 'any',
	});
	for (const model of models) {
		await n8n.publish(
			n8nNodes.chain(
				model,
				n8nNodes.webhook(model, 'firstEntryJson'),
				n8nNodes.glmAsr(credentialId, { model: { __rl: true, mode: 'id', value: model } }),
			),
		);
	}
	return { address: (model) => n8n.webhook(model), stop: () => n8n.stop() };
}

/** A real Node-RED with a flow for each model: HTTP In → glm-asr → HTTP Response. */
export async function startNodeRed(service: LocalService, models: string[]): Promise<Host> {
	const nodeRed = await NodeRedServer.start();
	const flows = models.map((model) =>
		flowNodes.chain(
			flowNodes.httpIn(model),
			flowNodes.glmAsr({ model }, `asr-${model}`),
			flowNodes.code(`result-${model}`, 'msg.payload = msg.transcription; return msg;'),
			flowNodes.httpResponse(`answer-${model}`),
		),
	);
	const failures = flowNodes.chain(
		flowNodes.catchAll(),
		flowNodes.code('failure', 'msg.payload = { error: msg.error.message }; return msg;'),
		flowNodes.httpResponse('answer-failure'),
	);
	await nodeRed.deploy([
		...flowNodes.base({ baseUrl: service.url, apiKey: 'any' }),
		...flows.flat(),
		...failures,
	]);
	return { address: (model) => `${nodeRed.url}/${model}`, stop: () => nodeRed.stop() };
}
