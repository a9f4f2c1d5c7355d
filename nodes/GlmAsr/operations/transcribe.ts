import type { IBinaryData, IBinaryKeyData, IDataObject, IExecuteFunctions } from 'n8n-workflow';

import {
	DEFAULT_CONCURRENCY,
	Limiter,
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
	/** Of all items: what the service takes at a time holds for all. */
	let limiter: Limiter | undefined;
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

		limiter ??= new Limiter(options.concurrency || DEFAULT_CONCURRENCY);

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
			{ ...connection, limiter },
			context.getExecutionCancelSignal(),
		);
		for await (const event of events) {
			if (event.type === 'progress') continue;
			if (event.type === 'transcript.text.delta') {
				await live?.add(event.delta);
				if (isStreamed) yield { json: { ...event } };
				continue;
			}
			await live?.end();
			const { transcription } = event;
			hint(context, transcription.warnings);
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
				json: isStreamed ? { type: event.type, ...json } : json,
				...(Object.keys(binary).length > 0 && { binary }),
			};
		}
	};
}

/** The editor shows hints beside the output. */
function hint(context: IExecuteFunctions, warnings: string[]): void {
	context.addExecutionHints(
		...warnings.map((message) => ({ message, location: 'outputPane' as const })),
	);
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
