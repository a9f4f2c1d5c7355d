import { transcribe } from '../../../core';
import { bytesSource } from '../../../core/audio/source/bytes';
import {
	askJson,
	askStream,
	collect,
	connectionTo,
	data,
	delta,
	done,
	DONE,
	EVENT_STREAM,
	failureOf,
	ScriptedService,
} from '../../support/core';
import { recording } from '../../support/audio/recordings';

const chunk = (content: string | undefined, finish_reason: unknown = null): string =>
	data({
		id: 'a',
		created: 1,
		model: 'glm-asr-2512',
		choices: [{ delta: { content }, finish_reason }],
	});

const BAD: [string, { code: string; retryable: boolean }][] = [
	['network_error', { code: 'incomplete_answer', retryable: true }],
	['abort', { code: 'incomplete_answer', retryable: true }],
	['error', { code: 'incomplete_answer', retryable: true }],
	['length', { code: 'incomplete_answer', retryable: false }],
	['sensitive', { code: '1301', retryable: false }],
	['content_filter', { code: '1301', retryable: false }],
];

describe.each(BAD)('A transcript that ends with "%s" is no whole one', (reason, expected) => {
	const told = {
		...expected,
		partialText: 'one two',
		isAboutPiece: true,
		detail: `The service ended its answer with "${reason}".`,
	};

	test.each([
		['with the last words', [chunk('one'), chunk(' two', reason), DONE]],
		['after them', [chunk('one two'), chunk('', reason), DONE]],
		['without [DONE]', [chunk('one two', reason)]],
		['and no blank line', [chunk('one two'), chunk('', reason).trimEnd()]],
		['beside deltas', [delta('one two'), data({ choices: [{ finish_reason: reason }] }), DONE]],
		[
			'of a second choice',
			[chunk('one two'), data({ choices: [null, { finish_reason: reason }] })],
		],
		[
			'in the done event',
			[delta('one'), done('one two', { choices: [{ finish_reason: reason }] })],
		],
		['of the event itself', [delta('one two'), done('', { finish_reason: reason }), DONE]],
	])('%s', async (_, body) => {
		const { deltas, answer, error } = await askStream(...body);

		expect(deltas.join('')).toBe('one two');
		expect(answer).toBeUndefined();
		expect(error).toMatchObject(told);
	});

	test.each([[{ choices: [{ finish_reason: reason }] }], [{ finish_reason: reason }]])(
		'in JSON: %j',
		async (ending) => {
			const { deltas, answer, error } = await askJson({ text: 'one two', ...ending });

			expect({ deltas, answer }).toEqual({ deltas: ['one two'], answer: undefined });
			expect(error).toMatchObject(told);
		},
	);

	test('to the user, with the text so far, and is tried again where that may help', async () => {
		for (const stream of [true, false]) {
			const body = stream
				? [chunk('one two', reason), DONE]
				: [JSON.stringify({ text: 'one two', choices: [{ finish_reason: reason }] })];
			const service = new ScriptedService({ headers: stream ? EVENT_STREAM : {}, body });
			const input = { source: bytesSource(recording('pcm16.wav')), fileName: 'memo.wav' };
			const options = {
				model: 'glm-asr-2512',
				platform: 'bigmodel',
				stream,
				maxRetries: 2,
			} as const;
			const error = await failureOf(() =>
				collect(transcribe(input, options, connectionTo(service.transport))),
			);

			expect(error).toMatchObject({ ...expected, partialText: 'one two' });
			expect(service.requests).toHaveLength(expected.retryable ? 3 : 1);
		}
	});
});

test.each(['stop', 'eos', '', null, undefined, 7, { toString: () => 'error' }, 'constructor'])(
	'a transcript that ends with %j is whole',
	async (reason) => {
		const { answer, error } = await askStream(chunk('one', null), chunk(' two', reason), DONE);

		expect(error).toBeUndefined();
		expect(answer?.text).toBe('one two');
	},
);

test('a broken-off piece is tried again, and the words are not repeated', async () => {
	const service = new ScriptedService(
		{ headers: EVENT_STREAM, body: [chunk('one', 'network_error'), DONE] },
		{ headers: EVENT_STREAM, body: [chunk('one'), chunk(' two', 'stop'), DONE] },
	);
	const input = { source: bytesSource(recording('pcm16.wav')), fileName: 'memo.wav' };
	const options = { model: 'glm-asr-2512', platform: 'zai', stream: true } as const;
	const events = await collect(transcribe(input, options, connectionTo(service.transport)));

	expect(events.flatMap((event) => ('delta' in event ? [event.delta] : [])).join('')).toBe(
		'one two',
	);
	expect(events.at(-1)).toMatchObject({ transcription: { text: 'one two', warnings: [] } });
});
