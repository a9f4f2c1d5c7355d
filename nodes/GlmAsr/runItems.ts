import { NodeOperationError, type IExecuteFunctions, type INodeExecutionData } from 'n8n-workflow';

import type { AudioInput } from '../../core';
import { openRecordings } from './binaries';
import { errorItem, messageOf, nodeError } from './failures';
import { LiveText } from './liveText';

/** What the node does with one recording; the items it yields are output in order. */
export type Operation = (
	recording: AudioInput,
	itemIndex: number,
) => AsyncIterable<INodeExecutionData>;

/**
 * Runs an operation on every recording of every item. Under "continue on fail" a recording that
 * fails becomes an error item, and all the others still run.
 */
export async function runItems(
	context: IExecuteFunctions,
	operation: Operation,
): Promise<INodeExecutionData[]> {
	const output: INodeExecutionData[] = [];
	for (let itemIndex = 0; itemIndex < context.getInputData().length; itemIndex++) {
		for await (const recording of openRecordings(context, itemIndex)) {
			try {
				if (recording instanceof Error) throw recording;
				for await (const item of operation(recording, itemIndex)) {
					output.push({ ...item, pairedItem: { item: itemIndex } });
				}
			} catch (error) {
				if (context.getExecutionCancelSignal()?.aborted) throw cancelled(context);
				if (!context.continueOnFail()) throw nodeError(context, error, itemIndex);
				const item = errorItem(error, recording, itemIndex);
				await LiveText.of(context, itemIndex)?.fail(messageOf(error));
				output.push(item);
			}
		}
	}
	return output;
}

/** n8n knows a cancelled execution by this word in the error's message. */
function cancelled(context: IExecuteFunctions): NodeOperationError {
	return new NodeOperationError(context.getNode(), 'The execution was canceled.', {
		description: 'What was under way at the service has been ended.',
	});
}
