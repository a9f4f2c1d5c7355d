import { encodeForm } from '../../nodes/GlmAsr/multipart';

const audio = Uint8Array.from({ length: 300 }, (_, index) => index);

/** What a reader that was written by others finds in it. */
async function decoded(...fields: Parameters<typeof encodeForm>[0]): Promise<FormData> {
	const { contentType, body } = encodeForm(fields);
	return await new Response(new Uint8Array(body), {
		headers: { 'content-type': contentType },
	}).formData();
}

const file = (fileName: string) => ({
	name: 'file',
	fileName,
	mimeType: 'audio/wav',
	bytes: audio.subarray(10, 290),
});

test('A form holds its fields in order, and the audio byte for byte', async () => {
	const form = await decoded(
		{ name: 'model', value: 'glm-asr-2512' },
		{ name: 'hotwords', value: '["智谱","n8n"]' },
		{ name: 'prompt', value: 'two\r\nlines' },
		file('Besprechung – 会议.wav'),
	);

	expect([...form.keys()]).toEqual(['model', 'hotwords', 'prompt', 'file']);
	expect(form.get('hotwords')).toBe('["智谱","n8n"]');
	expect(form.get('prompt')).toBe('two\r\nlines');
	const sent = form.get('file') as File;
	expect([sent.name, sent.type]).toEqual(['Besprechung – 会议.wav', 'audio/wav']);
	expect(Buffer.from(await sent.arrayBuffer()).equals(audio.subarray(10, 290))).toBe(true);
});

test('A name cannot add a header or a field', async () => {
	const name = 'a"; filename="b.wav\r\nX-Evil: 1\r\n\r\n--';
	const { body } = encodeForm([file(name)]);
	const form = await decoded(file(name));

	expect([...form.keys()]).toEqual(['file']);
	expect(body.toString('latin1')).not.toMatch(/^X-Evil/m);
});

test('No two forms have the same boundary', () => {
	expect(encodeForm([]).contentType).not.toBe(encodeForm([]).contentType);
});
