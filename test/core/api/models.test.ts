import { DEFAULT_MODEL, limitsOf, modelChoices } from '../../../core/api/models';

const MEGABYTES_25 = 25 * 1024 * 1024;
const KNOWN = ['glm-asr-2512', 'glm-asr'];

test('A new node starts with glm-asr-2512', () => {
	expect(DEFAULT_MODEL).toBe('glm-asr-2512');
});

describe('A request to', () => {
	test.each([
		['glm-asr-2512', 30],
		['glm-asr', 60],
		['zai-org/GLM-ASR-Nano-2512', Infinity],
		['constructor', Infinity],
		['__proto__', Infinity],
	])('%s takes at most %s seconds and 25 MB', (model, maxSeconds) => {
		expect(limitsOf(model)).toEqual({ maxSeconds, maxBytes: MEGABYTES_25 });
	});
});

describe('The models to choose from', () => {
	const listing = (...ids: unknown[]): unknown => ({
		object: 'list',
		data: ids.map((id) => ({ id })),
	});

	test.each<[string, unknown]>([
		['nothing', undefined],
		['null', null],
		['a text', 'x'],
		['no list', { data: 'x' }],
		['an empty list', listing()],
		['entries that are none', { data: [null, 1, 'glm-4', {}, { id: 7 }, []] }],
		['only the known ones', listing(...KNOWN)],
		['the known ones and others that do not hear', listing('glm-asr', 'glm-4.6', 'cogview-4')],
	])('are the known ones where the service lists %s', (_, listed) => {
		expect(modelChoices(listed)).toEqual(KNOWN);
	});

	test('are the known ones first, then others that hear', () => {
		expect(modelChoices(listing('glm-4.6', 'glm-asr-2601', 'glm-asr', 'whisper-1'))).toEqual([
			...KNOWN,
			'glm-asr-2601',
			'whisper-1',
		]);
	});

	test('are all that a server of one’s own lists when no name tells of hearing', () => {
		expect(modelChoices(listing('my-model', 'other'))).toEqual([...KNOWN, 'my-model', 'other']);
	});

	test('come once each', () => {
		expect(modelChoices(listing('whisper-1', 'whisper-1', 'glm-asr'))).toEqual([
			...KNOWN,
			'whisper-1',
		]);
	});
});
