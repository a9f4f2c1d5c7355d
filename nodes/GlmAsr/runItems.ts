import { NodeOperationError, type IExecuteFunctions, type INodeExecutionData } from 'n8n-workflow';

import { inOrder, OPTIONS } from '../../core';
import { openInputs, type OpenInput } from './binaries';
import { errorItem, messageOf, nodeError } from './failures';
import { isLive, sendLive } from './liveText';

/** What an operation makes of a recording: an item, or words and notes for whoever watches. */
export type Product =
	| { item: INodeExecutionData }
	| { live: 'begin' | 'end' }
	| { live: 'item'; words: string }
	| { hint: string };

/** What the node does with one recording. */
export type Operation = (
	recording: OpenInput,
	itemIndex: number,
	signal: AbortSignal,
) => AsyncIterable<Product>;

interface Job {
	recording: OpenInput | Error;
	itemIndex: number;
}

/**
 * Runs an operation on every recording of every item, as many at a time as requests; what it makes goes out
 * in the order of the items. Under "continue on fail" a recording that fails becomes an error item, and all
 * the others still run.
 */
export async function runItems(
	context: IExecuteFunctions,
	operation: Operation,
): Promise<INodeExecutionData[]> {
	const execution = context.getExecutionCancelSignal();
	const output: INodeExecutionData[] = [];
	let hasFailed = false;

	async function* jobs(): AsyncGenerator<Job> {
		for (let itemIndex = 0; itemIndex < context.getInputData().length; itemIndex++) {
			for await (const recording of openInputs(context, itemIndex)) {
				yield { recording, itemIndex };
				if (hasFailed && !context.continueOnFail()) return;
			}
		}
	}

	async function* run(
		{ recording, itemIndex }: Job,
		ending: AbortSignal,
	): AsyncGenerator<Product | { failure: unknown }> {
		try {
			if (recording instanceof Error) throw recording;
			const signal = execution ? AbortSignal.any([execution, ending]) : ending;
			yield* operation(recording, itemIndex, signal);
		} catch (failure) {
			hasFailed = true;
			yield { failure };
		} finally {
			if (!(recording instanceof Error)) await recording.source.close();
		}
	}

	for await (const { job, item: product } of inOrder(jobs, run, concurrencyOf(context))) {
		const { recording, itemIndex } = job;
		if ('item' in product) {
			output.push({ ...product.item, pairedItem: { item: itemIndex } });
		} else if ('hint' in product) {
			// The editor shows hints beside the output.
			context.addExecutionHints({ message: product.hint, location: 'outputPane' });
		} else if ('live' in product) {
			const words = product.live === 'item' ? product.words : undefined;
			await sendLive(context, itemIndex, product.live, words);
		} else {
			const { failure } = product;
			if (execution?.aborted) throw cancelled(context);
			if (!context.continueOnFail()) throw nodeError(context, failure, itemIndex);
			if (isLive(context, itemIndex)) {
				await sendLive(context, itemIndex, 'error', messageOf(failure, itemIndex));
			}
			output.push(errorItem(failure, recording, itemIndex));
		}
	}
	return output;
}

/** How many requests run at a time: the first item's choice holds for all. An invalid one is refused by each item. */
export function concurrencyOf(context: IExecuteFunctions): number {
	const concurrency = context.getNodeParameter(
		'options.concurrency',
		0,
		OPTIONS.concurrency.default,
	);
	return Math.max(1, Math.floor(Number(concurrency)) || OPTIONS.concurrency.default);
}

/** n8n knows a cancelled execution by this word in the error's message. */
function cancelled(context: IExecuteFunctions): NodeOperationError {
	return new NodeOperationError(context.getNode(), 'The execution was canceled.', {
		description: 'What was under way at the service has been ended.',
	});
}
