import { checkOptions, readOptions } from '../../core/checkOptions';
import type { OptionName } from '../../core/options';
import { failureOf, HALF_CHARACTER } from '../support/core';

const fieldsOf = (
	parameters: Partial<Record<OptionName, unknown>>,
	platform: 'bigmodel' | 'zai' | 'custom' = 'bigmodel',
): [string, unknown][] =>
	checkOptions({ model: 'glm-asr-2512', ...parameters }, platform).fields.map((field) => [
		field.name,
		'value' in field ? field.value : field,
	]);

const ALWAYS: [string, string][] = [
	['model', 'glm-asr-2512'],
	['stream', 'false'],
];

describe('The form fields of a request', () => {
	test('are model and stream where nothing else is set', () => {
		expect(fieldsOf({})).toEqual(ALWAYS);
	});

	test('are all that is set, under the names of the API', () => {
		const fields = fieldsOf(
			{
				stream: true,
				temperature: 0.95,
				requestId: 'mine',
				userId: 'user-1',
				prompt: 'Names: Li Lei',
				hotwords: ['n8n', '智谱'],
				language: 'zh',
			},
			'custom',
		);

		expect(Object.fromEntries(fields)).toEqual({
			model: 'glm-asr-2512',
			stream: 'true',
			temperature: '0.95',
			user_id: 'user-1',
			prompt: 'Names: Li Lei',
			hotwords: '智谱',
			language: 'zh',
		});
	});

	test('repeat the field "hotwords" for each word, in order, for a server of the user', () => {
		expect(
			fieldsOf({ hotwords: ['a', 'b', 'c'] }, 'custom').filter(([name]) => name === 'hotwords'),
		).toEqual(['a', 'b', 'c'].map((word) => ['hotwords', word]));
	});

	test.each(['bigmodel', 'zai'] as const)('hold all hotwords in one JSON array for %s', (name) => {
		expect(fieldsOf({ hotwords: ['智谱', '', 'a "b"'] }, name).at(-1)).toEqual([
			'hotwords',
			'["智谱","a \\"b\\""]',
		]);
	});

	test.each(['temperature', 'requestId', 'userId', 'prompt', 'language'] as const)(
		'leave out an empty %s',
		(name) => {
			for (const empty of ['', undefined, null]) {
				expect(fieldsOf({ [name]: empty }, 'custom')).toEqual(ALWAYS);
			}
		},
	);

	test('leave out empty hotwords', () => {
		for (const empty of [undefined, null, [], ['']]) {
			expect(fieldsOf({ hotwords: empty })).toEqual(ALWAYS);
		}
	});

	test('hold the language for servers of the user only', () => {
		expect(fieldsOf({ language: 'en' }, 'bigmodel')).toEqual(ALWAYS);
		expect(fieldsOf({ language: 'en' }, 'zai')).toEqual(ALWAYS);
		expect(fieldsOf({ language: 'en' }, 'custom')).toEqual([...ALWAYS, ['language', 'en']]);
	});

	test('hold the model without spaces around it', () => {
		expect(fieldsOf({ model: ' glm-asr\n' })[0]).toEqual(['model', 'glm-asr']);
	});
});

const emoji = (count: number): string => '🙂'.repeat(count);

describe('Within their ranges', () => {
	test.each<[OptionName, string, unknown]>([
		['temperature', '0', 0],
		['temperature', '0.5', 0.5],
		['temperature', '1', 1],
		['userId', '6 characters', 'a'.repeat(6)],
		['userId', '128 characters', 'a'.repeat(128)],
		['userId', '6 emoji', emoji(6)],
		['userId', '128 emoji', emoji(128)],
		['userId', 'a number', 123456],
		['prompt', '7999 characters', 'a'.repeat(7999)],
		['prompt', '7999 emoji', emoji(7999)],
		['prompt', 'spaces and line ends', ' a\nb '],
	])('%s takes %s', (name, _, value) => {
		const sent = fieldsOf({ [name]: value }).map(([, field]) => field);

		expect(sent).toContain(String(value));
	});

	test('hotwords takes 100 words', () => {
		const words = Array.from({ length: 100 }, (_, index) => `${index}`);
		expect(fieldsOf({ hotwords: words }, 'custom')).toHaveLength(102);
		expect(fieldsOf({ hotwords: words })).toHaveLength(3);
	});
});

describe('Out of their ranges', () => {
	const circular: Record<string, unknown> = {};
	circular.self = circular;

	test.each<[OptionName, string, unknown, string, string]>([
		['temperature', 'temperature', -0.1, '-0.1', '0 to 1'],
		['temperature', 'temperature', 1.01, '1.01', '0 to 1'],
		['temperature', 'temperature', NaN, 'NaN', '0 to 1'],
		['temperature', 'temperature', Infinity, 'Infinity', '0 to 1'],
		['temperature', 'temperature', '0.5', '"0.5"', '0 to 1'],
		['temperature', 'temperature', true, 'true', '0 to 1'],
		['temperature', 'temperature', 1n, '1', '0 to 1'],
		['userId', 'userId', 'a'.repeat(5), '"aaaaa"', '6 to 128'],
		['userId', 'userId', 'a'.repeat(129), '129 characters', '6 to 128'],
		['userId', 'userId', emoji(5), emoji(5), '6 to 128'],
		['userId', 'userId', emoji(129), '129 characters', '6 to 128'],
		['userId', 'userId', 12345, '12345', '6 to 128'],
		['userId', 'userId', { a: 1 }, 'an object', '6 to 128'],
		['prompt', 'prompt', 'a'.repeat(8000), '8000 characters', '8000'],
		['prompt', 'prompt', emoji(8000), '8000 characters', '8000'],
		['prompt', 'prompt', circular, '', '8000'],
		['prompt', 'prompt', { a: 1 }, 'an object', '8000'],
		['requestId', 'requestId', 'a'.repeat(129), '129 characters', 'at most 128'],
		['prompt', 'prompt', Symbol('s'), '', '8000'],
		['hotwords', 'hotwords', Array.from({ length: 101 }, String), 'list of 101', '100'],
		['hotwords', 'hotwords', 'a,b', '"a,b"', '100'],
		['hotwords', 'hotwords', [1], 'list of 1', '100'],
		['requestId', 'requestId', true, 'true', 'text'],
		['model', 'model', '', '""', 'model'],
		['model', 'model', ' ', '""', 'model'],
		['model', 'model', undefined, 'undefined', 'model'],
		['stream', 'stream', 'true', '"true"', 'true or false'],
		['language', 'language', 5, '5', 'language'],
	])(
		'%s is refused with its name, value and range: case %#',
		async (name, shown, value, showing, range) => {
			const error = await failureOf(() => fieldsOf({ [name]: value }, 'custom'));

			expect(error).toMatchObject({ code: 'invalid_parameter', retryable: false });
			expect(error.problem).toMatch(/^[A-Z].*\.$/su);
			expect(error.problem).toContain(`"${shown}"`);
			expect(error.problem).toContain(showing);
			expect(error.problem.length).toBeLessThan(300);
			expect(error.problem).not.toMatch(HALF_CHARACTER);
			expect(error.cure).toMatch(/^[A-Z].*\.$/);
			expect(error.cure).toContain(range);
		},
	);
});

describe('Hotwords that were typed', () => {
	test.each<[string, string[]]>([
		['', []],
		[' ,, ', []],
		['n8n', ['n8n']],
		['n8n, Node-RED ,GLM ASR', ['n8n', 'Node-RED', 'GLM ASR']],
		['智谱，清言、语音；识别;x', ['智谱', '清言', '语音', '识别', 'x']],
		['a\nb\r\nc', ['a', 'b', 'c']],
		['a,b,', ['a', 'b']],
	])('%j are %j', (typed, words) => {
		expect(readOptions({ hotwords: typed })).toEqual({ hotwords: words });
	});
});

describe('Not set', () => {
	test.each<[OptionName, unknown]>([
		['maxChunkSeconds', undefined],
		['concurrency', 4],
		['timeout', 300],
	])('%s counts as when it is 0: a form must fill in some number', (name, value) => {
		for (const unset of [undefined, null, '', 0]) {
			const { checked } = checkOptions({ model: 'glm-asr', [name]: unset }, 'zai');
			expect(checked[name]).toBe(value);
		}
	});

	test('maxRetries is 10 at most', () => {
		const refused = () => checkOptions({ model: 'glm-asr', maxRetries: 11 }, 'zai');

		expect(refused).toThrow('It must be a whole number from 0 to 10.');
	});

	test('maxRetries is 4, and 0 is none', () => {
		const retries = (maxRetries?: number) =>
			checkOptions({ model: 'glm-asr', maxRetries }, 'zai').checked.maxRetries;
		expect([retries(), retries(0)]).toEqual([4, 0]);
	});
});

describe('Numbers that were typed', () => {
	test.each([
		['0.5', 0.5],
		[' 1 ', 1],
		['', undefined],
		['much', 'much'],
		[0.2, 0.2],
	])('%j are %j', (typed, number) => {
		const { temperature } = readOptions({ temperature: typed }, { areNumbersText: true });
		expect(temperature).toBe(number);
	});

	test('stay texts where numbers come as numbers', () => {
		expect(readOptions({ temperature: '0.5' })).toEqual({ temperature: '0.5' });
	});
});
