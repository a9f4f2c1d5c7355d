import {
	Flow,
	recording,
	until,
	useService,
	type FlowNode,
	type Message,
} from '../support/nodeRed';

const service = useService();

const join = (id: string, next: string): FlowNode => ({
	id,
	z: 'flow',
	type: 'join',
	mode: 'auto',
	wires: [[next]],
});

/** The node's deltas go to `sent`, and through an automatic Join to `joined`. */
const joining = {
	node: { stream: true, wires: [['sent', 'join']] },
	nodes: [join('join', 'joined'), { id: 'joined', z: 'flow', type: 'helper' }],
};

it('sends a message per delta, without the audio, and one that completes', async () => {
	service().configure({ deltaSpaces: 'leading' });
	const flow = await Flow.start(service(), { node: { stream: true } });
	const payload = recording('123');
	const messages = await flow.transcribe({ payload, topic: 'memo', filename: 'a.wav' }, 4);
	const { id } = messages[0]!.parts;
	const common = { topic: 'memo', filename: 'a.wav', _msgid: messages[0]!._msgid };
	const part = { id, type: 'string', ch: '' };
	expect(messages.slice(0, 3)).toEqual([
		{ ...common, payload: 'one', text: 'one', parts: { ...part, index: 0 } },
		{ ...common, payload: ' two', text: 'one two', parts: { ...part, index: 1 } },
		{ ...common, payload: ' three', text: 'one two three', parts: { ...part, index: 2 } },
	]);
	expect(messages[3]).toMatchObject({
		...common,
		payload: '',
		text: 'one two three',
		parts: { ...part, index: 3, count: 4 },
		complete: true,
		segments: [{ text: 'one two three' }],
		transcription: { text: 'one two three', audio: { size: payload.length } },
	});
	await flow.settled();
	expect(flow.completed).toHaveLength(1);
});

it('sends words while the service is still hearing others', async () => {
	service().configure({ pace: 1 });
	const flow = await Flow.start(service(), { node: { stream: true } });
	flow.receive({ payload: recording('1234') });
	await until('the first word', () => flow.sent.length > 0);
	expect(service().log[0]!.deltas.length).toBeLessThan(4);
	await flow.settled();
	expect(flow.sent).toHaveLength(5);
});

it('lets an automatic Join make the text again, along with the whole result', async () => {
	service().configure({ deltaSpaces: 'leading' });
	const flow = await Flow.start(service(), joining);
	const joined = collect(flow, 'joined');
	await flow.transcribe({ payload: recording('123'), topic: 'memo' }, 4);
	await until('the joined message', () => joined.length);
	expect(joined).toMatchObject([
		{ payload: 'one two three', topic: 'memo', transcription: { text: 'one two three' } },
	]);
	expect(joined[0]).not.toHaveProperty('parts');
});

it('gives transcription.text right where deltas carry no spaces', async () => {
	const flow = await Flow.start(service(), joining);
	const joined = collect(flow, 'joined');
	await flow.transcribe({ payload: recording('12') }, 3);
	await until('the joined message', () => joined.length);
	expect(joined[0]).toMatchObject({ payload: 'onetwo', transcription: { text: 'one two' } });
});

it('completes the Join of a recording in which nothing was said', async () => {
	const flow = await Flow.start(service(), joining);
	const joined = collect(flow, 'joined');
	flow.receive({ payload: recording('') });
	await until('the joined message', () => joined.length);
	expect(joined[0]).toMatchObject({ payload: '', transcription: { segments: [] } });
});

it('nests the parts of several recordings, which two Joins take apart again', async () => {
	service().configure({ deltaSpaces: 'leading' });
	const flow = await Flow.start(service(), {
		node: joining.node,
		nodes: [
			join('join', 'texts'),
			{ ...join('texts', 'joined') },
			{ id: 'joined', z: 'flow', type: 'helper' },
		],
	});
	const joined = collect(flow, 'joined');
	const outer = { id: 'outer', index: 0, count: 1, type: 'array' };
	flow.receive({ payload: [recording('12'), recording('345')], parts: outer });
	await until('the array', () => joined.length);
	expect(joined[0]).toMatchObject({ payload: ['one two', 'three four five'], parts: outer });
	const streams = new Set(flow.sent.map(({ parts }) => parts.id));
	expect(streams.size).toBe(2);
	for (const { parts } of flow.sent) {
		expect(parts.parts).toMatchObject({ type: 'array', count: 2, parts: outer });
	}
	expect(new Set(flow.sent.map(({ parts }) => parts.parts.id)).size).toBe(1);
});

it('is not confused by the marks that nodes before have left on the message', async () => {
	const flow = await Flow.start(service(), joining);
	const joined = collect(flow, 'joined');
	const marks = { reset: false, complete: { source: 'another node' } };
	await flow.transcribe({ payload: recording('12'), ...marks }, 3);
	await until('the joined message', () => joined.length);
	expect(joined).toMatchObject([{ payload: 'onetwo' }]);
});

it('leaves the parts and words so far on a message that fails, so that its Join can be freed', async () => {
	const flow = await Flow.start(service(), joining);
	const joined = collect(flow, 'joined');
	service().inject({ resetAfter: 2, match: { fileName: 'broken' } });
	const broken = { payload: recording('123'), filename: 'broken.wav' };
	flow.receive(broken);
	await until('the error', () => flow.caught.length);
	const [failed] = flow.caught;
	expect(flow.sent.map(({ payload }) => payload)).toEqual(['one', 'two']);
	expect(failed).toMatchObject({
		text: 'onetwo',
		parts: { id: flow.sent[0]!.parts.id, type: 'string', ch: '' },
		payload: recording('123'),
	});
	flow.receive({ ...failed, reset: true }, 'join');
	// Were the group still open, this message would complete it.
	flow.receive({ payload: 'x', parts: { ...failed!.parts, index: 0, count: 3 } }, 'join');
	await flow.transcribe({ payload: recording('4') }, 4);
	await until('the joined message', () => joined.length);
	expect(joined.map(({ payload }) => payload)).toEqual(['four']);
});

function collect(flow: Flow, id: string): Message[] {
	const messages: Message[] = [];
	flow.on(id, (msg) => messages.push(msg));
	return messages;
}
