import OpenAI, { toFile } from 'openai';
import { startService, type LocalService } from '../../../dev/service/server';
import { DIGITS_MP3, wavOf } from '../../support/service';

let service: LocalService;
let client: OpenAI;
beforeEach(async () => {
	service = await startService({ apiKey: 'secret' });
	client = new OpenAI({ baseURL: service.url, apiKey: 'secret', maxRetries: 0 });
});
afterEach(() => service.close());

const TEXT = 'zero one two three four five six seven eight nine';

describe.each([
	['wav', wavOf('01234 56789')],
	['mp3', DIGITS_MP3],
])('the official OpenAI SDK transcribes %s', (format, bytes) => {
	test('at once', async () => {
		const file = await toFile(bytes, `memo.${format}`);
		const answer = await client.audio.transcriptions.create({ file, model: 'glm-asr-2512' });
		expect(answer.text).toBe(TEXT);
		expect(service.log[0]?.file).toMatchObject({ name: `memo.${format}`, format });
	});

	test('as a stream', async () => {
		const file = await toFile(bytes, `memo.${format}`);
		const stream = await client.audio.transcriptions.create({
			file,
			model: 'glm-asr-2512',
			stream: true,
		});
		const deltas: string[] = [];
		let text: string | undefined;
		for await (const event of stream) {
			if (event.type === 'transcript.text.delta') deltas.push(event.delta);
			if (event.type === 'transcript.text.done') text = event.text;
		}
		expect(deltas).toEqual(TEXT.split(' '));
		expect(text).toBe(TEXT);
	});
});

test('the SDK asks for segments of the older model', async () => {
	const answer = await client.audio.transcriptions.create({
		file: await toFile(DIGITS_MP3, 'memo.mp3'),
		model: 'glm-asr',
		response_format: 'verbose_json',
		timestamp_granularities: ['segment'],
	});
	expect(answer.segments).toMatchObject([{ id: 0 }, { id: 1 }]);
});

test('the SDK understands a refusal', async () => {
	const wrong = new OpenAI({ baseURL: service.url, apiKey: 'wrong', maxRetries: 0 });
	const file = await toFile(DIGITS_MP3, 'memo.mp3');
	await expect(
		wrong.audio.transcriptions.create({ file, model: 'glm-asr-2512' }),
	).rejects.toMatchObject({ status: 401, code: '1000' });
});

test('the SDK retries what is worth it', async () => {
	const patient = new OpenAI({ baseURL: service.url, apiKey: 'secret', maxRetries: 1 });
	service.inject({ status: 429, headers: { 'retry-after-ms': '10' }, body: {} });
	const file = await toFile(DIGITS_MP3, 'memo.mp3');
	const answer = await patient.audio.transcriptions.create({ file, model: 'glm-asr-2512' });
	expect(answer.text).toBe(TEXT);
	expect(service.log.map(({ outcome }) => outcome)).toEqual(['fault', 'finished']);
});

test('the SDK lists the models', async () => {
	const models = [];
	for await (const { id } of client.models.list()) models.push(id);
	expect(models).toContain('glm-asr-2512');
});
