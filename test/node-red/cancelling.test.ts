import { randomBytes } from 'node:crypto';

import type { RequestRecord } from '../../dev/service/server';
import {
	ended,
	Flow,
	now,
	pause,
	recording,
	redeploy,
	stopFlow,
	until,
	useService,
} from '../support/nodeRed';

const service = useService();

/**
 * How soon a request must end after someone asked for it. Generous, as the service shares this
 * process; the host tests hold the node to 200 ms.
 */
const CANCEL_MS = 5000;

/** Long enough that no upload ends by itself before it is cancelled. */
const LONG = '01234567890123456789';

async function expectCancelled(flow: Flow, record: RequestRecord, asked: number): Promise<void> {
	await ended(service(), service().log.indexOf(record));
	expect(record.outcome).toBe('aborted');
	expect(record.endedAt! - asked).toBeLessThan(CANCEL_MS);
	const sent = flow.sent.length;
	await pause(50);
	expect(flow.sent).toHaveLength(sent);
	expect(flow.caught).toEqual([]);
}

it('ends a request that waits for its answer when msg.reset comes', async () => {
	const flow = await Flow.start(service());
	service().inject({ hang: true });
	flow.receive({ payload: recording('1'), topic: 'dropped' });
	const record = await until('the request', () => service().log[0]?.file && service().log[0]);
	const asked = now();
	flow.receive({ reset: true, topic: 'reset' });
	await expectCancelled(flow, record, asked);
	expect(flow.completed.map(({ topic }) => topic)).toEqual(['dropped', 'reset']);
	expect(flow.statuses.at(-1)).toEqual({});
});

it('ends a request in the middle of its words', async () => {
	const flow = await Flow.start(service(), { node: { stream: true } });
	service().configure({ pace: 1 });
	flow.receive({ payload: recording(LONG) });
	await until('a word', () => flow.sent.length);
	const asked = now();
	flow.receive({ reset: true });
	await expectCancelled(flow, service().log[0]!, asked);
	expect(flow.sent.length).toBeLessThan(LONG.length);
});

it('ends a request that is being uploaded', async () => {
	const flow = await Flow.start(service());
	// Much more than the sockets' buffers hold.
	flow.receive({ payload: longNoise(22_000_000) });
	const record = await until('the request', () => service().log[0]);
	expect(record.file).toBeUndefined();
	const asked = now();
	flow.receive({ reset: true });
	await expectCancelled(flow, record, asked);
	expect(record.file).toBeUndefined();
});

it('drops what waits for its turn without asking the service', async () => {
	const flow = await Flow.start(service(), { service: { concurrency: 1 } });
	service().inject({ hang: true });
	for (const topic of ['a', 'b', 'c']) flow.receive({ payload: recording('1'), topic });
	await until('the others to wait', () => flow.statuses.at(-1)?.text === '1 active · 2 queued');
	await until('the request', () => service().log[0]?.file);
	const asked = now();
	flow.receive({ reset: true });
	await expectCancelled(flow, service().log[0]!, asked);
	expect(service().log).toHaveLength(1);
	expect(flow.completed).toHaveLength(4);
});

it('works on after a reset', async () => {
	const flow = await Flow.start(service(), { service: { concurrency: 1 } });
	service().inject({ hang: true });
	flow.receive({ payload: recording('1') });
	await until('the request', () => service().log[0]?.file);
	flow.receive({ reset: true });
	const [message] = await flow.transcribe({ payload: recording('2') });
	expect(message?.payload).toBe('two');
});

it('takes a message whose reset is not truthy for one like any other', async () => {
	const flow = await Flow.start(service());
	const [message] = await flow.transcribe({ payload: recording('2'), reset: false });
	expect(message?.payload).toBe('two');
});

it('resets only its own node', async () => {
	const second = { id: 'second', z: 'flow', type: 'glm-asr', service: 'service' };
	const flow = await Flow.start(service(), { nodes: [{ ...second, wires: [['sent']] }] });
	service().configure({ delayMs: 100 });
	flow.receive({ payload: recording('1') });
	flow.receive({ payload: recording('2') }, 'second');
	await until('both requests', () => service().log.every(({ file }) => file) && service().log[1]);
	flow.receive({ reset: true });
	await until('the other text', () => flow.sent.length);
	expect(flow.sent.map(({ payload }) => payload)).toEqual(['two']);
});

it('ends its requests when the flow is stopped', async () => {
	const flow = await Flow.start(service(), { node: { stream: true } });
	service().configure({ pace: 1 });
	flow.receive({ payload: recording(LONG) });
	await until('a word', () => flow.sent.length);
	const asked = now();
	await stopFlow();
	expect(now() - asked).toBeLessThan(CANCEL_MS);
	await expectCancelled(flow, service().log[0]!, asked);
});

it('ends its requests when it is removed by a deploy', async () => {
	const flow = await Flow.start(service(), { node: { stream: true } });
	service().configure({ pace: 1 });
	flow.receive({ payload: recording(LONG) });
	await until('a word', () => flow.sent.length);
	const asked = now();
	await redeploy([{ id: 'flow', type: 'tab' }]);
	await expectCancelled(flow, service().log[0]!, asked);
});

/** A WAV file of so many bytes of noise, made faster than tones are. */
function longNoise(bytes: number): Buffer {
	const sound = recording('', { sampleRate: 384_000 });
	const file = Buffer.concat([sound, randomBytes(bytes - sound.length)]);
	file.writeUInt32LE(bytes - 8, 4);
	file.writeUInt32LE(bytes - 44, 40);
	return file;
}
