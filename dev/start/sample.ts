import { readFileSync } from 'node:fs';
import path from 'node:path';

import type { Segment, Transcription } from '../../core';

const FOLDER = path.join(__dirname, 'samples');

/** A recording that comes with the project, and what is heard in it. */
interface Sample {
	fileName: string;
	/** What a service that hears well writes. */
	expected: string;
	/** Whether the service writes exactly that, rather than its own spelling of it. */
	isExact: boolean;
}

const DIGITS: Sample = {
	fileName: 'digits.wav',
	expected: 'one two three four five six seven eight nine zero star pound',
	isExact: true,
};
const SENTENCE: Sample = {
	fileName: 'sentence.wav',
	expected: 'The quick brown fox jumps over the lazy dog.',
	isExact: false,
};

/**
 * Sends the sample recording that suits the service through the running flows.
 *
 * @param url of Node-RED
 * @returns what to print: the text, a table of segments, and a sentence when the text is not what it should be
 * @throws Error with the node's own sentence when the flow answers with one
 */
export async function transcribeSample(
	url: string,
	{ isLocal, model }: { isLocal: boolean; model: string },
): Promise<string> {
	const sample = isLocal ? DIGITS : SENTENCE;
	const form = new FormData();
	const bytes = readFileSync(path.join(FOLDER, sample.fileName));
	form.append('file', new Blob([bytes], { type: 'audio/wav' }), sample.fileName);
	const answer = await fetch(`${url}/transcribe?model=${encodeURIComponent(model)}`, {
		method: 'POST',
		body: form,
	});
	const body = (await answer.json()) as Transcription & { error?: { message: string } };
	if (body.error) throw new Error(body.error.message);
	return report(sample, body);
}

function report({ fileName, expected, isExact }: Sample, transcription: Transcription): string {
	const { text, segments, model, audio, warnings } = transcription;
	const lines = [
		`dev/start/samples/${fileName} (${audio.duration?.toFixed(1)} s) through the flow, model ${model}:`,
		'',
		`  ${text || '(nothing was heard)'}`,
		...tableOf(segments),
		...warnings.flatMap((warning) => ['', `  Warning: ${warning}`]),
	];
	if (!isExact) lines.push('', `  The recording says: ${expected}`);
	else if (text !== expected) lines.push('', `  That is wrong. It should be: ${expected}`);
	return lines.join('\n');
}

function tableOf(segments: Segment[]): string[] {
	if (segments.length === 0) return [];
	const line = (start: string, end: string, text: string) =>
		`  ${start.padStart(7)}  ${end.padStart(7)}  ${text}`;
	return [
		'',
		line('start', 'end', 'text'),
		...segments.map(({ start, end, text }) => line(start.toFixed(2), end.toFixed(2), text)),
	];
}
