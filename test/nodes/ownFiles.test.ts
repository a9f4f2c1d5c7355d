import type { IBinaryData, IDataObject } from 'n8n-workflow';

import { startService, type LocalService } from '../../dev/service/server';
import {
	run,
	startEngine,
	stopEngine,
	storeElsewhere,
	type Run,
	type TestItem,
} from '../support/n8n/engine';
import { credentialFor, dialled, parameters, PDF } from '../support/n8n/fixtures';

let service: LocalService;
/** A recording that another workflow has stored. */
let foreign: IBinaryData;

beforeAll(async () => {
	service = await startService();
	await startEngine('filesystem');
	foreign = await storeElsewhere(dialled('666', 'secret.wav'));
});

beforeEach(() => {
	service.log.length = 0;
});

afterAll(async () => {
	await service.close();
	stopEngine();
});

const transcribe = async (
	item: TestItem,
	binaryPropertyName: string,
	{ options = {}, ...more }: Partial<Run> & { options?: IDataObject } = {},
) =>
	await run({
		items: [item],
		parameters: parameters({ binaryPropertyName, options }),
		credential: credentialFor(service.url),
		...more,
	});

const json = () => ({ x: foreign as unknown as IDataObject });

/** What a sentence about it is known by, however the JSON got it. */
async function expectRefused(outcome: ReturnType<typeof transcribe>, description: string) {
	const { error, items } = await outcome;
	expect(items).toEqual([]);
	expect(error!.description).toContain(description);
	expect(service.log).toEqual([]);
}

const IS_FOREIGN = 'Point it at a file that this execution brought';
const NONE = 'It has no binary fields';

describe("A file of another workflow whose id came in somebody's JSON", () => {
	it.each([
		['the field is "*"', '*', NONE],
		['its path is named', 'x', NONE],
		['an expression yields it', '={{ $json.x }}', IS_FOREIGN],
		['an expression makes it', '={{ ({ mimeType: "audio/wav", id: $json.x.id }) }}', IS_FOREIGN],
	])('is not read when %s', async (_, field, description) => {
		await expectRefused(transcribe({ json: json() }, field), description);
	});

	it.each([
		['the field is "*"', '*', '"x" (a file of another workflow or execution)'],
		['its path is named', 'x', IS_FOREIGN],
		['an expression yields it', '={{ $json.x }}', IS_FOREIGN],
	])('is not read in combined binary mode when %s', async (_, field, description) => {
		const outcome = transcribe({ json: json() }, field, { binaryMode: 'combined' });
		await expectRefused(outcome, description);
	});

	it('is not read where n8n keeps files in combined binary mode', async () => {
		const item = { json: { _files: json() } };
		for (const [field, description] of [
			['*', '"_files.x" (a file of another workflow or execution)'],
			['_files.x', IS_FOREIGN],
		] as const) {
			await expectRefused(transcribe(item, field, { binaryMode: 'combined' }), description);
		}
	});

	it.each([
		['under the name of this execution', 'workflows/test/executions/1/binary_data/../../../../$'],
		['with more after it', '$/../$'],
		['of another store', 'binary_data/$'],
	])('is not read by an id %s', async (_, place) => {
		const [store, path] = foreign.id!.split(':');
		const id = `${store}:${place.replaceAll('$', path!)}`;
		const outcome = transcribe({ json: { x: { ...json().x, id } } }, '={{ $json.x }}');
		await expectRefused(outcome, IS_FOREIGN);
	});

	it("does not keep the item's own from being read", async () => {
		const item = { json: json(), binary: { data: dialled('1') } };
		for (const binaryMode of [undefined, 'combined'] as const) {
			const { items } = await transcribe(item, '*', { binaryMode });
			expect(items.map((one) => one.json.text)).toEqual(['one']);
		}
	});
});

describe('A file that this execution has is read', () => {
	it('from the step that brought it, though the item has JSON only', async () => {
		const item = { binary: { data: dialled('2') } };
		for (const field of [
			"={{ $('Source').item.binary.data }}",
			'={{ $node.Source.binary.data }}',
		]) {
			const { items, error } = await transcribe(item, field, { isJsonOnly: true });
			expect(error).toBeUndefined();
			expect(items.map((one) => one.json.text)).toEqual(['two']);
		}
	});

	it('though a calling workflow has stored it', async () => {
		const item = { json: json(), stored: { data: foreign } };
		for (const [field, isJsonOnly] of [
			['data', false],
			['*', false],
			['={{ $binary.data }}', false],
			["={{ $('Source').item.binary.data }}", true],
			['={{ $json.x }}', true],
		] as const) {
			const { items } = await transcribe(item, field, { isJsonOnly });
			expect(items.map((one) => one.json.text)).toEqual(['six six six']);
		}
	});

	it('in combined binary mode, by its path and by "*"', async () => {
		const item = { binary: { data: dialled('3') } };
		for (const field of ['_files.data', '*', '={{ $json._files.data }}']) {
			const { items } = await transcribe(item, field, { binaryMode: 'combined' });
			expect(items.map((one) => one.json.text)).toEqual(['three']);
		}
	});

	it('when it brings its bytes along', async () => {
		const { bytes, ...about } = dialled('4');
		const x = { mimeType: 'audio/wav', ...about, data: Buffer.from(bytes).toString('base64') };
		const { items } = await transcribe({ json: { x } }, '={{ $json.x }}');
		expect(items.map((one) => one.json.text)).toEqual(['four']);
	});
});

describe('Many files in one item', () => {
	const files = (count: number, file = dialled('1')) =>
		Object.fromEntries(Array.from({ length: count }, (_, index) => [`file${index}`, file]));

	it('are refused over 100 before anything is sent', async () => {
		const { error } = await transcribe({ binary: files(101) }, '*');
		expect(error).toMatchObject({
			message:
				'The item has 101 files, more than the 100 recordings that the node takes of one item.',
			description:
				'Split it into several items, name the fields that hold recordings, or raise "Max Recordings".',
		});
		const names = Object.keys(files(101)).join();
		await expectRefused(transcribe({ binary: files(1) }, names), 'raise "Max Recordings"');
	});

	it('go through where the option allows them', async () => {
		const item = { binary: files(4) };
		const { error } = await transcribe(item, '*', { options: { maxRecordings: 3 } });
		expect(error!.message).toContain('The item has 4 files');
		const { items } = await transcribe(item, '*', { options: { maxRecordings: 4 } });
		expect(items).toHaveLength(4);
		const wrong = await transcribe(item, '*', { options: { maxRecordings: -1 } });
		expect(wrong.error!.message).toContain('"maxRecordings" is -1');
	});

	it('may all be inspected, and few of them are listed in an error', async () => {
		const item = { binary: files(150, PDF) };
		const { error } = await transcribe(item, '*', { operation: 'inspect' });
		expect(error!.description).toMatch(
			/^It has ("file\d+" \(a PDF\), ){4}"file4" \(a PDF\) and 145 more:/,
		);
		const { error: unnamed } = await transcribe(item, 'data');
		expect(unnamed!.description).toContain('"file4" and 145 more');
	});

	it('are not looked for through all of a huge or deep JSON', async () => {
		const huge = Object.fromEntries(
			Array.from({ length: 100_000 }, (_, index) => [`k${index}`, {}]),
		);
		let deep: IDataObject = json();
		for (let level = 0; level < 5000; level++) deep = { deep };
		const start = process.cpuUsage();
		for (const item of [{ json: huge }, { json: deep }]) {
			const outcome = transcribe(item, '*', { binaryMode: 'combined' });
			await expectRefused(outcome, NONE);
		}
		expect(process.cpuUsage(start).user).toBeLessThan(5_000_000);
	});
});
