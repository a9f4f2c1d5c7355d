import { FaultProxy } from '../support/faults/faultProxy';
import { SWIFT_FAULTS } from '../support/faults/faults';
import { memos } from '../support/faults/memos';
import { Outcomes } from '../support/faults/outcomes';
import { Flow, until, useService } from '../support/nodeRed';

const MAX_RETRIES = 3;
const MESSAGES = 150;

const service = useService();
let proxy: FaultProxy;

beforeEach(async () => {
	proxy = await FaultProxy.start({
		target: service().url,
		seed: 4,
		rate: 0.3,
		faults: SWIFT_FAULTS,
	});
});
afterEach(() => proxy.close());

test.each([
	['whole', false],
	['word by word', true],
])('Every message has one outcome when the answers, %s, are often broken', async (_, stream) => {
	const flow = await Flow.start(service(), {
		service: { baseUrl: proxy.url, concurrency: 20 },
		node: { stream, maxRetries: MAX_RETRIES },
	});
	const recordings = memos(stream ? MESSAGES : 0, MESSAGES);
	for (const { name, wav } of recordings) {
		flow.receive({ payload: Buffer.from(wav), filename: name, topic: name });
	}
	await until('the outcomes', () => flow.completed.length + flow.caught.length >= MESSAGES, 25);

	const outcomes = new Outcomes(MAX_RETRIES);
	for (const { topic, complete, transcription } of flow.sent) {
		if (!stream || complete) outcomes.add(topic!, { text: transcription.text });
	}
	for (const { topic, error } of flow.caught) {
		const { message, code, cause } = error;
		// Catch puts the class in front.
		const sentences = message.replace(/^Error: /, '');
		outcomes.add(topic!, { error: sentences, code, retryable: cause.retryable });
	}
	expect(outcomes.problems(recordings, proxy.asks)).toEqual([]);
	expect(outcomes.counts.errors).toBe(flow.caught.length);
	expect(outcomes.counts.texts).toBe(flow.completed.length);
	expect(proxy.faultCount).toBeGreaterThan(MESSAGES / 4);
});
