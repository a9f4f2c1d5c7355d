import { readFileSync } from 'node:fs';
import path from 'node:path';

import { startService, type LocalService } from '../../dev/service/server';
import { run, startEngine, stopEngine, type Run } from '../support/n8n/engine';
import { credentialFor, dialled, parameters, PDF } from '../support/n8n/fixtures';

const mp3 = readFileSync(path.resolve(__dirname, '../fixtures/digits-0123456789.mp3'));

let service: LocalService;

beforeAll(async () => {
	service = await startService();
	await startEngine('filesystem');
});

afterAll(async () => {
	await service.close();
	stopEngine();
});

async function transcribe(options: Partial<Run> & Pick<Run, 'items'>) {
	return await run({
		parameters: parameters(),
		credential: credentialFor(service.url),
		...options,
	});
}

test('a recording gives text, segments, ids and what the audio is', async () => {
	const { items } = await transcribe({ items: [{ binary: { data: dialled('123 45') } }] });
	expect(items).toEqual([
		{
			json: {
				text: 'one two three four five',
				segments: [
					{
						id: 0,
						start: expect.closeTo(0.2, 1),
						end: expect.closeTo(0.72, 1),
						text: 'one two three',
					},
					{
						id: 1,
						start: expect.closeTo(1.42, 1),
						end: expect.closeTo(1.74, 1),
						text: 'four five',
					},
				],
				id: expect.any(String),
				created: expect.any(Number),
				request_id: expect.any(String),
				model: 'glm-asr',
				audio: {
					fileName: 'memo.wav',
					mimeType: 'audio/wav',
					format: 'wav',
					codec: 'pcm',
					duration: 1.94,
					channels: 1,
					sampleRate: 16000,
					bitRate: 256000,
					size: 62124,
					property: 'data',
				},
				chunks: 1,
				warnings: [],
			},
			pairedItem: { item: 0 },
		},
	]);
});

test('where the service sends no segments, what was spoken is one', async () => {
	const { items } = await transcribe({
		items: [{ binary: { data: dialled('77') } }],
		parameters: parameters({ model: 'glm-asr-2512' }),
	});
	expect(items[0]!.json).toMatchObject({
		model: 'glm-asr-2512',
		segments: [
			{ id: 0, start: expect.closeTo(0.2, 1), end: expect.closeTo(0.52, 1), text: 'seven seven' },
		],
	});
});

test('an mp3 is sent as it is, whatever its name says', async () => {
	const { items } = await transcribe({
		items: [{ binary: { data: { bytes: mp3, fileName: 'voice.oga', mimeType: 'audio/ogg' } } }],
	});
	expect(items[0]!.json).toMatchObject({
		text: 'zero one two three four five six seven eight nine',
		audio: { fileName: 'voice.oga', mimeType: 'audio/ogg', format: 'mp3', codec: 'mp3' },
	});
	expect(service.log.at(-1)!.file).toMatchObject({
		name: 'voice.mp3',
		mimeType: 'audio/mpeg',
		size: mp3.length,
	});
});

test('a recording of any length goes out in pieces, and comes back as one', async () => {
	const requests = service.log.length;
	const pause = ' '.repeat(30);
	const { items } = await transcribe({
		items: [{ binary: { data: dialled(`12${pause}34${pause}56`, 'long.wav') } }],
		parameters: parameters({ model: 'glm-asr-2512', options: { subtitles: 'vtt' } }),
	});
	expect(items).toHaveLength(1);
	expect(items[0]!.json).toMatchObject({ text: 'one two three four five six', chunks: 2 });
	expect(service.log).toHaveLength(requests + 2);
	expect(items[0]!.binary!.subtitles).toMatchObject({ fileName: 'long.vtt', mimeType: 'text/vtt' });
});

test('a µ-law voicemail is decoded before it is sent', async () => {
	const voicemail = readFileSync(path.resolve(__dirname, '../fixtures/audio/mulaw.wav'));
	const { items } = await transcribe({ items: [{ binary: { data: { bytes: voicemail } } }] });
	expect(items[0]!.json.audio).toMatchObject({ format: 'wav', codec: 'mulaw' });
	expect(service.log.at(-1)!).toMatchObject({ outcome: 'finished', file: { format: 'wav' } });
});

test('silence is a result, not an error', async () => {
	const { items } = await transcribe({ items: [{ binary: { data: dialled('  ') } }] });
	expect(items[0]!.json).toMatchObject({ text: '', segments: [] });
});

test('every item gives its own result, paired with it', async () => {
	const { items } = await transcribe({
		items: [{ binary: { data: dialled('1') } }, { binary: { data: dialled('2') } }],
	});
	expect(items.map(({ json, pairedItem }) => [json.text, pairedItem])).toEqual([
		['one', { item: 0 }],
		['two', { item: 1 }],
	]);
});

describe('Input Binary Field', () => {
	const binary = {
		first: dialled('1', 'first.wav'),
		invoice: PDF,
		// Mail programs call voice memos anything.
		second: { ...dialled('2', 'second'), mimeType: 'application/octet-stream' },
	};

	test('a list of names gives a result for each', async () => {
		const { items } = await transcribe({
			items: [{ binary }],
			parameters: parameters({ binaryPropertyName: 'second, first' }),
		});
		expect(
			items.map(({ json }) => [json.text, (json.audio as { property: string }).property]),
		).toEqual([
			['two', 'second'],
			['one', 'first'],
		]);
	});

	test('"*" finds what is audio by its bytes', async () => {
		const { items } = await transcribe({
			items: [{ binary }],
			parameters: parameters({ binaryPropertyName: '*' }),
		});
		expect(items.map(({ json }) => json.text)).toEqual(['one', 'two']);
	});

	test('"*" without any audio says what was found', async () => {
		const { error } = await transcribe({
			items: [{ binary: { invoice: PDF } }],
			parameters: parameters({ binaryPropertyName: '*' }),
		});
		expect(error).toMatchObject({
			message: expect.stringContaining('The item has no binary field that holds audio.'),
			description: 'It has "invoice" (a PDF): check the step that should bring the recording.',
		});
	});

	test('an expression may yield the binary object itself, as a tool needs it', async () => {
		const { items } = await transcribe({
			items: [{ binary }],
			parameters: parameters({ binaryPropertyName: '={{ $binary.first }}' }),
		});
		expect(items[0]!.json).toMatchObject({ text: 'one', audio: { fileName: 'first.wav' } });
	});

	test('a path names a binary inside the JSON, as in combined binary mode', async () => {
		const { bytes, fileName, mimeType } = dialled('9');
		const file = { data: Buffer.from(bytes).toString('base64'), fileName, mimeType };
		for (const binaryPropertyName of ['mail.files[1]', '*']) {
			const { items } = await transcribe({
				binaryMode: 'combined',
				items: [{ json: { mail: { files: ['a note', file] } } }],
				parameters: parameters({ binaryPropertyName }),
			});
			expect(items.map(({ json }) => json.text)).toEqual(['nine']);
		}
	});
});

describe('options', () => {
	test('each reaches the service in its field', async () => {
		const { items } = await transcribe({
			items: [{ binary: { data: dialled('1') } }],
			parameters: parameters({
				options: {
					temperature: 0,
					prompt: 'digits,\n"dialled"',
					hotwords: 'n8n, 智谱，GLM',
					requestId: 'mine-1',
					userId: 'user-42',
					language: 'en',
				},
			}),
		});
		expect(service.log.at(-1)!.fields).toMatchObject({
			model: 'glm-asr',
			stream: 'false',
			temperature: '0',
			hotwords: ['n8n', '智谱', 'GLM'],
			request_id: 'mine-1',
			user_id: 'user-42',
			language: 'en',
		});
		expect(service.log.at(-1)!.fields.prompt).toMatch(/^digits,\r?\n"dialled"$/);
		expect(items[0]!.json.request_id).toBe('mine-1');
	});

	test('a request id that several recordings share goes out once as it is', async () => {
		const { items } = await transcribe({
			items: [
				{ binary: { data: dialled('1'), more: dialled('2') } },
				{ binary: { data: dialled('3') } },
			],
			parameters: parameters({ binaryPropertyName: '*', options: { requestId: 'shared' } }),
		});
		expect(service.log.slice(-3).map(({ fields }) => fields.request_id)).toEqual([
			'shared',
			'shared-1',
			'shared-2',
		]);
		expect(items.map(({ json }) => json.request_id)).toEqual(['shared', 'shared', 'shared']);
	});

	test('what is not set is not sent', async () => {
		await transcribe({ items: [{ binary: { data: dialled('1') } }] });
		expect(Object.keys(service.log.at(-1)!.fields).sort()).toEqual([
			'model',
			'request_id',
			'stream',
		]);
	});

	test('"Keep Binary" passes the input on', async () => {
		const items = [{ binary: { data: dialled('1') } }];
		const kept = await transcribe({
			items,
			parameters: parameters({ options: { keepBinary: true } }),
		});
		expect(kept.items[0]!.binary!.data).toMatchObject({ fileName: 'memo.wav' });
		const dropped = await transcribe({ items });
		expect(dropped.items[0]!.binary).toBeUndefined();
	});
});

test('a server without a key gets no header at all', async () => {
	await transcribe({
		items: [{ binary: { data: dialled('1') } }],
		credential: { ...credentialFor(service.url), apiKey: '' },
	});
	expect(service.log.at(-1)!.headers).not.toHaveProperty('authorization');
});

test('inspect tells what the audio is and sends nothing', async () => {
	const requests = service.log.length;
	const { items } = await transcribe({
		operation: 'inspect',
		items: [{ binary: { data: dialled('123') } }, { binary: { data: { bytes: mp3 } } }],
		parameters: { binaryPropertyName: 'data' },
	});
	expect(items.map(({ json }) => json)).toEqual([
		{
			audio: {
				fileName: 'memo.wav',
				mimeType: 'audio/wav',
				format: 'wav',
				codec: 'pcm',
				duration: 0.92,
				channels: 1,
				sampleRate: 16000,
				bitRate: 256000,
				size: 29484,
				property: 'data',
			},
		},
		{ audio: expect.objectContaining({ format: 'mp3', codec: 'mp3', size: mp3.length }) },
	]);
	expect(service.log).toHaveLength(requests);
});
