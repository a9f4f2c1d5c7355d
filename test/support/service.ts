import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { toneSamples, wavBytes, type ToneOptions } from '../../dev/service/tones';
import type { LocalService, RequestRecord } from '../../dev/service/server';

/** The digits 0 to 9 with a pause after 4, 64 kbit/s mono, 2.9 s. */
export const DIGITS_MP3 = readFileSync(join(__dirname, '../fixtures/digits-0123456789.mp3'));

export function wavOf(digits: string, options?: ToneOptions): Uint8Array<ArrayBuffer> {
	const { samples, sampleRate } = toneSamples(digits, options);
	return wavBytes(samples, sampleRate);
}

export function silentWav(seconds: number): Uint8Array<ArrayBuffer> {
	return wavBytes(new Float32Array(Math.round(seconds * 8000)), 8000);
}

export type Fields = Record<string, string | string[] | undefined>;

export interface Asking {
	/** Undefined removes one of the defaults. */
	fields?: Fields;
	/** Null sends no file. */
	bytes?: Uint8Array<ArrayBuffer> | Buffer<ArrayBuffer> | null;
	fileName?: string;
	/** Null sends no key. */
	key?: string | null;
	signal?: AbortSignal;
}

/** Asks for a transcription of the digits 1, 2 and 3, or whatever else is given. */
export function ask(service: LocalService, asking: Asking = {}): Promise<Response> {
	const { bytes = wavOf('123'), fileName = 'a.wav', key = 'secret', signal } = asking;
	const form = new FormData();
	for (const [name, value] of Object.entries({ model: 'glm-asr-2512', ...asking.fields })) {
		for (const one of value === undefined ? [] : [value].flat()) form.append(name, one);
	}
	if (bytes) form.append('file', new Blob([bytes]), fileName);
	return fetch(`${service.url}/audio/transcriptions`, {
		method: 'POST',
		body: form,
		headers: key === null ? {} : { authorization: `Bearer ${key}` },
		signal,
	});
}

/** The data of every event of a stream, parsed unless it is `[DONE]`. */
export function eventsIn(body: string): unknown[] {
	return body
		.split('\n\n')
		.filter((event) => event !== '')
		.map((event) => event.replace(/^data: /, ''))
		.map((data) => (data === '[DONE]' ? data : (JSON.parse(data) as unknown)));
}

/** The log's last record, once its request has ended. */
export async function lastEnded(service: LocalService): Promise<RequestRecord> {
	await until(() => service.log.at(-1)?.endedAt !== undefined);
	return service.log.at(-1)!;
}

/** @throws Error when the condition does not come true within 2 s */
export async function until(condition: () => boolean): Promise<void> {
	const deadline = performance.now() + 2000;
	while (!condition()) {
		if (performance.now() > deadline) throw new Error(`never came true: ${String(condition)}`);
		await new Promise((resolve) => setTimeout(resolve, 2));
	}
}
