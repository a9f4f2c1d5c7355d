import {
	ExpressionError,
	NodeApiError,
	NodeOperationError,
	type IExecuteFunctions,
	type INodeExecutionData,
} from 'n8n-workflow';

import { clean, GlmAsrError, ownError, type AudioInput, type OwnCode } from '../../core';

/** Errors that n8n words for users. */
type ErrorOfN8n = NodeOperationError | NodeApiError | ExpressionError;

/** An error of n8n or of ours: anything else becomes a sentence of ours, with itself as the cause. */
function told(error: unknown, itemIndex: number): GlmAsrError | ErrorOfN8n {
	return isOfN8n(error) ? error : ownError(error, `Item ${itemIndex}`);
}

function isOfN8n(error: unknown): error is ErrorOfN8n {
	return [NodeOperationError, NodeApiError, ExpressionError].some((kind) => error instanceof kind);
}

/** The error that ends the node: what happened as its message, what to do as its description. */
export function nodeError(
	context: IExecuteFunctions,
	thrown: unknown,
	itemIndex: number,
): ErrorOfN8n {
	const node = context.getNode();
	const error = told(thrown, itemIndex);
	if (!(error instanceof GlmAsrError)) {
		error.context.itemIndex = itemIndex;
		error.description ??= 'Check the settings of the node and its credential.';
		return error;
	}
	const { problem, cure, detail, statusCode, isInputError, cause } = error;
	// The description is all that a streaming client gets.
	const description = [context.isStreaming() && problem, cure, detail].filter(Boolean).join(' ');
	if (isInputError || cause !== undefined) {
		const failure = new NodeOperationError(node, problem, { itemIndex, description });
		// Stored executions have only what can be listed of an error.
		if (cause !== undefined) failure.cause = Object.assign(new Error(), { message: cause });
		return failure;
	}
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
			error: messageOf(error, itemIndex),
			details: {
				code: known?.code ?? ('unexpected' satisfies OwnCode),
				statusCode: known?.statusCode ?? null,
				retryable: known?.retryable ?? false,
				fileName: fileName === undefined ? null : clean(fileName),
				property: property === undefined ? null : clean(property),
				text: known?.partialText ?? '',
				missing: (known?.missing ?? []).map((stretch) => ({ ...stretch })),
			},
		},
		pairedItem: { item: itemIndex },
	};
}

/** The sentence of anything that was thrown. */
export function messageOf(thrown: unknown, itemIndex: number): string {
	const error = told(thrown, itemIndex);
	if (!(error instanceof GlmAsrError)) return clean(error.message);
	return [error.message, error.detail].filter(Boolean).join(' ');
}
