import { setImmediate } from 'node:timers/promises';

import {
	bytesSource,
	GlmAsrError,
	Limiter,
	transcribe,
	type Transcription,
	type Transport,
} from '../../core';

/** What became of a recording that was transcribed. */
export interface Attempt {
	outcome: 'whole' | 'partial' | 'refused';
	/** How far its sound was read. */
	seconds: number;
	/** Pieces that were sent. */
	requests: number;
	/** Of the error, where it was refused. */
	code?: string;
	/** Sentences. */
	warnings: string[];
	/** What no recording may lead to, if it did. */
	fault?: string;
}

/** Pieces as short as may be, so that small recordings are cut, too. */
const SHORTEST = 2;

/** Transcribes bytes as a host does, to the end, and sees that a result or a clear error comes of it. */
export async function attempt(bytes: Uint8Array, maxChunkSeconds = SHORTEST): Promise<Attempt> {
	let seconds = 0;
	let requests = 0;
	const ended = (outcome: Attempt['outcome'], fault: string | undefined, rest = {}): Attempt => {
		const most = mostRequests(bytes.length, maxChunkSeconds);
		const excess = requests > most ? `${bytes.length} bytes cost ${requests} requests.` : undefined;
		return { outcome, seconds, requests, warnings: [], fault: fault ?? excess, ...rest };
	};
	try {
		const events = transcribe(
			{ source: bytesSource(bytes) },
			{ model: 'glm-asr', stream: false, platform: 'bigmodel', maxChunkSeconds },
			{
				baseUrl: 'http://service.test/v1',
				transport: async (request) => {
					requests++;
					return await transport(request);
				},
				limiter: new Limiter(4),
				owner: 'fuzz',
				yieldToEventLoop: () => setImmediate(),
				sleep: async () => {},
			},
		);
		for await (const event of events) {
			if (event.type === 'progress') seconds = event.progress.seconds + maxChunkSeconds;
			if (event.type !== 'transcript.text.done') continue;
			const { transcription } = event;
			const outcome = transcription.warnings.some(isTruncation) ? 'partial' : 'whole';
			return ended(outcome, faultOfResult(transcription), { warnings: transcription.warnings });
		}
		return ended('refused', 'It ended without a result.');
	} catch (error) {
		const { code } = error as { code?: string };
		return ended('refused', faultOfError(error), { code });
	}
}

/** Seconds of sound that users are promised to pay for at most: 10 minutes, and a second for each 50 bytes beyond. */
const FREE_SECONDS = 600;
const BYTES_PER_SECOND = 50;
/** The shortest piece, as part of the longest: it may end where it is quiet, and repeats some of the one before. */
const SHORTEST_PART = 0.3;

function mostRequests(bytes: number, maxChunkSeconds: number): number {
	const seconds = Math.max(FREE_SECONDS, bytes / BYTES_PER_SECOND);
	return Math.ceil(seconds / (maxChunkSeconds * SHORTEST_PART)) + 1;
}

/** A service that hears one word, whatever it is sent: what is tried is how recordings are read. */
const transport: Transport = async () => ({
	status: 200,
	headers: { 'content-type': 'application/json' },
	body: answer(),
});

async function* answer(): AsyncGenerator<Uint8Array> {
	yield new TextEncoder().encode('{"text":"word"}');
}

/** Whether a warning says that not all could be read. */
export function isTruncation(warning: string): boolean {
	return warning.startsWith('Only a part');
}

function faultOfResult({ audio, segments, chunks }: Transcription): string | undefined {
	const { duration, channels, sampleRate, bitRate } = audio;
	const isCount = (value: number): boolean => Number.isFinite(value) && value >= 0;
	if (![duration, channels, sampleRate, bitRate].every(isCount)) {
		return `Its description holds a wrong number: ${JSON.stringify(audio)}`;
	}
	const times = segments.flatMap(({ start, end }) => [start, end]);
	if (!times.every((time, index) => isCount(time) && time >= (times[index - 1] ?? 0))) {
		return `Its segments are out of order: ${JSON.stringify(segments)}`;
	}
	return chunks > 0 ? undefined : 'Nothing of it was read, and no error says so.';
}

function faultOfError(error: unknown): string | undefined {
	if (!(error instanceof GlmAsrError)) {
		return error instanceof Error ? (error.stack ?? error.message) : String(error);
	}
	const { problem, cure, isInputError } = error;
	return problem && cure && isInputError ? undefined : `The error is unclear: ${error.message}`;
}
