import { randomBytes } from 'node:crypto';
import { hearDigits, type HeardDigit } from './dtmf';
import type { Recording } from './decode';
import { SPEECH_MODELS } from './models';

/** Silence of this length between two words begins a new segment. */
const PAUSE_SECONDS = 0.5;

export interface Segment {
	id: number;
	/** Seconds. */
	start: number;
	end: number;
	text: string;
}

/** The JSON answer. */
export interface Transcription {
	id: string;
	created: number;
	request_id: string;
	model: string;
	segments?: Segment[];
	text: string;
}

/** Writes down what is heard in a recording, in the shape of the documented JSON answer, along with its words. */
export function transcribe(
	recording: Recording,
	model: string,
	requestId: string | undefined,
): { transcription: Transcription; words: HeardDigit[] } {
	const words = hearDigits(recording.samples, recording.sampleRate);
	const id = makeId();
	const transcription: Transcription = {
		id,
		created: Math.floor(Date.now() / 1000),
		request_id: requestId ?? id,
		model,
		...(SPEECH_MODELS[model]?.hasSegments && { segments: segmentsOf(words) }),
		text: textOf(words),
	};
	return { transcription, words };
}

function segmentsOf(words: HeardDigit[]): Segment[] {
	const groups: HeardDigit[][] = [];
	for (const [index, word] of words.entries()) {
		const before = words[index - 1];
		const group = groups.at(-1);
		if (before && group && word.start - before.end < PAUSE_SECONDS) group.push(word);
		else groups.push([word]);
	}
	return groups.map((group, id) => ({
		id,
		start: hundredths(group[0]?.start ?? 0),
		end: hundredths(group.at(-1)?.end ?? 0),
		text: textOf(group),
	}));
}

function textOf(words: HeardDigit[]): string {
	return words.map(({ word }) => word).join(' ');
}

function hundredths(seconds: number): number {
	return Math.round(seconds * 100) / 100;
}

/** Like the platform's own: the time and something random. */
function makeId(): string {
	return new Date().toISOString().replace(/\D/g, '').slice(0, 14) + randomBytes(8).toString('hex');
}
