import type { IBinaryData, IBinaryKeyData, IDataObject, IExecuteFunctions } from 'n8n-workflow';

import { readOptions, Share, transcribe, type OptionFields } from '../../../core';
import { connect } from '../connection';
import { isLive } from '../liveText';
import { concurrencyOf, type Operation } from '../runItems';

/** What the collection "Options" holds. */
interface Collection extends OptionFields {
	keepBinary?: boolean;
}

/** Turns each recording into one item, or with "Stream" on into an item per delta and a last one. */
export function transcribeOperation(context: IExecuteFunctions): Operation {
	const service = connect(context);
	// Each recording gets the error when it awaits the service.
	service.catch(() => undefined);
	/** Shared by all items: what *Concurrency* says holds for the whole run. */
	let share: Share | undefined;
	const requestIdUses = new Map<string | undefined, number>();

	return async function* (recording, itemIndex, signal) {
		const live = isLive(context, itemIndex);
		const isStreamed = context.getNodeParameter('stream', itemIndex) as boolean;
		const { keepBinary = false, ...collection } = context.getNodeParameter(
			'options',
			itemIndex,
			{},
		) as Collection;
		const options = readOptions(collection);
		const model = context.getNodeParameter('model', itemIndex, '', {
			extractValue: true,
		}) as string;
		const uses = requestIdUses.get(options.requestId) ?? 0;
		requestIdUses.set(options.requestId, uses + 1);

		const { connection, platform } = await service;
		share ??= new Share(connection.baseUrl, connection.secret ?? '', concurrencyOf(context));
		if (live) yield { live: 'begin' };
		const events = transcribe(
			recording,
			{
				...options,
				model,
				platform,
				requestIdUses: uses,
				stream: isStreamed || live,
			},
			{ ...connection, limiter: share },
			signal,
		);
		for await (const event of events) {
			if (event.type === 'progress') continue;
			if (event.type === 'transcript.text.delta') {
				if (live) yield { live: 'item', words: event.delta };
				if (isStreamed) yield { item: { json: { ...event } } };
				continue;
			}
			if (live) yield { live: 'end' };
			const { transcription } = event;
			for (const hint of transcription.warnings) yield { hint };
			const json = transcription as unknown as IDataObject;
			const binary: IBinaryKeyData = {
				...(keepBinary ? context.getInputData()[itemIndex]!.binary : {}),
				...(event.subtitles === undefined
					? {}
					: {
							subtitles: await subtitleFile(context, transcription.audio.fileName, event.subtitles),
						}),
			};
			yield {
				item: {
					json: isStreamed ? { type: event.type, ...json } : json,
					...(Object.keys(binary).length > 0 && { binary }),
				},
			};
		}
	};
}

const SUBTITLE_TYPES = { srt: 'application/x-subrip', vtt: 'text/vtt' };

async function subtitleFile(
	context: IExecuteFunctions,
	recording: string,
	text: string,
): Promise<IBinaryData> {
	const format = text.startsWith('WEBVTT') ? 'vtt' : 'srt';
	const name = `${recording.replace(/\.[^.]*$/, '')}.${format}`;
	return await context.helpers.prepareBinaryData(Buffer.from(text), name, SUBTITLE_TYPES[format]);
}
