import { inspect } from 'node:util';

import type { IExecuteFunctions } from 'n8n-workflow';

import { startService, type LocalService } from '../../dev/service/server';
import { openInputs } from '../../nodes/GlmAsr/binaries';
import { errorItem, nodeError } from '../../nodes/GlmAsr/failures';
import { run, startEngine, stopEngine, type Run } from '../support/n8n/engine';
import { API_KEY, credentialFor, dialled, parameters, PDF } from '../support/n8n/fixtures';

let service: LocalService;

beforeAll(async () => {
	service = await startService();
	await startEngine('filesystem');
});

afterEach(() => service.clearFaults());

afterAll(async () => {
	await service.close();
	stopEngine();
});

async function transcribe(options: Partial<Run> = {}) {
	const outcome = await run({
		items: [{ binary: { data: dialled('1') } }],
		parameters: parameters(),
		credential: credentialFor(service.url),
		...options,
	});
	expect(inspect(outcome, { depth: Infinity })).not.toContain(API_KEY);
	return outcome;
}

const good = { binary: { data: dialled('1', 'good.wav') } };

test('bad items go to the error output, each with its sentence, and good ones pass', async () => {
	const text = {
		bytes: Buffer.from('Dear all, please find'),
		fileName: 'text.wav',
		mimeType: 'audio/wav',
	};
	const empty = { bytes: new Uint8Array(0), fileName: 'empty.wav', mimeType: 'audio/wav' };
	const { items, failed } = await transcribe({
		items: [
			good,
			{},
			{ binary: { data: empty } },
			{ binary: { data: text } },
			{ binary: { data: PDF } },
			good,
		],
		onError: 'continueErrorOutput',
	});
	expect(items.map(({ json, pairedItem }) => [json.text, pairedItem])).toEqual([
		['one', { item: 0 }],
		['one', { item: 5 }],
	]);
	const details = { statusCode: null, retryable: false, text: '', missing: [] };
	expect(failed).toEqual([
		{
			json: {
				error:
					'The item has no binary field "data". It has no binary fields: check the step that should bring the recording.',
				details: { ...details, code: 'no_audio', fileName: null, property: null },
			},
			pairedItem: { item: 1 },
		},
		{
			json: {
				error: '"empty.wav" is empty (0 bytes). Check the step that produced or downloaded it.',
				details: { ...details, code: 'empty_audio', fileName: 'empty.wav', property: 'data' },
			},
			pairedItem: { item: 2 },
		},
		{
			json: {
				error:
					'"text.wav" is not audio: it looks like text. Point the node at what holds the recording.',
				details: { ...details, code: 'not_audio', fileName: 'text.wav', property: 'data' },
			},
			pairedItem: { item: 3 },
		},
		{
			json: {
				error:
					'"invoice.pdf" is not audio: it looks like a PDF. Point the node at what holds the recording.',
				details: { ...details, code: 'not_audio', fileName: 'invoice.pdf', property: 'data' },
			},
			pairedItem: { item: 4 },
		},
	]);
});

test('one bad field of several does not cost the others', async () => {
	const { items, failed } = await transcribe({
		items: [{ binary: { data: dialled('1'), more: dialled('2') } }],
		parameters: parameters({ binaryPropertyName: 'data,missing,more' }),
		onError: 'continueErrorOutput',
	});
	expect(items.map(({ json }) => json.text)).toEqual(['one', 'two']);
	expect(failed.map(({ json }) => json.error)).toEqual([
		'The item has no binary field "missing". It has "data", "more": set "Input Binary Field" to one of them or to "*".',
	]);
});

test('an error the service reports carries its code and status', async () => {
	service.inject({
		status: 429,
		body: { error: { code: '1113', message: `No balance for Bearer ${API_KEY}` } },
	});
	const { failed } = await transcribe({ onError: 'continueErrorOutput' });
	expect(failed[0]!.json).toEqual({
		error: expect.stringMatching(/^"memo.wav" was not transcribed: the account has no balance/),
		details: {
			code: '1113',
			statusCode: 429,
			retryable: false,
			fileName: 'memo.wav',
			property: 'data',
			text: '',
			missing: [],
		},
	});
});

test('without an error output the node stops: a NodeApiError for what the service said', async () => {
	service.inject({ status: 401, body: { error: { code: '1000', message: 'Wrong key' } } });
	const { error } = await transcribe({ items: [good] });
	expect(error).toMatchObject({
		name: 'NodeApiError',
		httpCode: '401',
		message: '"good.wav" was not transcribed: the service does not accept the API key.',
		description: expect.stringMatching(
			/^Check the API key: .* HTTP 401, code 1000: "Wrong key"\.$/,
		),
		context: { itemIndex: 0 },
	});
});

test('without an error output the node stops: a NodeOperationError for what the user gave', async () => {
	const { error } = await transcribe({ items: [good, {}] });
	expect(error).toMatchObject({
		name: 'NodeOperationError',
		message: 'The item has no binary field "data".',
		description: expect.stringContaining('It has no binary fields'),
		context: { itemIndex: 1 },
	});
});

test.each([
	[
		'temperature',
		{ temperature: 1.5 },
		'The parameter "temperature" is 1.5. It must be a number from 0 to 1.',
	],
	[
		'userId',
		{ userId: 'short' },
		'The parameter "userId" is "short". It must be a text of 6 to 128 characters.',
	],
	[
		'timeout',
		{ timeout: -1 },
		'The parameter "timeout" is -1. It must be a number of seconds greater than 0.',
	],
])('a %s out of range is told before anything is sent', async (_, options, sentence) => {
	const requests = service.log.length;
	const { failed } = await transcribe({
		parameters: parameters({ options }),
		onError: 'continueErrorOutput',
	});
	expect(failed[0]!.json.error).toBe(sentence);
	expect(service.log).toHaveLength(requests);
});

test.each([
	['a hosted platform without a key', { platform: 'bigmodel', apiKey: ' ' }, /has no API key/],
	[
		'a custom platform without an address',
		{ platform: 'custom', baseUrl: '', apiKey: 'x' },
		/^The base URL is ""\./,
	],
	[
		'a server that is not there',
		{ platform: 'custom', baseUrl: 'http://127.0.0.1:9/v1', apiKey: '' },
		/nothing listens at the address/,
	],
])('%s is a sentence', async (_, credential, sentence) => {
	const { failed } = await transcribe({
		credential,
		parameters: parameters({ options: { maxRetries: 0 } }),
		onError: 'continueErrorOutput',
	});
	expect(failed[0]!.json.error).toMatch(sentence);
});

test('a redirect is not followed: the key stays with the address it was given for', async () => {
	const elsewhere = await startService();
	service.inject({
		status: 307,
		headers: { location: `${elsewhere.url}/audio/transcriptions` },
		body: '',
	});
	const { failed } = await transcribe({ onError: 'continueErrorOutput' });
	await elsewhere.close();
	expect(failed[0]!.json.error).toMatch(/the service redirects to another address/);
	expect(elsewhere.log).toEqual([]);
});

test.each([
	['says nothing', { hang: true }, 'did not begin to answer within the time-out'],
	['falls silent in its stream', { stallAfter: 1 }, 'fell silent in the middle of its answer'],
])('a service that %s is given up after the time-out', async (_, fault, sentence) => {
	service.inject(fault);
	const { failed } = await transcribe({
		items: [{ binary: { data: dialled('12') } }],
		parameters: parameters({ stream: true, options: { timeout: 1, maxRetries: 0 } }),
		onError: 'continueErrorOutput',
	});
	expect(failed[0]!.json).toMatchObject({
		error: expect.stringContaining(sentence),
		details: { retryable: true },
	});
});

describe('What comes from outside', () => {
	const EVIL = '\u001b[31m<img src=x onerror=alert(1)>\r\n\u202ex';

	test.each([
		['a recording as base64', 'UklGR'.repeat(17_085)],
		['a data URL', `data:audio/wav;base64,${'UklGR'.repeat(17_085)}`],
		['something evil', EVIL.repeat(99)],
	])('%s in place of a binary field is not repeated in the error', async (_, data) => {
		for (const onError of [undefined, 'continueErrorOutput'] as const) {
			const { failed, error } = await transcribe({
				items: [{ json: { data }, binary: { other: PDF } }],
				parameters: parameters({ binaryPropertyName: '={{ $json.data }}' }),
				onError,
			});
			const shown = onError
				? (failed[0]!.json.error as string)
				: `${error!.message} ${error!.description}`;

			expect(shown).toMatch(/^The item has no binary field ".{1,60}"\. It has "other": set/);
			expect(shown.length).toBeLessThan(300);
			expect(shown).not.toMatch(/[<\p{Cc}\p{Bidi_Control}]/u);
		}
	});

	test('a binary field that is no file is none, whatever it holds', async () => {
		const data = 'UklGR'.repeat(17_085);
		for (const value of [data, { base64: data }, [data], 7, null]) {
			const context = {
				getNodeParameter: (name: string, _: number, usual: unknown) =>
					name === 'binaryPropertyName' ? 'data' : usual,
				getInputData: () => [{ json: {}, binary: { data: value } }],
				getWorkflowSettings: () => ({}),
			} as unknown as IExecuteFunctions;
			const { value: error } = await openInputs(context, 0).next();

			expect(error).toMatchObject({ problem: 'The item has no binary field "data".' });
		}
	});

	test('of an item with many binary fields only some are listed', async () => {
		const binary = Object.fromEntries(
			Array.from({ length: 60 }, (_, index) => [`${index}${EVIL.repeat(9)}`, PDF]),
		);
		for (const wanted of ['data', '*']) {
			const { error } = await transcribe({
				items: [{ binary }],
				parameters: parameters({ binaryPropertyName: wanted, options: { maxRecordings: 100 } }),
			});

			expect(error!.description).toMatch(/ and 55 more: /);
			expect(error!.description!.length).toBeLessThan(700);
			expect(error!.description).not.toMatch(/[<\p{Cc}\p{Bidi_Control}]/u);
		}
	});

	test('is harmless in an error item', async () => {
		service.inject({ status: 400, body: { error: { code: '1214', message: EVIL.repeat(99) } } });
		const { failed } = await transcribe({
			items: [{ binary: { data: dialled('1', `${EVIL}.wav`) } }],
			onError: 'continueErrorOutput',
		});
		const { error, details } = failed[0]!.json as { error: string; details: { fileName: string } };

		expect(error).toMatch(/^"‹img src=x onerror=alert\(1\)› x\.wav" was not transcribed: /);
		expect(error.length).toBeLessThan(1000);
		expect(details.fileName).toBe('‹img src=x onerror=alert(1)› x.wav');
		expect(JSON.stringify(failed[0]!.json)).not.toMatch(/\\u|\\n|\\r|</);
	});
});

test.each(['two\nlines', 'nul\0', 'naïve-key', 'two words', 'zero\u200bwidth'])(
	'the key %j is refused without being shown, and nothing is sent',
	async (apiKey) => {
		const before = service.log.length;
		const { error } = await transcribe({ credential: { ...credentialFor(service.url), apiKey } });

		expect(error!.message).toMatch(
			/^The API key of the credential "GLM-ASR API" holds a line break/,
		);
		expect(inspect(error, { depth: Infinity })).not.toContain(apiKey);
		expect(service.log).toHaveLength(before);
	},
);

test('what nobody foresaw becomes a sentence, with what was thrown as the cause', () => {
	const context = { getNode: () => ({}), isStreaming: () => false } as unknown as IExecuteFunctions;
	const thrown = new TypeError('type.startsWith is not a function');
	const error = nodeError(context, thrown, 3);

	expect(error.message).toBe('Item 3 could not be handled because of an unforeseen fault.');
	expect(error.description).toMatch(/^Run it again; /);
	expect(JSON.parse(JSON.stringify(error.cause))).toEqual({
		message: expect.stringMatching(/^TypeError: type\.startsWith/) as string,
	});
	expect(errorItem(thrown, new Error(), 3).json).toMatchObject({
		error: `${error.message} ${error.description}`,
		details: { code: 'unexpected' },
	});
});
