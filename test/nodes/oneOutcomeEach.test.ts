import { startService, type LocalService } from '../../dev/service/server';
import { FaultProxy } from '../support/faults/faultProxy';
import { SWIFT_FAULTS } from '../support/faults/faults';
import { memos, type Memo } from '../support/faults/memos';
import { Outcomes } from '../support/faults/outcomes';
import { run, startEngine, stopEngine, type TestItem } from '../support/n8n/engine';
import { API_KEY, credentialFor, parameters } from '../support/n8n/fixtures';

const MAX_RETRIES = 3;
const EXECUTIONS = 15;
const ITEMS = 10;

let service: LocalService;
let proxy: FaultProxy;

beforeAll(async () => {
	service = await startService({ apiKey: API_KEY });
	await startEngine('default');
});
beforeEach(async () => {
	proxy = await FaultProxy.start({ target: service.url, seed: 5, rate: 0.3, faults: SWIFT_FAULTS });
});
afterEach(() => proxy.close());
afterAll(async () => {
	await service.close();
	stopEngine();
});

type Result = { json: any; pairedItem: { item: number } };

const itemOf = ({ name, wav }: Memo): TestItem => ({
	binary: { data: { bytes: wav, fileName: name, mimeType: 'audio/wav' } },
});

test.each([
	['whole', false],
	['word by word', true],
])('Every item has one outcome when the answers, %s, are often broken', async (_, stream) => {
	const all = memos(stream ? EXECUTIONS * ITEMS : 0, EXECUTIONS * ITEMS);
	const outcomes = new Outcomes(MAX_RETRIES);
	const execute = async (recordings: Memo[]) => {
		const { items, failed } = await run({
			items: recordings.map(itemOf),
			credential: credentialFor(proxy.url),
			parameters: parameters({ stream, options: { maxRetries: MAX_RETRIES } }),
			onError: 'continueErrorOutput',
		});
		for (const { json, pairedItem } of items as Result[]) {
			if (json.type === 'transcript.text.delta') continue;
			outcomes.add(recordings[pairedItem.item]!.name, { text: json.text });
		}
		for (const { json, pairedItem } of failed as Result[]) {
			const { code, retryable } = json.details;
			outcomes.add(recordings[pairedItem.item]!.name, { error: json.error, code, retryable });
		}
	};
	await Promise.all(
		Array.from({ length: EXECUTIONS }, (__, index) =>
			execute(all.slice(index * ITEMS, (index + 1) * ITEMS)),
		),
	);

	expect(outcomes.problems(all, proxy.asks)).toEqual([]);
	expect(proxy.faultCount).toBeGreaterThan(all.length / 4);
});
