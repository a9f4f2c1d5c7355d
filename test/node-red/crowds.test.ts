import { findAudio } from '../../node-red/src/audioInputs';
import { Flow, pause, recording, until, useService, wordsOf } from '../support/nodeRed';

const service = useService();

const SHORT = recording('1');

/** Messages that tell when their recording is looked at. */
function watched(count: number): { messages: object[]; looks: Set<number> } {
	const looks = new Set<number>();
	const messages = Array.from({ length: count }, (_, index) => ({
		_msgid: `message ${index}`,
		topic: index,
		get payload() {
			looks.add(index);
			return SHORT;
		},
		set payload(_: unknown) {},
	}));
	return { messages, looks };
}

/** A flow with a message at work and others that wait; none of them can end. */
async function crowd(count: number) {
	const flow = await Flow.start(service(), { service: { concurrency: 1 } });
	service().inject({ hang: true });
	const { messages, looks } = watched(count);
	for (const message of messages) flow.receive(message);
	await until('all to wait', () => flow.statuses.at(-1)?.text === `1 active · ${count - 1} queued`);
	await until('the request', () => service().log[0]?.file);
	return { flow, looks };
}

describe('A crowd of messages', () => {
	it('waits without being looked at, but for the next', async () => {
		const { looks } = await crowd(300);
		await pause(50);
		expect([...looks]).toEqual([0, 1]);
	});

	it('is dealt with at once when msg.reset comes, and nothing of it is sent', async () => {
		const { flow, looks } = await crowd(2000);
		expect(looks.size).toBe(2);
		const start = process.cpuUsage();
		flow.receive({ reset: true });
		await until('the end', () => flow.completed.length > 2000);
		// Most of it is Node-RED's, which tells Complete nodes of each.
		expect(process.cpuUsage(start).user).toBeLessThan(2_000_000);
		expect([flow.sent, flow.caught]).toEqual([[], []]);
		expect(service().log).toHaveLength(1);
	});

	it('loses only the message that a text in msg.reset names', async () => {
		const { flow } = await crowd(4);
		for (const reset of ['message 2', 'message 0', 'no message']) flow.receive({ reset });
		await until('the others', () => flow.completed.length === 7);
		expect(flow.sent.map(({ topic }) => topic)).toEqual([1, 3]);
		expect(flow.caught).toEqual([]);
	});
});

describe('Many recordings in one message', () => {
	const attachments = (count: number, content = SHORT) =>
		Array.from({ length: count }, (_, index) => ({ content, filename: `${index}.wav` }));

	it('are refused over 100 before anything is sent', async () => {
		const flow = await Flow.start(service());
		const { error } = await flow.failWith({ payload: attachments(101) });
		expect(error.code).toBe('too_many_recordings');
		expect(error.message).toBe(
			'Error: msg.payload has 101 entries, more than the 100 recordings that the node takes of one message. Send them in several messages, or raise "maxRecordings".',
		);
		expect(service().log).toEqual([]);
	});

	it('are refused when they come as uploads, too', async () => {
		const flow = await Flow.start(service());
		const { error } = await flow.failWith({ payload: {}, req: { files: attachments(101) } });
		expect(error.message).toContain('msg.req.files has 101 entries');
	});

	it('go through where the option allows them, in their order', async () => {
		const flow = await Flow.start(service(), { service: { concurrency: 16 } });
		const start = process.cpuUsage();
		flow.receive({ payload: attachments(150), glmAsr: { maxRecordings: 150 } });
		await until('the end', () => flow.completed.length || flow.caught.length, 20);
		expect(flow.sent.map(({ payload }) => payload)).toEqual(Array(150).fill(wordsOf('1')));
		expect(flow.sent.map(({ parts }) => parts.index)).toEqual([...Array(150).keys()]);
		expect(flow.sent.every(({ parts }) => parts.count === 150)).toBe(true);
		// Some 2 s in all, of which the service has most.
		expect(process.cpuUsage(start).user).toBeLessThan(15_000_000);
	});

	it('are not all opened at once', async () => {
		const flow = await Flow.start(service(), { service: { concurrency: 2 } });
		service().inject({ hang: true, times: 2 });
		flow.receive({ payload: attachments(40) });
		await until('two requests', () => service().log.filter(({ file }) => file).length === 2);
		expect(flow.statuses.at(-1)?.text).toBe('2 active · 38 queued');
		flow.receive({ payload: recording('7'), topic: 'other' });
		flow.receive({ reset: true });
		await flow.settled(3);
		expect(flow.sent).toEqual([]);
		expect(service().log).toHaveLength(2);
	});

	it('are looked at no further than makes sense', async () => {
		let looks = 0;
		const entry = {
			get content() {
				looks++;
				return undefined;
			},
		};
		const value = Array.from({ length: 100_000 }, () => entry);
		const find = () => findAudio({}, { value, property: 'payload' }, 100);
		await expect(find()).rejects.toMatchObject({ code: 'no_audio' });
		await expect(find()).rejects.toThrow(/^.{1,400}$/);
		expect(looks).toBeLessThan(6000);
		value[500] = { content: SHORT } as unknown as typeof entry;
		await expect(find()).rejects.toMatchObject({ code: 'too_many_recordings' });
	});
});
