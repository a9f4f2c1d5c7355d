/** The fields of the credential `glmAsrApi`. */
export type CredentialFields = {
	platform: 'bigmodel' | 'zai' | 'custom';
	baseUrl?: string;
	apiKey: string;
};

export type WorkflowNode = {
	id: string;
	name: string;
	type: string;
	typeVersion: number;
	position: [number, number];
	parameters: Record<string, unknown>;
	credentials?: Record<string, { id: string; name: string }>;
	webhookId?: string;
	onError?: 'continueErrorOutput' | 'continueRegularOutput';
};

type Connection = { node: string; type: 'main'; index: number };

export type Workflow = {
	name: string;
	nodes: WorkflowNode[];
	connections: Record<string, { main: Connection[][] }>;
};

/** How the webhook of a workflow answers. */
export type Answer = 'firstEntryJson' | 'allEntries' | 'streaming';

/** A Webhook node at `path` that takes files as multipart fields. */
export function webhook(path: string, answer: Answer): WorkflowNode {
	const response =
		answer === 'streaming'
			? { responseMode: 'streaming' }
			: { responseMode: 'lastNode', responseData: answer };
	return node('Webhook', 'n8n-nodes-base.webhook', 2.1, {
		parameters: { httpMethod: 'POST', path, ...response, options: {} },
		webhookId: path,
	});
}

/** Our node with one credential; `parameters` as in the editor. */
export function glmAsr(
	credentialId: string,
	parameters: Record<string, unknown> = {},
	more: Partial<WorkflowNode> = {},
): WorkflowNode {
	return node('GLM-ASR', 'n8n-nodes-glm-asr.glmAsr', 1, {
		parameters: {
			resource: 'audio',
			operation: 'transcribe',
			binaryPropertyName: 'data',
			model: { __rl: true, mode: 'id', value: 'glm-asr-2512' },
			...parameters,
		},
		credentials: { glmAsrApi: { id: credentialId, name: 'GLM-ASR' } },
		...more,
	});
}

/** A node that reads the file of which `path`, an expression, is the path. */
export function readFile(path: string): WorkflowNode {
	return node('Read File', 'n8n-nodes-base.readWriteFile', 1.1, {
		parameters: { operation: 'read', fileSelector: path, options: {} },
	});
}

/** A Code node that runs `jsCode` once for all items. */
export function code(name: string, jsCode: string): WorkflowNode {
	return node(name, 'n8n-nodes-base.code', 2, { parameters: { jsCode } });
}

/** A Code node that makes an item of each file of the first one. */
export function itemPerFile(): WorkflowNode {
	return code(
		'Split',
		'return Object.values($input.first().binary).map((data) => ({ json: {}, binary: { data } }));',
	);
}

/** A node that adds the field `route` to every item, so that the answer tells which way it came. */
export function label(route: string): WorkflowNode {
	return node(route, 'n8n-nodes-base.set', 3.4, {
		parameters: {
			mode: 'manual',
			includeOtherFields: true,
			assignments: { assignments: [{ id: route, name: 'route', value: route, type: 'string' }] },
			options: {},
		},
	});
}

/** A node that puts the items of two branches together. */
export function merge(): WorkflowNode {
	return node('Merge', 'n8n-nodes-base.merge', 3.2, { parameters: { mode: 'append' } });
}

/** A workflow whose nodes follow each other. */
export function chain(name: string, ...nodes: WorkflowNode[]): Workflow {
	const connections: Workflow['connections'] = {};
	for (const [index, { name: from }] of nodes.entries()) {
		const next = nodes[index + 1];
		if (next) connections[from] = { main: [[to(next.name)]] };
	}
	return { name, nodes, connections };
}

/** The end of a connection: input `index` of the node `name`. */
export function to(name: string, index = 0): Connection {
	return { node: name, type: 'main', index };
}

function node(
	name: string,
	type: string,
	typeVersion: number,
	rest: Pick<WorkflowNode, 'parameters'> & Partial<WorkflowNode>,
): WorkflowNode {
	return { id: name, name, type, typeVersion, position: [0, 0], ...rest };
}
