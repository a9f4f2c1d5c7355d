import { askJson } from '../../support/core';

const TEXT = "How's the weather here? What can you see?";

describe('A JSON answer', () => {
	test('is read as the reference shows it', async () => {
		const { answer, deltas } = await askJson({
			created: 1744008189,
			id: '20250407144308ac3f',
			request_id: '20250407144308ac3f',
			model: 'glm-asr',
			segments: [{ end: 3.5, id: 0, start: 0.2, text: TEXT }],
			text: TEXT,
		});

		expect(deltas).toEqual([]);
		expect(answer).toEqual({
			text: TEXT,
			segments: [{ id: 0, start: 0.2, end: 3.5, text: TEXT }],
			id: '20250407144308ac3f',
			created: 1744008189,
			request_id: '20250407144308ac3f',
			model: 'glm-asr',
			extra: {},
		});
	});

	test.each<[string, object, object]>([
		['a number as id', { id: 7, request_id: 8 }, { id: '7', request_id: '8' }],
		['a text as time', { created: '1744008189' }, { created: 1744008189 }],
		[
			'fields we do not know',
			{ usage: { seconds: 4 }, language: 'zh' },
			{ extra: { usage: { seconds: 4 }, language: 'zh' } },
		],
		['an error field that is null', { error: null }, { text: TEXT }],
	])('may have %s', async (_, fields, expected) => {
		expect((await askJson({ text: TEXT, ...fields })).answer).toMatchObject(expected);
	});

	test.each<[string, object]>([
		['missing', {}],
		['null', { id: null, created: null, request_id: null, model: null }],
		['of a wrong type', { id: {}, created: 'soon', request_id: [], model: true }],
		['a blank time', { created: ' ' }],
	])('may have ids that are %s: then they count as absent', async (_, fields) => {
		expect((await askJson({ text: TEXT, ...fields })).answer).toEqual({
			text: TEXT,
			segments: [],
			extra: {},
		});
	});

	test('may have fields named like parts of every object', async () => {
		const { answer } = await askJson(
			JSON.parse(`{"text":"${TEXT}","__proto__":{"polluted":1},"constructor":2}`),
		);

		expect(answer).toMatchObject({ text: TEXT, extra: {} });
		expect(Object.keys(answer!.extra)).toEqual([]);
		expect(({} as { polluted?: number }).polluted).toBeUndefined();
		expect((answer as unknown as { polluted?: number }).polluted).toBeUndefined();
	});

	test.each<[string, object, string]>([
		['is empty, as of silence', { text: '' }, ''],
		['is null', { text: null }, ''],
		['keeps its spaces and line ends', { text: ' a\nb ' }, ' a\nb '],
		[
			'is that of the segments where it is null',
			{
				text: null,
				segments: [
					{ start: 0, end: 1, text: ' a' },
					{ start: 1, end: 2, text: ' b' },
				],
			},
			'a b',
		],
		[
			'is that of the segments where there is none',
			{
				segments: [
					{ start: 0, end: 1, text: 'a' },
					{ start: 1, end: 2, text: 'b' },
				],
			},
			'a b',
		],
	])('has a text that %s', async (_, body, text) => {
		expect((await askJson(body)).answer?.text).toBe(text);
	});

	test.each<[string, unknown, unknown[]]>([
		['absent', undefined, []],
		['null', null, []],
		['empty', [], []],
		['no list', { id: 0 }, []],
		['a list of no objects', [null, 'a', 1, []], []],
		[
			'numbers as text',
			[{ id: '3', start: '0.2', end: '3.5', text: 'a' }],
			[{ id: 3, start: 0.2, end: 3.5, text: 'a' }],
		],
		[
			'without ids: then they are counted',
			[
				{ start: 0, end: 1, text: 'a' },
				{ start: 1, end: 2, text: 'b' },
			],
			[
				{ id: 0, start: 0, end: 1, text: 'a' },
				{ id: 1, start: 1, end: 2, text: 'b' },
			],
		],
		[
			'with more fields, as of whisper',
			[{ id: 0, seek: 0, start: 0, end: 1, text: 'a', tokens: [1], avg_logprob: -1 }],
			[{ id: 0, start: 0, end: 1, text: 'a' }],
		],
		['without text', [{ id: 0, start: 0, end: 1 }], [{ id: 0, start: 0, end: 1, text: '' }]],
		[
			'partly without times: those are left out',
			[
				{ id: 0, text: 'a' },
				{ id: 1, start: 1, end: 2, text: 'b' },
				{ id: 2, start: 'x', end: null, text: 'c' },
			],
			[{ id: 1, start: 1, end: 2, text: 'b' }],
		],
		[
			'of silence, from 0 to 0',
			[{ id: 0, start: 0, end: 0, text: 'a' }],
			[{ id: 0, start: 0, end: 0, text: 'a' }],
		],
	])('may have segments that are %s', async (_, segments, expected) => {
		expect((await askJson({ text: TEXT, segments })).answer).toMatchObject({
			text: TEXT,
			segments: expected,
		});
	});

	test.each<[string, unknown]>([
		['no text and no segments', { id: 'a' }],
		['a text that is none', { text: 5 }],
		['an empty object', {}],
		['no object', null],
		['a list', [{ text: 'a' }]],
	])('with %s is no transcript', async (_, body) => {
		expect(await askJson(body)).toMatchObject({ error: { code: 'bad_answer', retryable: true } });
	});

	test.each<[string, object, object]>([
		[
			'an error object',
			{ error: { code: '1302', message: 'busy' } },
			{ code: '1302', retryable: true },
		],
		[
			'an error object and a text that is null',
			{ error: { code: '1301', message: 'no' }, text: null },
			{ code: '1301', retryable: false },
		],
		[
			'an error object and an empty text',
			{ error: { code: '1301', message: 'no' }, text: '' },
			{ code: '1301', retryable: false },
		],
		[
			'a code and a message',
			{ code: 1113, message: 'no balance' },
			{ code: '1113', retryable: false },
		],
		[
			'a code, a msg and success: false',
			{ code: 500, msg: 'internal', success: false },
			{ code: '500', retryable: true },
		],
		['an error text', { error: 'failed to read WAV file' }, { retryable: true }],
	])('with %s is an error though its status is 200', async (_, body, expected) => {
		expect(await askJson(body)).toMatchObject({ answer: undefined, error: expected });
	});
});
