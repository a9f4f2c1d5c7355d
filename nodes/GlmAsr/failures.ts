import {
	NodeApiError,
	NodeOperationError,
	type IExecuteFunctions,
	type INodeExecutionData,
} from 'n8n-workflow';

import { GlmAsrError, type AudioInput, type OwnCode } from '../../core';

/** The error that ends the node: what happened as its message, what to do as its description. */
export function nodeError(
	context: IExecuteFunctions,
	error: unknown,
	itemIndex: number,
): NodeApiError | NodeOperationError {
	const node = context.getNode();
	if (error instanceof NodeOperationError || error instanceof NodeApiError) {
		error.context.itemIndex = itemIndex;
		error.description ??= 'Check the settings of the node and its credential.';
		return error;
	}
	if (!(error instanceof GlmAsrError)) {
		return new NodeOperationError(node, error as Error, {
			itemIndex,
			description: `Item ${itemIndex} could not be handled: ${messageOf(error)}`,
		});
	}
	const { problem, cure, detail, statusCode, isInputError } = error;
	// The description is all that a streaming client gets.
	const description = [context.isStreaming() && problem, cure, detail].filter(Boolean).join(' ');
	if (isInputError) return new NodeOperationError(node, problem, { itemIndex, description });
	return new NodeApiError(
		node,
		{ message: problem },
		{
			itemIndex,
			message: problem,
			description,
			...(statusCode === undefined ? {} : { httpCode: String(statusCode) }),
		},
	);
}

/** The item of a recording that failed, in the one shape that n8n routes to the error output whole. */
export function errorItem(
	error: unknown,
	recording: AudioInput | Error,
	itemIndex: number,
): INodeExecutionData {
	const known = error instanceof GlmAsrError ? error : undefined;
	const { fileName, property } =
		recording instanceof Error ? {} : (recording as Partial<AudioInput>);
	return {
		json: {
			error: messageOf(error),
			details: {
				code: known?.code ?? ('unexpected' satisfies OwnCode),
				statusCode: known?.statusCode ?? null,
				retryable: known?.retryable ?? false,
				fileName: fileName ?? null,
				property: property ?? null,
				text: known?.partialText ?? '',
				missing: (known?.missing ?? []).map((stretch) => ({ ...stretch })),
			},
		},
		pairedItem: { item: itemIndex },
	};
}

/** The sentence of anything that was thrown. */
export function messageOf(error: unknown): string {
	if (error instanceof GlmAsrError) return [error.message, error.detail].filter(Boolean).join(' ');
	return error instanceof Error ? error.message : String(error);
}
