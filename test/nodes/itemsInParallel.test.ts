import { setTimeout as sleep } from 'node:timers/promises';

import { startService, type LocalService } from '../../dev/service/server';
import { run, startEngine, stopEngine, type Run, type TestItem } from '../support/n8n/engine';
import { credentialFor, dialled, parameters, PDF } from '../support/n8n/fixtures';

let service: LocalService;

beforeAll(async () => {
	service = await startService({ deltaSpaces: 'leading' });
	await startEngine('filesystem');
});

afterEach(() => {
	service.clearFaults();
	service.configure({ delayMs: null });
	service.log.length = 0;
});

afterAll(async () => {
	await service.close();
	stopEngine();
});

const WORDS = ['zero', 'one', 'two', 'three', 'four', 'five'];
const items: TestItem[] = WORDS.map((_, digit) => ({
	binary: { data: dialled(String(digit), `${digit}.wav`) },
}));

const transcribe = (options: Partial<Run> = {}) =>
	run({
		items,
		parameters: parameters(),
		credential: credentialFor(service.url),
		...options,
	});

/** How many requests were at the service at the same time. */
function mostAtOnce(): number {
	const among = ({ at }: { at: number }) =>
		service.log.filter((other) => other.at <= at && other.endedAt! > at).length;
	return Math.max(...service.log.map(among));
}

test('several items are at the service at a time, as many as "Concurrency" says, and come out in their order', async () => {
	service.configure({ delayMs: 100 });
	// The first takes longest.
	service.inject({ delayMs: 400, match: { fileName: '0.wav' } });
	const { items: output } = await transcribe({
		parameters: parameters({ options: { concurrency: 3 } }),
	});

	expect(output.map(({ json, pairedItem }) => [json.text, pairedItem])).toEqual(
		WORDS.map((word, item) => [word, { item }]),
	);
	expect(mostAtOnce()).toBe(3);
});

test('live words come item by item', async () => {
	service.inject({ delayMs: 300, match: { fileName: '0.wav' } });
	const { chunks } = await transcribe({ isStreaming: true });

	expect(chunks.map(({ type, content, metadata }) => [type, content, metadata.itemIndex])).toEqual(
		WORDS.flatMap((word, item) => [
			['begin', undefined, item],
			['item', word, item],
			['end', undefined, item],
		]),
	);
});

test('an item that fails leaves the others their place', async () => {
	const withPdf = items.with(1, { binary: { data: PDF } });
	service.inject({ delayMs: 200, match: { fileName: '0.wav' } });
	const { items: output, failed } = await transcribe({
		items: withPdf,
		onError: 'continueErrorOutput',
	});

	expect(output.map(({ json }) => json.text)).toEqual(WORDS.toSpliced(1, 1));
	expect(failed.map(({ pairedItem }) => pairedItem)).toEqual([{ item: 1 }]);
});

test('an item that fails ends the others where nothing says to go on', async () => {
	service.inject([
		{ status: 401, body: { error: { code: '1002', message: 'No' } }, delayMs: 200 },
		{ delayMs: 5000, times: 2 },
	]);
	const { error } = await transcribe({ parameters: parameters({ options: { concurrency: 3 } }) });

	expect(error!.message).toMatch(/does not accept the API key/);
	const outcomes = () => service.log.map(({ outcome }) => outcome);
	while (outcomes().includes(undefined)) await sleep(10);
	expect(outcomes()).toEqual(['fault', 'aborted', 'aborted']);
});
