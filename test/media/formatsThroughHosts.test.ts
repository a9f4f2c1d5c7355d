import { openAsBlob } from 'node:fs';
import type { Transcription } from '../../core';
import { startService, type LocalService } from '../../dev/service/server';
import { formOf } from '../support/hosts/recordings';
import { startN8n, startNodeRed, type Host } from '../support/hosts/start';
import { digitsRecording } from '../support/media/digits';
import { Encoder } from '../support/media/encoder';
import { ENCODINGS } from '../support/media/encodings';
import { segmentErrors, spokenWords } from '../support/media/segments';

/** For the first the nodes have to make segments, with the second the service sends them. */
const MODELS = ['glm-asr-2512', 'glm-asr'];
/** What is cut without decoding, and what is decoded. */
const FOR_BOTH_MODELS = ['pcm16.wav', 'vbr.mp3', 'moov-last.m4a'];
const CASES = ENCODINGS.flatMap((encoding) => {
	const models = FOR_BOTH_MODELS.includes(encoding.file) ? MODELS : MODELS.slice(0, 1);
	return models.map((model) => ({ ...encoding, model }));
});
/** How far a segment may begin or end from its first or last word, in seconds. */
const TOLERANCE = 0.15;

const recording = digitsRecording();
const encoder = new Encoder(recording.wav);

// The first run has to make the files.
jest.setTimeout(180_000);

describe.each([
	['n8n', startN8n],
	['Node-RED', startNodeRed],
])('Through %s ten minutes of digits come back', (_, startHost) => {
	let service: LocalService;
	let host: Host;
	const figures: string[] = [];

	beforeAll(async () => {
		service = await startService();
		host = await startHost(
			service.url,
			MODELS.map((model) => ({ path: model, model, takes: 'upload' })),
		);
	});

	afterAll(async () => {
		console.log(figures.join('\n'));
		await host?.server.stop();
		await service?.close();
	});

	it.concurrent.each(CASES)(
		'word for word and in time: $file, $model',
		async ({ model, ...encoding }) => {
			const file = await openAsBlob(await encoder.encode(encoding));
			const began = performance.now();
			const answer = await fetch(host.address(model), {
				method: 'POST',
				body: formOf(['data', file, encoding.file]),
			});
			const result = (await answer.json()) as Transcription;
			const seconds = (performance.now() - began) / 1000;
			expect(result).toMatchObject({
				model,
				audio: { format: encoding.format, codec: encoding.codec },
				warnings: [],
			});
			expect(result.text.split(' ')).toEqual(spokenWords(recording.digits));
			expect(result.chunks).toBeGreaterThan(1);
			const error = Math.max(...segmentErrors(result, recording.digits));
			figures.push(
				`${encoding.file}, ${model}: ${result.segments.length} segments, off by ${error.toFixed(3)} s at most; ${seconds.toFixed(1)} s`,
			);
			expect(error).toBeLessThan(TOLERANCE);
		},
	);
});
