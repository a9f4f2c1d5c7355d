import type { FormField } from '../../core';

/** A form as the body of a request. */
export interface EncodedForm {
	contentType: string;
	body: Buffer;
}

/**
 * Encodes a form as `multipart/form-data` (RFC 7578; names as the HTML standard has them), with one copy of
 * the audio: the platform's own FormData makes several, and a long recording has hundreds of pieces.
 */
export function encodeForm(fields: FormField[]): EncodedForm {
	const boundary = `glm-asr-${crypto.randomUUID()}`;
	const parts = fields.flatMap((field) => [
		Buffer.from(`--${boundary}\r\n${headersOf(field)}\r\n\r\n`),
		'value' in field ? Buffer.from(field.value) : field.bytes,
		Buffer.from('\r\n'),
	]);
	return {
		contentType: `multipart/form-data; boundary=${boundary}`,
		body: Buffer.concat([...parts, Buffer.from(`--${boundary}--\r\n`)]),
	};
}

function headersOf(field: FormField): string {
	const disposition = `Content-Disposition: form-data; name="${quoted(field.name)}"`;
	if ('value' in field) return disposition;
	return `${disposition}; filename="${quoted(field.fileName)}"\r\nContent-Type: ${field.mimeType}`;
}

/** Nothing in a name may end it. */
function quoted(name: string): string {
	return name.replace(/[\r\n"]/g, (character) => encodeURIComponent(character));
}
