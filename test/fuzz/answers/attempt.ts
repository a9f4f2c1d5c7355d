import { setImmediate } from 'node:timers/promises';

import { bytesSource, GlmAsrError, transcribe, type Transcription } from '../../../core';
import { Limiter } from '../../../core/flow/limiter';
import { wavOf } from '../../support/service';
import type { AnswerCase } from './cases';
import { KEY } from './dice';

/** What became of a recording that was answered so. */
export interface AnswerAttempt {
	outcome: 'text' | 'refused';
	/** Seconds of work. */
	spent: number;
	/** The longest stretch of it without a turn for others, in milliseconds. */
	held: number;
	/** Of the answer, as far as it was read. */
	bytes: number;
	/** What must not be. */
	faults: string[];
}

/** Work that an answer may take: so many seconds, and more for each MB of it. */
const MAX_SECONDS = { each: 0.2, perMegabyte: 1.5 };
/** Milliseconds in which nobody else has a turn; collecting garbage is part of it. */
const MAX_HOLD = 250;
const MAX_DELTAS = 20_001;
/** Who is refused for the number of requests comes again for minutes: here the service gives in at last. */
const MAX_REFUSALS = 3;
const MAX_EXTRA = { fields: 50, characters: 80_000 };
const MAX_ERROR_CHARACTERS = 1000;
const OURS = 'text segments id created request_id model audio chunks warnings'.split(' ');

const WAV = wavOf('1');

/** Has a recording answered so, and sees that a result or a clear error comes of it, and at what cost. */
export async function attemptAnswer(answer: AnswerCase): Promise<AnswerAttempt> {
	const faults: string[] = [];
	let bytes = 0;
	let asked = 0;
	async function* body(): AsyncGenerator<Uint8Array> {
		for (const packet of answer.packets) {
			bytes += packet.length;
			yield packet;
		}
		if (answer.breaks) throw Object.assign(new Error(`reset ${KEY}`), { code: 'ECONNRESET' });
	}
	const meter = new Meter();
	let outcome: AnswerAttempt['outcome'] = 'refused';
	let deltas = '';
	let count = 0;
	try {
		const events = transcribe(
			{ source: bytesSource(WAV) },
			{ model: 'glm-asr', stream: true, platform: 'custom', maxRetries: 0, subtitles: 'srt' },
			{
				baseUrl: 'http://service.test/v1',
				transport: async () => (asked++ < MAX_REFUSALS ? { ...answer, body: body() } : heard()),
				limiter: new Limiter(1),
				owner: 'fuzz',
				yieldToEventLoop: () => meter.turn(),
				sleep: async () => {},
				after: () => () => {},
				secret: KEY,
			},
		);
		for await (const event of events) {
			if (event.type === 'transcript.text.delta') {
				deltas += event.delta;
				count++;
			} else if (event.type === 'transcript.text.done') {
				outcome = 'text';
				faults.push(...faultsOf(event.transcription), ...leaks(event));
			}
		}
		if (outcome === 'refused') faults.push('It ended without a result.');
	} catch (error) {
		faults.push(...faultsOfError(error));
	}
	const { spent, held } = meter.end();
	faults.push(...leaks(deltas));
	if (count > MAX_DELTAS) faults.push(`It gave ${count} deltas.`);
	if (Object.keys(Object.prototype).length > 0) faults.push('It changed every object.');
	if (spent > MAX_SECONDS.each + (MAX_SECONDS.perMegabyte * bytes) / 1e6) {
		faults.push(`It took ${spent} s for ${bytes} bytes.`);
	}
	if (held > MAX_HOLD) faults.push(`It held the event loop for ${held} ms.`);
	return { outcome, spent, held, bytes, faults };
}

function heard() {
	const send = async function* () {
		yield new TextEncoder().encode('{"text":"word"}');
	};
	return { status: 200, headers: { 'content-type': 'application/json' }, body: send() };
}

/** Measures work between turns: a busy machine does not count. */
class Meter {
	private readonly began = now();
	private since = this.began;
	private held = 0;

	async turn(): Promise<void> {
		this.held = Math.max(this.held, now() - this.since);
		await setImmediate();
		this.since = now();
	}

	end(): { spent: number; held: number } {
		const end = now();
		return {
			spent: (end - this.began) / 1000,
			held: Math.max(this.held, end - this.since),
		};
	}
}

const now = (): number => process.threadCpuUsage().user / 1000;

function faultsOf(transcription: Transcription): string[] {
	const { text, segments, audio, chunks, warnings, ...others } = transcription;
	const extra = Object.entries(others).filter(([name]) => !OURS.includes(name));
	const times = segments.flatMap(({ start, end }) => [start, end]);
	const isRight = (time: number, index: number): boolean =>
		Number.isFinite(time) && time >= (times[index - 1] ?? 0);
	return [
		...(typeof text === 'string' ? [] : ['Its text is none.']),
		...(times.every(isRight) ? [] : ['Its segments are out of order.']),
		...(audio.format === 'wav' && chunks === 1 && Array.isArray(warnings) ? [] : ['Not ours.']),
		...(extra.length > MAX_EXTRA.fields ? [`It has ${extra.length} fields more.`] : []),
		...(JSON.stringify(extra).length > 6 * MAX_EXTRA.characters ? ['Its fields are large.'] : []),
		...(['constructor', '__proto__', 'type'].some((name) => Object.hasOwn(others, name))
			? ['It has a field that it must not have.']
			: []),
	];
}

function faultsOfError(error: unknown): string[] {
	if (!(error instanceof GlmAsrError)) {
		return [error instanceof Error ? (error.stack ?? error.message) : String(error)];
	}
	const { problem, cure, detail, code, message, partialText } = error;
	const told = [problem, cure, detail, code, message];
	return [
		...(problem && cure && code ? [] : [`The error is unclear: ${message}`]),
		...(told.some((text) => text.length > MAX_ERROR_CHARACTERS) ? ['The error is long.'] : []),
		...leaks([...told, partialText]),
	];
}

function leaks(value: unknown): string[] {
	const text = JSON.stringify(value);
	return [KEY, encodeURIComponent(KEY)].some((form) => text.includes(form))
		? ['The key came out.']
		: [];
}
