import { credentialType, node, stopEngine } from '../support/n8n/engine';

afterAll(stopEngine);

const authenticate = credentialType.authenticate as (
	credentials: object,
	request: { url: string; headers?: object },
) => Promise<{ headers?: object }>;

test('the key goes out as a bearer token, next to the headers that are there', async () => {
	const request = { url: 'x', headers: { accept: 'application/json' } };
	expect(await authenticate({ apiKey: ' abc ' }, request)).toEqual({
		url: 'x',
		headers: { accept: 'application/json', Authorization: 'Bearer abc' },
	});
});

test.each(['two\nlines', 'nul\0', 'naïve-key', 'two words'])(
	'the key %j is refused without being shown: it would be cut on its way',
	async (apiKey) => {
		const refused = authenticate({ apiKey }, { url: 'x' });
		await expect(refused).rejects.toThrow(/^The API key of the credential "GLM-ASR API" holds/);
		await expect(refused).rejects.not.toThrow(apiKey);
	},
);

test.each([[''], ['  '], [undefined]])('without a key (%j) there is no header', async (apiKey) => {
	expect(await authenticate({ apiKey }, { url: 'x' })).toEqual({ url: 'x' });
});

test('the names that workflows depend on are those of the contract', () => {
	const names = (properties: { name: string }[]) => properties.map(({ name }) => name);
	expect(credentialType.name).toBe('glmAsrApi');
	expect(names(credentialType.properties)).toEqual(['platform', 'baseUrl', 'apiKey']);
	expect(node.description.name).toBe('glmAsr');
	expect(names(node.description.properties)).toEqual([
		'resource',
		'operation',
		'binaryPropertyName',
		'model',
		'stream',
		'options',
	]);
});
