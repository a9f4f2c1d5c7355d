import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { CredentialFields, Workflow } from './n8nWorkflows';
import { packN8nNode } from './packages';
import { cleanEnvironment, N8N_FOLDER, NODE } from './paths';
import { HostServer, UNKEPT } from './hostServer';
import { freePort } from './ports';
import { ServerProcess, until } from './processes';

/** Where n8n keeps the binary data of its executions. */
export type BinaryMode = 'filesystem' | 'database';

/** The part of a node's description that the tests look at. */
export type NodeDescription = {
	name: string;
	displayName: string;
	iconUrl: { light: string; dark: string };
	properties: Array<{
		name: string;
		modes?: Array<{ type: string; typeOptions?: { searchListMethod?: string } }>;
	}>;
};

const NODE_TYPE = 'n8n-nodes-glm-asr.glmAsr';

/** A real n8n server with the packed package in it, and the owner logged in. */
export class N8nServer extends HostServer {
	private cookie = '';

	/**
	 * Starts n8n in a fresh user folder, without anything that would call home.
	 *
	 * @param settings more environment variables
	 */
	static async start(
		binaryMode: BinaryMode,
		settings: Record<string, string> = {},
	): Promise<N8nServer> {
		const folder = mkdtempSync(path.join(tmpdir(), 'glm-asr-n8n-'));
		installPackage(path.join(folder, '.n8n/nodes/node_modules/n8n-nodes-glm-asr'));
		const port = await freePort();
		const env = cleanEnvironment({
			N8N_USER_FOLDER: folder,
			N8N_PORT: String(port),
			N8N_LISTEN_ADDRESS: '127.0.0.1',
			N8N_RUNNERS_BROKER_PORT: String(await freePort()),
			N8N_ENCRYPTION_KEY: 'host tests',
			N8N_DEFAULT_BINARY_DATA_MODE: binaryMode,
			N8N_SECURE_COOKIE: 'false',
			N8N_LOG_LEVEL: 'debug',
			N8N_DIAGNOSTICS_ENABLED: 'false',
			N8N_VERSION_NOTIFICATIONS_ENABLED: 'false',
			N8N_TEMPLATES_ENABLED: 'false',
			N8N_DYNAMIC_BANNERS_ENABLED: 'false',
			N8N_VERIFIED_PACKAGES_ENABLED: 'false',
			N8N_DISABLED_MODULES: 'mcp-registry,instance-ai,agents,chat-hub,insights',
			N8N_LICENSE_AUTO_RENEW_ENABLED: 'false',
			EXECUTIONS_DATA_SAVE_ON_SUCCESS: 'all',
			...settings,
		});
		const launch = () =>
			ServerProcess.start(
				'n8n',
				NODE,
				[path.join(N8N_FOLDER, 'node_modules/n8n/bin/n8n'), 'start'],
				{ cwd: folder, env },
			);
		const server = new N8nServer(`http://127.0.0.1:${port}`, folder, launch);
		try {
			await server.untilReady();
			await server.setUpOwner();
		} catch (error) {
			await server.stop();
			throw error;
		}
		return server;
	}

	/** Saves a credential as the editor does; returns its id. */
	async addCredential(name: string, data: CredentialFields): Promise<string> {
		const saved = await this.rest<{ id: string }>('POST', '/credentials', {
			name,
			type: 'glmAsrApi',
			data,
		});
		return saved.id;
	}

	/** The "Test" button of the credential form. */
	testCredential(data: CredentialFields): Promise<{ status: 'OK' | 'Error'; message: string }> {
		return this.rest('POST', '/credentials/test', {
			credentials: { id: '', name: 'GLM-ASR', type: 'glmAsrApi', data },
		});
	}

	/**
	 * Saves and publishes a workflow; its webhook answers when this returns. Returns its id.
	 *
	 * @param settings more settings of the workflow
	 */
	async publish(workflow: Workflow, settings: object = {}): Promise<string> {
		const saved = await this.rest<{ id: string; versionId: string }>('POST', '/workflows', {
			...workflow,
			settings: { executionOrder: 'v1', ...settings },
		});
		await this.rest('POST', `/workflows/${saved.id}/activate`, { versionId: saved.versionId });
		await until(`${workflow.name} to be published`, async () => {
			const { status } = await this.rest<{ status: string }>(
				'GET',
				`/workflows/${saved.id}/publication-status`,
			);
			return status === 'published';
		});
		return saved.id;
	}

	/** Our node's description as the editor loads it. */
	async nodeDescription(): Promise<NodeDescription> {
		const answer = await fetch(`${this.url}/types/nodes.json`, {
			headers: { ...UNKEPT, cookie: this.cookie },
		});
		const all = (await answer.json()) as NodeDescription[];
		const ours = all.find(({ name }) => name === NODE_TYPE);
		if (!ours) throw new Error(`n8n has no node ${NODE_TYPE}; its log:\n${this.log}`);
		return ours;
	}

	/** What the model's list shows when the user opens it. */
	async listModels(credentialId: string): Promise<Array<{ name: string; value: string }>> {
		const { properties } = await this.nodeDescription();
		const list = properties
			.find(({ name }) => name === 'model')
			?.modes?.find(({ type }) => type === 'list');
		const answer = await this.rest<{ results: Array<{ name: string; value: string }> }>(
			'POST',
			'/dynamic-node-parameters/resource-locator-results',
			{
				methodName: list?.typeOptions?.searchListMethod,
				path: 'parameters.model',
				nodeTypeAndVersion: { name: NODE_TYPE, version: 1 },
				currentNodeParameters: { resource: 'audio', operation: 'transcribe' },
				credentials: { glmAsrApi: { id: credentialId, name: 'GLM-ASR' } },
			},
		);
		return answer.results;
	}

	/** Executions of one workflow or of all, newest first. */
	async executions(workflowId?: string): Promise<Array<{ id: string; status: string }>> {
		const filter = encodeURIComponent(JSON.stringify({ workflowId }));
		const answer = await this.rest<{ results: Array<{ id: string; status: string }> }>(
			'GET',
			`/executions?limit=100&filter=${filter}`,
		);
		return answer.results;
	}

	/** Everything the editor's execution view loads of an execution, as one text. */
	async executionExport(id: string): Promise<string> {
		return JSON.stringify(await this.rest('GET', `/executions/${id}`));
	}

	/** The "Stop" button of a running execution. */
	stopExecution(id: string): Promise<unknown> {
		return this.rest('POST', `/executions/${id}/stop`);
	}

	/** Webhook address of a published workflow. */
	webhook(name: string): string {
		return `${this.url}/webhook/${name}`;
	}

	protected async isReady(): Promise<boolean> {
		try {
			return (await fetch(`${this.url}/healthz/readiness`, { headers: UNKEPT })).ok;
		} catch {
			return false;
		}
	}

	private async setUpOwner(): Promise<void> {
		const answer = await fetch(`${this.url}/rest/owner/setup`, {
			method: 'POST',
			headers: { ...UNKEPT, 'content-type': 'application/json' },
			body: JSON.stringify({
				email: 'owner@example.com',
				firstName: 'Host',
				lastName: 'Tests',
				password: 'Passw0rd-of-the-host-tests',
			}),
		});
		if (!answer.ok) throw new Error(`owner setup: ${answer.status} ${await answer.text()}`);
		this.cookie = answer.headers
			.getSetCookie()
			.map((cookie) => cookie.split(';')[0])
			.join('; ');
	}

	/** Calls the editor's API; throws unless it answers 2xx. */
	private async rest<T>(method: string, route: string, body?: unknown): Promise<T> {
		const answer = await fetch(`${this.url}/rest${route}`, {
			method,
			headers: { ...UNKEPT, cookie: this.cookie, 'content-type': 'application/json' },
			body: body === undefined ? undefined : JSON.stringify(body),
		});
		if (!answer.ok) {
			throw new Error(`${method} ${route}: ${answer.status} ${await answer.text()}`);
		}
		return ((await answer.json()) as { data: T }).data;
	}
}

/** Unpacks the tarball as n8n leaves a community package: no devDependencies, no scripts run. */
function installPackage(folder: string): void {
	mkdirSync(folder, { recursive: true });
	execFileSync('tar', ['-xzf', packN8nNode(), '-C', folder, '--strip-components=1']);
}
