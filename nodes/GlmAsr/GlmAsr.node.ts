import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';

import { inputError, shownValue, type GlmAsrError } from '../../core';
import { audioFields, audioOperations } from './description';
import { nodeError } from './failures';
import { searchModels } from './models';
import { inspectOperation } from './operations/inspect';
import { transcribeOperation } from './operations/transcribe';
import { runItems } from './runItems';

const OPERATIONS = { inspect: inspectOperation, transcribe: transcribeOperation };

export class GlmAsr implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'GLM-ASR',
		name: 'glmAsr',
		icon: { light: 'file:glmAsr.svg', dark: 'file:glmAsr.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle: '={{ $parameter["operation"] + ": " + $parameter["resource"] }}',
		description: 'Turn speech into text and timed segments with GLM-ASR',
		defaults: { name: 'GLM-ASR' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [
			{
				name: 'glmAsrApi',
				required: true,
				displayOptions: { show: { operation: ['transcribe'] } },
			},
		],
		properties: [
			{
				displayName: 'Resource',
				name: 'resource',
				type: 'options',
				noDataExpression: true,
				options: [{ name: 'Audio', value: 'audio' }],
				default: 'audio',
			},
			audioOperations,
			...audioFields,
		],
	};

	methods = { listSearch: { searchModels } };

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const operation = this.getNodeParameter('operation', 0) as keyof typeof OPERATIONS;
		if (!Object.hasOwn(OPERATIONS, operation)) throw nodeError(this, unknown(operation), 0);
		return [await runItems(this, OPERATIONS[operation](this))];
	}
}

/** A workflow that was not made in the editor may hold anything. */
function unknown(operation: unknown): GlmAsrError {
	return inputError(
		'invalid_parameter',
		`The operation is ${shownValue(operation)}.`,
		'It must be "transcribe" or "inspect".',
	);
}
