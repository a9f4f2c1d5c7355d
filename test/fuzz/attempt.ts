import { setImmediate } from 'node:timers/promises';

import {
	bytesSource,
	GlmAsrError,
	transcribe,
	type Transcription,
	type Transport,
} from '../../core';
import { Limiter } from '../../core/flow/limiter';

/** What became of a recording that was transcribed. */
export interface Attempt {
	outcome: 'whole' | 'partial' | 'refused';
	/** How far its sound was read. */
	seconds: number;
	/** What its pieces cost. */
	requests: number;
	/** What no recording may lead to, if it did. */
	fault?: string;
}

/** Pieces as short as may be, so that small recordings are cut, too. */
const SHORTEST = 2;

/** Transcribes bytes as a host does, to the end, and sees that a result or a clear error comes of it. */
export async function attempt(bytes: Uint8Array, maxChunkSeconds = SHORTEST): Promise<Attempt> {
	let seconds = 0;
	let requests = 0;
	const transport: Transport = async () => {
		requests++;
		return OK;
	};
	try {
		const events = transcribe(
			{ source: bytesSource(bytes) },
			{ model: 'glm-asr', stream: false, platform: 'bigmodel', maxChunkSeconds },
			{
				baseUrl: 'http://service.test/v1',
				transport,
				limiter: new Limiter(4),
				owner: 'fuzz',
				yieldToEventLoop: () => setImmediate(),
				sleep: async () => {},
				after: () => () => {},
			},
		);
		for await (const event of events) {
			if (event.type === 'progress') seconds = event.progress.seconds + maxChunkSeconds;
			if (event.type !== 'transcript.text.done') continue;
			const { transcription } = event;
			const outcome = transcription.warnings.some(isTruncation) ? 'partial' : 'whole';
			return { outcome, seconds, requests, fault: faultOfResult(transcription) };
		}
		return { outcome: 'refused', seconds, requests, fault: 'It ended without a result.' };
	} catch (error) {
		return { outcome: 'refused', seconds, requests, fault: faultOfError(error) };
	}
}

/** A service that hears one word, whatever it is sent: what is tried is how recordings are read. */
const OK: Awaited<ReturnType<Transport>> = {
	status: 200,
	headers: { 'content-type': 'application/json' },
	body: { [Symbol.asyncIterator]: answer },
};

async function* answer(): AsyncGenerator<Uint8Array> {
	yield new TextEncoder().encode('{"text":"word"}');
}

/** Whether a warning says that not all could be read. */
export function isTruncation(warning: string): boolean {
	return warning.startsWith('Only a part');
}

function faultOfResult({ audio, segments, chunks, warnings }: Transcription): string | undefined {
	const { duration, channels, sampleRate, bitRate } = audio;
	const isCount = (value: number): boolean => Number.isFinite(value) && value >= 0;
	if (![duration, channels, sampleRate, bitRate].every(isCount)) {
		return `Its description holds a wrong number: ${JSON.stringify(audio)}`;
	}
	const times = segments.flatMap(({ start, end }) => [start, end]);
	if (!times.every((time, index) => isCount(time) && time >= (times[index - 1] ?? 0))) {
		return `Its segments are out of order: ${JSON.stringify(segments)}`;
	}
	return chunks > 0 || warnings.length > 0
		? undefined
		: 'Nothing of it was read, and neither an error nor a warning says so.';
}

function faultOfError(error: unknown): string | undefined {
	if (!(error instanceof GlmAsrError)) {
		return error instanceof Error ? (error.stack ?? error.message) : String(error);
	}
	const { problem, cure, isInputError, cause } = error;
	// What is not foreseen is a fault, however well it is told.
	if (cause !== undefined) return cause;
	return problem && cure && isInputError ? undefined : `The error is unclear: ${error.message}`;
}
