import { Dice, KEY } from './dice';
import { JsonWriter } from './jsonWriter';

/** An answer of a hostile or broken service. */
export interface AnswerCase {
	description: string;
	status: number;
	headers: Record<string, string>;
	/** In packets, as they arrive. */
	packets: Uint8Array[];
	/** The connection breaks after them. */
	breaks: boolean;
}

const END = '[DONE]';

/** A case by seed and number: the same on every machine. */
export function answerCase(seed: number, index: number): AnswerCase {
	const dice = new Dice(seed, index);
	const [form, make] = dice.of(FORMS);
	const text = make(dice, new JsonWriter(dice));
	const [split, packets] = cut(new TextEncoder().encode(damage(text, dice)), dice);
	const status = dice.chance(0.15) ? dice.of([400, 401, 429, 500, 503]) : 200;
	return {
		description: `${form}, ${text.length} characters, ${split}, HTTP ${status}`,
		status,
		headers: headersOf(dice),
		packets,
		breaks: dice.chance(0.1),
	};
}

const FORMS: [string, (dice: Dice, json: JsonWriter) => string][] = [
	['JSON', (_, json) => json.body()],
	['JSON', (_, json) => json.body()],
	['any JSON', (_, json) => json.any()],
	['an error', (_, json) => json.error()],
	['an event stream', eventStream],
	['an event stream', eventStream],
	['an event stream', eventStream],
	['many deltas', manyDeltas],
	['a page', page],
	['white space', (dice) => dice.of([' ', '\n', '\r\n', '\t', '\r']).repeat(dice.size(500_000))],
];

function eventStream(dice: Dice, json: JsonWriter): string {
	const events = Array.from({ length: dice.size(200) }, () => event(dice, json));
	if (dice.chance(0.7)) events.splice(dice.below(events.length + 1), 0, eventOf(json.done(), dice));
	if (dice.chance(0.7)) events.push(eventOf(END, dice));
	return events.join('');
}

function manyDeltas(dice: Dice, json: JsonWriter): string {
	const some = eventOf(json.delta(), dice);
	const count = dice.size(Math.min(40_000, 3_000_000 / some.length));
	return some.repeat(count) + eventOf(dice.of([json.done(), END]), dice);
}

function event(dice: Dice, json: JsonWriter): string {
	const kind = dice.below(12);
	if (kind < 6) return eventOf(json.delta(), dice);
	if (kind === 6) return `: ${json.words()}\n\n`;
	if (kind === 7) return dice.of(['\n', '\r', '\r\n', ' \n', ':\n']).repeat(dice.size(10_000));
	if (kind === 8) return `${dice.of(['id', 'event', 'retry', 'x'])}: ${json.words()}\n`;
	if (kind === 9) return eventOf(json.any(), dice);
	if (kind === 10 && dice.chance(0.1)) return `event: error\n${eventOf(json.error(), dice)}`;
	return eventOf('{"type":"ping"}', dice);
}

function eventOf(data: string, dice: Dice): string {
	const end = dice.chance(0.9) ? '\n' : dice.of(['\r', '\r\n']);
	const lines = dice.chance(0.9) ? data : data.replaceAll(',', `,${end}data:`);
	return `data:${dice.of(['', ' '])}${lines}${end}${end}`;
}

function page(dice: Dice, json: JsonWriter): string {
	const opening = dice.of(['<title', '<title>', '<title ', '<html><title>', '<!DOCTYPE html>']);
	return opening.repeat(dice.size(20_000)) + json.words() + dice.of(['', '</title>', KEY]);
}

/** Now and then something is missing, or there twice. */
function damage(text: string, dice: Dice): string {
	if (!dice.chance(0.15)) return text;
	const from = dice.below(text.length + 1);
	const to = Math.min(text.length, from + dice.size(text.length + 1));
	return dice.chance(0.5)
		? text.slice(0, from) + text.slice(to)
		: text.slice(0, to) + text.slice(from);
}

function cut(bytes: Uint8Array, dice: Dice): [string, Uint8Array[]] {
	const sizes: [string, () => number][] = [
		['at once', () => bytes.length],
		['in packets', () => 1 + dice.below(65_536)],
		['in crumbs', () => 1 + dice.below(Math.max(3, bytes.length / 2000))],
	];
	const [name, size] = dice.of(sizes);
	const packets: Uint8Array[] = [];
	for (let at = 0; at < bytes.length;) {
		const end = at + size();
		packets.push(bytes.subarray(at, end));
		at = end;
	}
	return [name, packets];
}

function headersOf(dice: Dice): Record<string, string> {
	return {
		'content-type': dice.of([
			'application/json',
			'text/event-stream',
			'text/html',
			'x'.repeat(9000),
		]),
		...(dice.chance(0.1) && { 'content-length': String(dice.size(100_000)) }),
		...(dice.chance(0.1) && { 'retry-after': `Mon, ${' '.repeat(dice.size(15_000))}x` }),
		...(dice.chance(0.1) && { location: `https://x/?key=${KEY}${'/'.repeat(dice.size(15_000))}` }),
	};
}
