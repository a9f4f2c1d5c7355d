import { transcribe, type ByteSource, type Connection, type Transcription } from '../../core';
import { Limiter } from '../../core/flow/limiter';

const ANSWER = new TextEncoder().encode(JSON.stringify({ text: 'one two three' }));

/**
 * Transcribes a recording with a service in the same process that takes every upload and answers at
 * once: what that costs is what `core` costs.
 *
 * @param onRequest called for each request before it is answered
 */
export async function transcribeHere(
	source: ByteSource,
	onRequest: () => void = () => {},
): Promise<Transcription> {
	const connection: Connection = {
		baseUrl: 'http://service.test/v1',
		transport: async () => {
			onRequest();
			return { status: 200, headers: { 'content-type': 'application/json' }, body: answer() };
		},
		limiter: new Limiter(4),
		owner: 'bench',
		yieldToEventLoop: () => new Promise((resolve) => setImmediate(resolve)),
		sleep: async () => {},
		after: () => () => {},
	};
	const options = { model: 'glm-asr-2512', platform: 'custom', stream: false } as const;
	for await (const event of transcribe({ source }, options, connection)) {
		if (event.type === 'transcript.text.done') return event.transcription;
	}
	throw new Error('There was no result.');
}

async function* answer(): AsyncGenerator<Uint8Array> {
	yield ANSWER;
}
