import { LengthLimit } from '../../core/audio/length';
import { inspectAudio, resolveBaseUrl, transcribe, type Transcription } from '../../core';
import type { Recording } from '../../core/audio/recording';
import type { GlmAsrError } from '../../core/errors/error';
import { bytesSource } from '../../core/audio/source/bytes';
import { Result } from '../../core/result';
import { ascii, chunk, pcmFormat, recording, wav } from '../support/audio/recordings';
import {
	collect,
	connectionTo,
	failureOf,
	json,
	refusalOf,
	ScriptedService,
} from '../support/core';
import { zhipu } from '../support/errors';

const EVIL = `\u001b[31m<img src=x onerror=alert(1)>\r\n\u202e\ud800${'A'.repeat(85_424)}`;
const USUAL = { model: 'glm-asr-2512', platform: 'zai' } as const;

/** What users are shown must be lines that harm nothing. */
function expectHarmless(shown: unknown, most = Infinity): void {
	const text = JSON.stringify(shown, (_, value: unknown) =>
		typeof value === 'string' ? value.replace(/\\/g, '') : value,
	);
	expect(text).not.toMatch(/\\u|\\n|\\r|<|[\u202e\u2066]/);
	expect(text.length).toBeLessThan(most);
}

async function transcribed(fileName: string): Promise<Transcription> {
	const input = {
		source: bytesSource(recording('pcm16.wav')),
		fileName,
		mimeType: EVIL,
		property: EVIL,
	};
	const { transport } = new ScriptedService(json({ text: 'one' }));
	const events = await collect(transcribe(input, USUAL, connectionTo(transport)));
	const last = events.at(-1)!;
	if (last.type !== 'transcript.text.done') throw new Error('The whole did not come last.');
	return last.transcription;
}

test('names that came with a recording are harmless in its result', async () => {
	const { audio } = await transcribed(EVIL);

	expectHarmless(audio, 1000);
	expect(audio.fileName).toMatch(/^‹img src=x onerror=alert\(1\)› \ufffdA+…$/);
	expect(audio.fileName).toHaveLength(200);
	expect((await transcribed('\u202e\u200b')).audio.fileName).toBe('audio.wav');
});

test.each<[string, () => unknown]>([
	['an empty file', () => inspect('')],
	['no audio', () => inspect('Dear all, please find')],
	['a damaged file', () => inspect('\0\0\0\x0cftypM4A ')],
	[
		'what the service said',
		() => throwing(refusalOf(zhipu(400, EVIL, EVIL), { subject: 'a.wav' })),
	],
	['what the network said', () => throwing(refusalOf(new Error(EVIL)))],
	[
		'where a redirect leads',
		() => throwing(refusalOf({ status: 302, headers: { location: EVIL } })),
	],
	...['model', 'prompt', 'userId', 'requestId', 'temperature', 'subtitles', 'stream'].map(
		(name): [string, () => unknown] => [
			`the option ${name}`,
			() => start({ [name]: name === 'prompt' || name === 'model' ? { a: EVIL } : EVIL }),
		],
	),
	['the platform', () => resolveBaseUrl({ platform: EVIL as 'custom' })],
	['the base URL', () => resolveBaseUrl({ platform: 'custom', baseUrl: `me:secret@${EVIL}` })],
])('an error about %s is harmless and at most 1000 characters long', async (_, action) => {
	const { problem, cure, detail, code, cause } = await failureOf(action);

	expectHarmless({ problem, cure, detail, code }, 1060);
	expect([problem, cure, detail].filter(Boolean).join(' ').length).toBeLessThan(1000);
	expect(problem).not.toContain('secret');
	expect(cause).toBeUndefined();
});

async function throwing(error: Promise<GlmAsrError>): Promise<never> {
	throw await error;
}

function inspect(text: string): Promise<unknown> {
	return inspectAudio({ source: bytesSource(ascii(text)), fileName: EVIL });
}

function start(options: object): Promise<unknown> {
	const input = { source: bytesSource(recording('pcm16.wav')), fileName: EVIL };
	const { transport } = new ScriptedService(json({ text: 'one' }));
	return collect(transcribe(input, { ...USUAL, ...options }, connectionTo(transport)));
}

test('a failure in many places of a recording names the first of them', async () => {
	const bytes = wav(pcmFormat({ rate: 8000, bits: 8 }), chunk('data', noise(8000 * 240)));
	const input = { source: bytesSource(bytes), fileName: EVIL };
	let count = 0;
	const ok = new ScriptedService(json({ text: 'one' }));
	const bad = new ScriptedService(zhipu(400, '1214', EVIL.slice(0, 5000)));
	const connection = connectionTo((request) => (count++ % 2 === 0 ? ok : bad).transport(request));
	const options = { ...USUAL, maxChunkSeconds: 4, concurrency: 1 };
	const error = await failureOf(() => collect(transcribe(input, options, connection)));

	expect(error.missing.length).toBeGreaterThan(10);
	expect(error.problem).toMatch(/and \d+ more: /);
	expect(`${error.message} ${error.detail}`.length).toBeLessThan(1000);
});

function noise(length: number): Uint8Array {
	let state = 1;
	const random = () => (state = (state * 48271) % 2147483647) % 256;
	return new Uint8Array(length).map(random);
}

test('whatever else is thrown becomes a sentence', async () => {
	const { transport } = new ScriptedService(json({ text: 'one' }));
	const connection = {
		...connectionTo(transport),
		secret: 'key-1',
		limiter: { acquire: () => Promise.reject(new TypeError('key-1.startsWith is no function')) },
	};
	const input = { source: bytesSource(recording('pcm16.wav')), fileName: 'memo.wav' };
	const error = await failureOf(() => collect(transcribe(input, USUAL, connection as any)));

	expect(error).toMatchObject({
		code: 'unexpected',
		problem: '"memo.wav" could not be handled because of an unforeseen fault.',
	});
	expect(error.cause).toMatch(/^TypeError: \*\*\*\.startsWith/);
});

test('a recording in which there is nothing to send is told so', async () => {
	const limit = new LengthLimit('memo.wav', 1000, undefined);
	const result = new Result({ fileName: 'memo.wav' } as Recording, undefined, limit, false);

	expect(result.compose({ requestId: 'r', model: 'm' })).toMatchObject({
		text: '',
		chunks: 0,
		warnings: ['No sound was found in the recording: nothing was sent to the service.'],
	});
});

test('a key that goes over plain http is warned of in the result', async () => {
	const input = { source: bytesSource(recording('pcm16.wav')) };
	const warningsAt = async (baseUrl: string) => {
		const { transport } = new ScriptedService(json({ text: 'one' }));
		const connection = { ...connectionTo(transport), baseUrl, secret: 'key-1' };
		const events = await collect(transcribe(input, USUAL, connection));
		return (events.at(-1) as { transcription: Transcription }).transcription.warnings;
	};

	expect(await warningsAt('http://asr.example.com/v1')).toEqual([
		expect.stringMatching(/^The API key is sent over http/),
	]);
	expect(await warningsAt('http://127.0.0.1:8000/v1')).toEqual([]);
});
