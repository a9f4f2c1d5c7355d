import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';

/** What the service answered, and where a fault may do with it as it likes. */
export interface Exchange {
	answer: { status: number; headers: IncomingHttpHeaders; body: Buffer };
	response: ServerResponse;
	/** What the client sent as its key; a careless server repeats it. */
	authorization: string;
	/** From 0 up to 1. */
	random: number;
}

export interface Fault {
	name: string;
	weight: number;
	/** Left out: both kinds of answer. */
	on?: 'json' | 'stream';
	/** Whether the transcript can still be had of this answer; 'maybe': a client may take it or ask again. */
	leavesTranscript: 'yes' | 'no' | 'maybe';
	/** Of what is limited, if it is not a try: a refusal for the number of requests costs none, a time-out comes twice at most. */
	costs?: 'place' | 'time-out';
	send(exchange: Exchange): void | Promise<void>;
}

const AT_ONCE = { 'retry-after': '0' };
/** A stall costs the client's whole time-out. */
const RARE = 0.1;

const TOO_MANY: Fault['send'] = ({ response, authorization }) => {
	const error = { code: '1302', message: `Too many requests of ${authorization}` };
	end(response, 429, 'application/json', JSON.stringify({ error }));
};

/** Befalls all requests for a while. */
export const STORM: Fault = {
	name: '429, a storm',
	weight: 1,
	leavesTranscript: 'no',
	costs: 'place',
	send: TOO_MANY,
};

/** Everything that goes wrong between a client and a service that means well. */
export const FAULTS: readonly Fault[] = [
	{
		name: '429, too many at once',
		weight: 1,
		leavesTranscript: 'no',
		costs: 'place',
		send: TOO_MANY,
	},
	...[500, 502].map((status): Fault => ({
		name: `${status}, a page of HTML`,
		weight: 1,
		leavesTranscript: 'no',
		send: ({ response, authorization }) => {
			const page = `<html><title>${status} for ${authorization}</title><body>…</body></html>`;
			end(response, status, 'text/html', page);
		},
	})),
	{
		name: 'reset before the answer',
		weight: 1,
		leavesTranscript: 'no',
		send: ({ response }) => reset(response),
	},
	{
		name: 'reset inside the answer',
		weight: 1,
		leavesTranscript: 'no',
		send: async ({ response, answer }) => {
			begin(response, answer);
			await write(response, firstHalf(answer.body));
			reset(response);
		},
	},
	{
		name: 'reset behind the answer',
		weight: 1,
		leavesTranscript: 'maybe',
		send: async ({ response, answer }) => {
			begin(response, answer, { 'content-length': answer.body.length });
			await write(response, answer.body);
			reset(response);
		},
	},
	{
		name: 'stall before the answer',
		weight: RARE,
		leavesTranscript: 'no',
		costs: 'time-out',
		send: ({ response }) => untilGone(response),
	},
	{
		name: 'stall inside the answer',
		weight: RARE,
		leavesTranscript: 'no',
		send: async ({ response, answer }) => {
			begin(response, answer);
			await write(response, firstHalf(answer.body));
			await untilGone(response);
		},
	},
	{
		name: 'closed behind the headers',
		weight: 1,
		leavesTranscript: 'no',
		send: ({ response, answer }) => {
			begin(response, answer);
			response.flushHeaders();
			response.socket?.end();
		},
	},
	{
		// Without length or chunks the end of the connection is the end of the answer, as HTTP/1.0 had it.
		name: 'closed inside an answer of no stated length',
		weight: 1,
		leavesTranscript: 'no',
		send: ({ response, answer }) => {
			response.useChunkedEncodingByDefault = false;
			begin(response, answer, { connection: 'close' });
			response.end(firstHalf(answer.body));
		},
	},
	{
		name: 'slow drip',
		weight: 1,
		leavesTranscript: 'yes',
		send: async ({ response, answer: { body, ...answer } }) => {
			begin(response, { ...answer, body });
			for (let at = 0; at < body.length; at += DRIP) {
				await write(response, body.subarray(at, at + DRIP));
				await sleep(1);
			}
			response.end();
		},
	},
	{
		name: 'wrong content type',
		weight: 1,
		leavesTranscript: 'yes',
		send: ({ response, answer, random }) => {
			const types = [
				'text/html',
				'application/octet-stream',
				'application/json',
				'text/event-stream',
			];
			const type = types[Math.floor(random * types.length)];
			begin(response, answer, { 'content-type': type });
			response.end(answer.body);
		},
	},
	{
		name: 'stated length too short',
		weight: 1,
		leavesTranscript: 'no',
		send: ({ response, answer }) => {
			begin(response, answer, { 'content-length': answer.body.length >> 1 });
			response.end(answer.body);
		},
	},
	{
		name: 'stated length too long',
		weight: 1,
		leavesTranscript: 'maybe',
		send: async ({ response, answer }) => {
			begin(response, answer, { 'content-length': answer.body.length + 10 });
			await write(response, answer.body);
			response.socket?.end();
		},
	},
	{
		name: 'truncated gzip',
		weight: 1,
		leavesTranscript: 'no',
		send: ({ response, answer }) => {
			const half = firstHalf(gzipSync(answer.body));
			begin(response, answer, { 'content-encoding': 'gzip', 'content-length': half.length });
			response.end(half);
		},
	},
	{
		name: 'doubled deltas',
		weight: 2,
		on: 'stream',
		leavesTranscript: 'yes',
		send: ({ response, answer }) => {
			const events = eventsOf(answer.body);
			sendEvents(response, answer, [
				...events.flatMap((event) => (isDelta(event) ? [event, event] : [event])),
			]);
		},
	},
	{
		name: 'deltas out of order',
		weight: 2,
		on: 'stream',
		leavesTranscript: 'yes',
		send: ({ response, answer }) => {
			const events = eventsOf(answer.body);
			const deltas = events.filter(isDelta);
			const others = events.filter((event) => !isDelta(event));
			sendEvents(response, answer, [...deltas.reverse(), ...others]);
		},
	},
	{
		name: 'stream broken behind some deltas',
		weight: 2,
		on: 'stream',
		leavesTranscript: 'no',
		send: async ({ response, answer, random }) => {
			const deltas = eventsOf(answer.body).filter(isDelta);
			begin(response, answer);
			await write(response, deltas.slice(0, Math.ceil(random * deltas.length)).join(''));
			reset(response);
		},
	},
	{
		name: 'error in the middle of a stream',
		weight: 2,
		on: 'stream',
		leavesTranscript: 'no',
		send: ({ response, answer, random, authorization }) => {
			const deltas = eventsOf(answer.body).filter(isDelta);
			const error = { code: '1234', message: `Network error, ${authorization}` };
			sendEvents(response, answer, [
				...deltas.slice(0, Math.floor(random * deltas.length)),
				`data: ${JSON.stringify({ error })}\n\n`,
				'data: [DONE]\n\n',
			]);
		},
	},
];

/** Those that cost no time-out, however busy the machine. */
export const SWIFT_FAULTS = FAULTS.filter(({ name }) => !name.startsWith('stall'));

const DRIP = 32;

/** Sends the answer as it is. */
export function passOn({ response, answer }: Pick<Exchange, 'response' | 'answer'>): void {
	begin(response, answer, { 'content-length': answer.body.length });
	response.end(answer.body);
}

function begin(
	response: ServerResponse,
	{ status, headers }: Exchange['answer'],
	changes: Record<string, string | number | undefined> = {},
): void {
	response.writeHead(status, {
		'content-type': headers['content-type'],
		...changes,
	});
}

function end(response: ServerResponse, status: number, type: string, body: string): void {
	const length = Buffer.byteLength(body);
	response.writeHead(status, { ...AT_ONCE, 'content-type': type, 'content-length': length });
	response.end(body);
}

/** Hands bytes to the socket; who has gone does not matter here. */
function write(response: ServerResponse, bytes: string | Uint8Array): Promise<void> {
	return new Promise((resolve) => response.write(bytes, () => resolve()));
}

function reset(response: ServerResponse): void {
	response.socket?.resetAndDestroy();
}

function untilGone(response: ServerResponse): Promise<void> {
	return new Promise((resolve) => response.once('close', resolve));
}

const firstHalf = (bytes: Buffer): Buffer => bytes.subarray(0, bytes.length >> 1);

const eventsOf = (body: Buffer): string[] =>
	body
		.toString()
		.split(/(?<=\n\n)/)
		.filter((event) => event !== '');

const isDelta = (event: string): boolean => event.includes('transcript.text.delta');

function sendEvents(response: ServerResponse, answer: Exchange['answer'], events: string[]): void {
	begin(response, answer);
	for (const event of events) response.write(event);
	response.end();
}
