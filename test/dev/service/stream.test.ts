import { startService, type LocalService } from '../../../dev/service/server';
import { toneSamples } from '../../../dev/service/tones';
import { ask, eventsIn, lastEnded, silentWav, wavOf } from '../../support/service';

let service: LocalService;
beforeEach(async () => {
	service = await startService();
});
afterEach(() => service.close());

const stream = (digits: string) =>
	ask(service, { fields: { stream: 'true' }, bytes: wavOf(digits) });

test('a stream has an event per word, then the whole text, then [DONE]', async () => {
	const response = await stream('12 3');
	expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/);
	const body = await response.text();
	const common = {
		id: expect.any(String) as unknown,
		created: expect.any(Number) as unknown,
		model: 'glm-asr-2512',
	};
	expect(eventsIn(body)).toEqual([
		{ ...common, delta: 'one', type: 'transcript.text.delta' },
		{ ...common, delta: 'two', type: 'transcript.text.delta' },
		{ ...common, delta: 'three', type: 'transcript.text.delta' },
		{ ...common, type: 'transcript.text.done', text: 'one two three' },
		'[DONE]',
	]);
	const ids = eventsIn(body)
		.slice(0, -1)
		.map((event) => (event as { id: string }).id);
	expect(new Set(ids).size).toBe(1);
});

test('deltas carry their spaces when asked to', async () => {
	service.configure({ deltaSpaces: 'leading' });
	const body = await (await stream('12')).text();
	expect(eventsIn(body)).toMatchObject([
		{ delta: 'one' },
		{ delta: ' two' },
		{ text: 'one two' },
		'[DONE]',
	]);
});

test('a stream of silence has only the end', async () => {
	const response = await ask(service, { fields: { stream: 'true' }, bytes: silentWav(1) });
	expect(eventsIn(await response.text())).toMatchObject([{ text: '' }, '[DONE]']);
});

test('stream=false is answered with JSON', async () => {
	const response = await ask(service, { fields: { stream: 'false' } });
	expect(await response.json()).toMatchObject({ text: 'one two three' });
});

test('words are spoken at the pace, each when it has ended', async () => {
	service.configure({ pace: 4 });
	const response = await stream('123 45');
	const began = performance.now();
	await response.text();
	const { deltas } = await lastEnded(service);
	const { digits, duration } = toneSamples('123 45');
	const first = deltas[0]!.at - digits[0]!.end * 250;
	for (const [index, { end }] of digits.entries()) {
		const late = deltas[index]!.at - (first + end * 250);
		expect(Math.abs(late)).toBeLessThan(300);
	}
	expect(performance.now() - began).toBeGreaterThan(duration * 250 - 100);
});

test('words arrive while later ones are still to be spoken', async () => {
	service.configure({ pace: 2 });
	const response = await stream('1 2');
	const reader = response.body!.getReader();
	const { value } = await reader.read();
	expect(Buffer.from(value!).toString()).toContain('"one"');
	expect(Buffer.from(value!).toString()).not.toContain('"two"');
	expect(service.log[0]?.outcome).toBeUndefined();
	await reader.cancel();
});
