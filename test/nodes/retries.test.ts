import { startService, type LocalService } from '../../dev/service/server';
import { run, startEngine, stopEngine, type Run } from '../support/n8n/engine';
import { credentialFor, dialled, parameters } from '../support/n8n/fixtures';

let service: LocalService;

beforeAll(async () => {
	service = await startService();
	await startEngine('filesystem');
});

afterEach(() => {
	service.clearFaults();
	service.configure({ deltaSpaces: null });
	service.log.length = 0;
});

afterAll(async () => {
	await service.close();
	stopEngine();
});

const BUSY = {
	status: 429,
	headers: { 'retry-after': '0' },
	body: { error: { code: '1302', message: 'Too many' } },
};

const transcribe = (options: Partial<Run> = {}) =>
	run({
		items: [{ binary: { data: dialled('12') } }],
		parameters: parameters(),
		credential: credentialFor(service.url),
		onError: 'continueErrorOutput',
		...options,
	});

/** Four groups of two digits, a second apart, asked for one after the other. */
const pieces = (options: object = {}): Partial<Run> => ({
	items: [{ binary: { data: dialled('12      34      56      78', 'call.wav') } }],
	parameters: parameters({ options: { maxChunkSeconds: 2, concurrency: 1, ...options } }),
});

test('what fails in a way that may pass is tried again, each time by another id', async () => {
	service.inject([BUSY, { resetAfter: 0 }, { status: 502, body: '<html></html>' }]);
	const { items } = await transcribe({
		parameters: parameters({ options: { requestId: 'mine' } }),
	});

	expect(items[0]!.json).toMatchObject({ text: 'one two', request_id: 'mine' });
	expect(service.log.map(({ fields }) => fields.request_id)).toEqual([
		'mine',
		'mine-1-2',
		'mine-1-3',
		'mine-1-4',
	]);
});

test('what fails for good is not tried again', async () => {
	service.inject({ status: 429, body: { error: { code: '1113', message: 'No balance' } } });
	const { failed } = await transcribe();

	expect(failed[0]!.json.details).toMatchObject({ code: '1113', retryable: false });
	expect(service.log).toHaveLength(1);
});

test('words of a stream that broke are not repeated', async () => {
	service.configure({ deltaSpaces: 'leading' });
	service.inject({ resetAfter: 1 });
	const { items } = await transcribe({ parameters: parameters({ stream: true }) });

	expect(items.map(({ json }) => json.delta ?? json.text)).toEqual(['one', ' two', 'one two']);
});

test('a piece that fails leaves the others their text, in the error or with the gap marked', async () => {
	service.inject([{ status: 400, body: { error: { code: '1301', message: 'No' } } }]);
	const { failed } = await transcribe(pieces());

	expect(failed[0]!.json).toMatchObject({
		error: expect.stringMatching(/^"call\.wav" was transcribed only in part, without 0:00–0:0\d: /),
		details: {
			code: '1301',
			text: expect.stringMatching(/seven eight$/),
			missing: [
				{
					start: 0,
					end: expect.any(Number),
					reason: "the service's content policy stopped it.",
				},
			],
		},
	});

	service.inject([{ status: 400, body: { error: { code: '1301', message: 'No' } } }]);
	const { items } = await transcribe(pieces({ onPieceError: 'mark' }));

	expect(items[0]!.json).toMatchObject({
		text: expect.stringMatching(/seven eight$/),
		warnings: expect.arrayContaining([
			expect.stringMatching(/^1 of \d+ pieces could not be transcribed \(0:00–0:0\d\)/),
		]),
	});
	expect((items[0]!.json.segments as object[])[0]).toMatchObject({ text: '', missing: true });
});
