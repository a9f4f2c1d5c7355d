import type { Segment } from '../../../core';

/** How a transcription ended. */
export interface Done {
	text: string;
	segments: Segment[];
	warnings: string[];
}

type LiveEvent =
	| { type: 'words'; delta: string }
	| ({ type: 'done' } & Done)
	| { type: 'failed'; message: string };

/** Audio, and what the node should know of it. */
export interface Recording {
	audio: Blob;
	filename: string;
	model: string;
}

/**
 * Sends audio through the flow, over a socket of its own; closing that ends the request at the service.
 *
 * @param onWords told of words as they arrive
 * @throws Error with the node's sentence, or the signal's reason
 */
export function transcribeLive(
	{ audio, ...settings }: Recording,
	onWords: (delta: string) => void,
	signal: AbortSignal,
): Promise<Done> {
	const address = new URL('/transcribe/live', location.href);
	address.protocol = address.protocol.replace('http', 'ws');
	const socket = new WebSocket(address);
	return new Promise<Done>((resolve, reject) => {
		signal.addEventListener('abort', () => reject(signal.reason as Error));
		socket.onopen = () => {
			socket.send(JSON.stringify(settings));
			socket.send(audio);
		};
		socket.onmessage = ({ data }) => {
			const event = JSON.parse(data as string) as LiveEvent;
			if (event.type === 'words') onWords(event.delta);
			else if (event.type === 'done') resolve(event);
			else reject(new Error(event.message));
		};
		socket.onclose = () =>
			reject(new Error('Node-RED closed the connection. Is it still running?'));
	}).finally(() => socket.close());
}
