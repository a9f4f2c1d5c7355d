import type { FastifyRequest } from 'fastify';
import { finished } from 'node:stream/promises';
import { Refusal } from './refusals';

/** 25 MB, as the documentation says; bytes beyond it are counted but not kept. */
export const MAX_FILE_BYTES = 25 * 1024 * 1024;

export interface Upload {
	/** In order of arrival; a field that came more than once has several values. */
	fields: Map<string, string[]>;
	file?: { name: string; mimeType: string; size: number; bytes: Uint8Array };
}

/**
 * Reads a whole multipart form.
 * @throws Refusal when the body is not one, or breaks off
 */
export async function readUpload(request: FastifyRequest): Promise<Upload> {
	if (!request.isMultipart()) throw new Refusal('notMultipart');
	const upload: Upload = { fields: new Map() };
	try {
		for await (const part of request.parts()) {
			if (part.type === 'field') {
				const values = upload.fields.get(part.fieldname) ?? [];
				upload.fields.set(part.fieldname, [...values, String(part.value)]);
				continue;
			}
			const chunks: Buffer[] = [];
			let size = 0;
			for await (const chunk of part.file as AsyncIterable<Buffer>) {
				size += chunk.length;
				if (size <= MAX_FILE_BYTES) chunks.push(chunk);
			}
			if (part.fieldname !== 'file') continue;
			const bytes = Buffer.concat(chunks);
			upload.file ??= { name: part.filename, mimeType: part.mimetype, size, bytes };
		}
	} catch (error) {
		throw new Refusal('notMultipart', '', error instanceof Error ? error.message : '');
	}
	return upload;
}

/**
 * Reads what is left of a body, so that a client that is still sending gets its answer.
 * @throws Error when the client goes away
 */
export async function drain(request: FastifyRequest): Promise<void> {
	request.raw.resume();
	await finished(request.raw, { writable: false });
}
