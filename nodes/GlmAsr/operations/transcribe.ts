import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

import {
	splitHotwords,
	transcribe as transcribeRecording,
	type TranscriptionOptions,
} from '../../../core';
import { connect } from '../connection';
import { LiveText } from '../liveText';
import type { Operation } from '../runItems';

/** What the collection "Options" holds. */
interface Options extends Omit<Partial<TranscriptionOptions>, 'hotwords'> {
	hotwords?: string;
	keepBinary?: boolean;
}

/** Turns each recording into one item, or with "Stream" on into an item per delta and a last one. */
export function transcribe(context: IExecuteFunctions): Operation {
	let service: ReturnType<typeof connect> | undefined;
	const requestIdUses = new Map<string | undefined, number>();

	return async function* (recording, itemIndex) {
		service ??= connect(context);
		const { connection, platform } = await service;
		const live = LiveText.of(context, itemIndex);
		const isStreamed = context.getNodeParameter('stream', itemIndex) as boolean;
		const {
			hotwords = '',
			keepBinary = false,
			...options
		} = context.getNodeParameter('options', itemIndex, {}) as Options;
		const model = context.getNodeParameter('model', itemIndex, '', {
			extractValue: true,
		}) as string;

		const uses = requestIdUses.get(options.requestId) ?? 0;
		requestIdUses.set(options.requestId, uses + 1);

		await live?.begin();
		const events = transcribeRecording(
			recording,
			{
				...options,
				model,
				platform,
				hotwords: splitHotwords(String(hotwords)),
				requestIdUses: uses,
				stream: isStreamed || live !== undefined,
			},
			connection,
			context.getExecutionCancelSignal(),
		);
		for await (const event of events) {
			if (event.type === 'transcript.text.delta') {
				await live?.add(event.delta);
				if (isStreamed) yield { json: { ...event } };
				continue;
			}
			await live?.end();
			const json = event.transcription as unknown as IDataObject;
			const binary = keepBinary ? context.getInputData()[itemIndex]!.binary : undefined;
			yield {
				json: isStreamed ? { type: event.type, ...json } : json,
				...(binary && { binary }),
			};
		}
	};
}
