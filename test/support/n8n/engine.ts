import { removeUserFolder } from './userFolder';

import 'reflect-metadata';

import path from 'node:path';

import { Container } from '@n8n/di';
import {
	BinaryDataConfig,
	BinaryDataService,
	ExecutionLifecycleHooks,
	WorkflowExecute,
} from 'n8n-core';
import {
	Workflow,
	type ExecutionError,
	type IBinaryData,
	type IBinaryKeyData,
	type ICredentialDataDecryptedObject,
	type ICredentialType,
	type IDataObject,
	type IExecuteFunctions,
	type IHttpRequestOptions,
	type INode,
	type INodeExecutionData,
	type INodeType,
	type INodeTypes,
	type IWorkflowExecuteAdditionalData,
	type StructuredChunk,
} from 'n8n-workflow';

const dist = path.resolve(__dirname, '../../../dist');

/** The built node and credential, as n8n loads them. */
const { GlmAsr } = require(path.join(dist, 'nodes/GlmAsr/GlmAsr.node.js')) as {
	GlmAsr: new () => INodeType;
};
const { GlmAsrApi } = require(path.join(dist, 'credentials/GlmAsrApi.credentials.js')) as {
	GlmAsrApi: new () => ICredentialType;
};

export const node = new GlmAsr();
export const credentialType = new GlmAsrApi();

/** A file of an input item. */
export interface TestFile {
	bytes: Uint8Array;
	fileName?: string;
	mimeType?: string;
}

export interface TestItem {
	json?: IDataObject;
	binary?: Record<string, TestFile>;
	/** Files that are stored already. */
	stored?: IBinaryKeyData;
}

export interface Run {
	items: TestItem[];
	/** Parameters of the node besides `resource` and `operation`. */
	parameters?: IDataObject;
	operation?: 'transcribe' | 'inspect';
	credential?: ICredentialDataDecryptedObject;
	onError?: 'continueErrorOutput' | 'continueRegularOutput';
	/** Whether a client listens for chunks. */
	isStreaming?: boolean;
	/** How the workflow's items hold their files. */
	binaryMode?: 'combined';
	/** Whether a step between takes the files from the items, as an agent does for its tools. */
	isJsonOnly?: boolean;
	/** Called with a function that cancels the execution. */
	onStart?: (cancel: () => void) => void;
}

export interface Outcome {
	/** What went out at the first output. */
	items: INodeExecutionData[];
	/** What went out at the error output. */
	failed: INodeExecutionData[];
	error: ExecutionError | undefined;
	/** Epoch milliseconds with what was sent to a streaming client. */
	chunks: (StructuredChunk & { at: number })[];
	status: string;
}

const SOURCE: INode = {
	id: '1',
	name: 'Source',
	type: 'test.source',
	typeVersion: 1,
	position: [0, 0],
	parameters: {},
};

const PLAIN: INode = { ...SOURCE, id: '3', name: 'Plain', type: 'test.plain' };

/** Sets up n8n's binary store once for a test file. */
export async function startEngine(binaryMode: 'default' | 'filesystem'): Promise<void> {
	const config = Container.get(BinaryDataConfig);
	config.mode = binaryMode;
	config.availableModes = ['default', 'filesystem'];
	await Container.get(BinaryDataService).init();
}

export const stopEngine = removeUserFolder;

/** Runs a workflow of two nodes, a source of `items` and the GLM-ASR node, in n8n's own engine. */
export async function run(options: Run): Promise<Outcome> {
	const { parameters = {}, operation = 'transcribe', onError, credential = {} } = options;
	const subject: INode = {
		id: '2',
		name: 'GLM-ASR',
		type: 'n8n-nodes-glm-asr.glmAsr',
		typeVersion: 1,
		position: [200, 0],
		parameters: { resource: 'audio', operation, ...parameters },
		credentials: { glmAsrApi: { id: '1', name: 'test' } },
		...(onError && { onError }),
	};
	const workflow = new Workflow({
		id: 'test',
		name: 'test',
		nodes: [SOURCE, PLAIN, subject],
		connections: options.isJsonOnly
			? { Source: to('Plain'), Plain: to('GLM-ASR') }
			: { Source: to('GLM-ASR') },
		active: false,
		nodeTypes: nodeTypes(options.items),
		settings: { executionOrder: 'v1', binaryMode: options.binaryMode },
	});
	const chunks: Outcome['chunks'] = [];
	const hooks = new ExecutionLifecycleHooks('webhook', '1', {
		id: 'test',
		name: 'test',
		nodes: [],
		connections: {},
		active: false,
		createdAt: new Date(),
		updatedAt: new Date(),
	} as unknown as ConstructorParameters<typeof ExecutionLifecycleHooks>[2]);
	hooks.addHandler('sendChunk', (chunk) => {
		chunks.push({ ...chunk, at: performance.timeOrigin + performance.now() });
	});
	const additionalData = {
		credentialsHelper: credentialsHelper(credential),
		hooks,
		streamingEnabled: options.isStreaming ?? false,
		executionId: '1',
		restApiUrl: 'http://127.0.0.1/rest',
		webhookWaitingBaseUrl: 'http://127.0.0.1/webhook-waiting',
		formWaitingBaseUrl: 'http://127.0.0.1/form-waiting',
		variables: {},
	} as unknown as IWorkflowExecuteAdditionalData;

	const execution = new WorkflowExecute(additionalData, 'webhook').run({
		workflow,
		startNode: workflow.getNode('Source')!,
	});
	options.onStart?.(() => execution.cancel());
	const { data, status } = await execution;
	const [task] = data.resultData.runData['GLM-ASR'] ?? [];
	return {
		items: task?.data?.main?.[0] ?? [],
		failed: task?.data?.main?.[1] ?? [],
		error: task?.error ?? data.resultData.error,
		chunks,
		status,
	};
}

const to = (name: string) => ({ main: [[{ node: name, type: 'main' as const, index: 0 }]] });

/** Stores a file as another workflow does. */
export async function storeElsewhere({
	bytes,
	fileName,
	mimeType,
}: TestFile): Promise<IBinaryData> {
	return await Container.get(BinaryDataService).store(
		{ type: 'execution', workflowId: 'other', executionId: '7' },
		Buffer.from(bytes),
		{ data: '', fileName, mimeType: mimeType ?? 'audio/wav' },
	);
}

function nodeTypes(items: TestItem[]): INodeTypes {
	const source = {
		description: {
			name: 'source',
			displayName: 'Source',
			group: ['trigger'],
			version: 1,
			inputs: [],
			outputs: ['main'],
			properties: [],
			defaults: {},
			description: '',
		},
		async execute(this: IExecuteFunctions) {
			const output: INodeExecutionData[] = [];
			for (const { json = {}, binary, stored } of items) {
				const files = { ...stored, ...(binary && (await store(this, binary))) };
				output.push({ json, ...(Object.keys(files).length > 0 && { binary: files }) });
			}
			return [output];
		},
	} as unknown as INodeType;
	const plain = {
		description: { ...source.description, name: 'plain', inputs: ['main'] },
		async execute(this: IExecuteFunctions) {
			return [this.getInputData().map(({ json }, item) => ({ json, pairedItem: { item } }))];
		},
	} as unknown as INodeType;
	const types: Record<string, INodeType> = {
		'test.plain': plain,
		'test.source': source,
		'n8n-nodes-glm-asr.glmAsr': node,
	};
	return {
		getByName: (type) => types[type]!,
		getByNameAndVersion: (type) => types[type]!,
		getKnownTypes: () => ({}),
	};
}

async function store(
	context: IExecuteFunctions,
	files: Record<string, TestFile>,
): Promise<IBinaryKeyData> {
	const stored: IBinaryKeyData = {};
	for (const [property, { bytes, fileName, mimeType }] of Object.entries(files)) {
		stored[property] = await context.helpers.prepareBinaryData(
			Buffer.from(bytes),
			fileName,
			mimeType,
		);
	}
	return stored;
}

function credentialsHelper(credential: ICredentialDataDecryptedObject): unknown {
	const authenticate = credentialType.authenticate as (
		credentials: ICredentialDataDecryptedObject,
		request: IHttpRequestOptions,
	) => Promise<IHttpRequestOptions>;
	return {
		getParentTypes: () => [],
		isCredentialUsableByNode: () => true,
		preAuthentication: async () => undefined,
		runPreAuthentication: async () => undefined,
		getDecrypted: async () => ({ ...credential }),
		getCredentialsProperties: () => credentialType.properties,
		authenticate: async (
			credentials: ICredentialDataDecryptedObject,
			_type: string,
			request: IHttpRequestOptions,
		) => await authenticate(credentials, request),
	};
}
