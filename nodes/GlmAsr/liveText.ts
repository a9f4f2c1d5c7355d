import type { IExecuteFunctions } from 'n8n-workflow';

type ChunkType = Parameters<IExecuteFunctions['sendChunk']>[0];

/** Whether a streaming execution has a client waiting for words, and the user wants them sent. */
export function isLive(context: IExecuteFunctions, itemIndex: number): boolean {
	const isWanted = context.getNodeParameter('options.enableStreaming', itemIndex, true) as boolean;
	// The output of an agent's tool is meant for the agent.
	return isWanted && context.isStreaming() && !context.isToolExecution();
}

/** Declared to return nothing, `sendChunk` returns a promise; in order only when it is awaited. */
export async function sendLive(
	context: IExecuteFunctions,
	itemIndex: number,
	type: ChunkType,
	content?: string,
): Promise<void> {
	await Promise.resolve(context.sendChunk(type, itemIndex, content));
}
