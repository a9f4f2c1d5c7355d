import { isUint8Array } from 'node:util/types';

import type { NodeMessage } from 'node-red';

import type { GlmAsrError } from '../../core';
import {
	bytesSource,
	clean,
	identify,
	inputError,
	listed,
	MAX_VALUE,
	type AudioInput,
} from '../../core';

/** A recording in a message, and the value of the message that holds it. */
export interface FoundAudio {
	input: AudioInput;
	value: unknown;
}

/** Where a node looks: the value of its property, and what that is called. */
export interface InputProperty {
	value: unknown;
	/** Without `msg.`. */
	property: string;
}

/**
 * The recordings of a message, in order: a Buffer, an attachment or an array of them in the node's
 * property, else the uploads of an HTTP In node. Among several, anything that is not audio is left out.
 *
 * @throws GlmAsrError `no_audio` that says what was found instead and what to do
 */
export async function findAudio(msg: NodeMessage, input: InputProperty): Promise<FoundAudio[]> {
	const { value, property } = input;
	const uploads = uploadsOf(msg);
	const isArray = Array.isArray(value) && value.length > 0;
	const isUsable = isArray ? value.some(holdsBytes) : holdsBytes(value);
	if (!isUsable && uploads.length > 0) {
		return await pickAudio(msg, { value: uploads, property: 'req.files' });
	}
	if (isArray && value.length > 1) return await pickAudio(msg, input);
	const only = isArray ? (value[0] as unknown) : value;
	const found = read(only, msg, isArray ? `${property}[0]` : property);
	if (!found) throw notAudio(only, msg, property);
	return [found];
}

async function pickAudio(
	msg: NodeMessage,
	{ value, property }: { value: unknown; property: string },
): Promise<FoundAudio[]> {
	const entries = value as unknown[];
	const candidates = entries.map((entry, index) => read(entry, msg, `${property}[${index}]`));
	const first = candidates[0];
	if (entries.length === 1 && first) return [first];
	const kinds = await Promise.all(
		candidates.map(async (found) => (found ? await identify(found.input.source) : undefined)),
	);
	const audio = candidates.filter((found, index) => found && kinds[index]?.isAudio);
	if (audio.length > 0) return audio as FoundAudio[];
	const list = entries.map((entry, index) => {
		const { source, fileName } = candidates[index]?.input ?? {};
		const label = source?.size === 0 ? 'empty' : (kinds[index]?.label ?? describe(entry));
		return fileName ? `"${short(fileName)}" is ${label}` : `entry ${index} is ${label}`;
	});
	throw inputError(
		'no_audio',
		`None of the ${entries.length} entries of msg.${property} is audio: ${listed(list)}.`,
		'Point the node at the property that holds the recordings.',
	);
}

/** The bytes of an attachment, by the names that e-mail and HTTP In nodes give its parts. */
interface Attachment {
	content?: unknown;
	buffer?: unknown;
	filename?: unknown;
	originalname?: unknown;
	contentType?: unknown;
	mimetype?: unknown;
}

function read(value: unknown, msg: NodeMessage, property: string): FoundAudio | undefined {
	if (isUint8Array(value)) {
		return { value, input: { source: bytesSource(value), ...nameOf(msg.filename), property } };
	}
	const bytes = bytesOf(value);
	if (!bytes) return undefined;
	const { filename, originalname, contentType, mimetype } = value as Attachment;
	const mimeType = contentType ?? mimetype;
	return {
		value,
		input: {
			source: bytesSource(bytes),
			...nameOf(filename ?? originalname),
			...(typeof mimeType === 'string' ? { mimeType } : {}),
			property,
		},
	};
}

function bytesOf(value: unknown): Uint8Array | undefined {
	if (typeof value !== 'object' || value === null) return undefined;
	const { content, buffer } = value as Attachment;
	return [content, buffer].find(isUint8Array);
}

function holdsBytes(value: unknown): boolean {
	return isUint8Array(value) || bytesOf(value) !== undefined;
}

/** File nodes give a whole path as the name. */
function nameOf(name: unknown): { fileName?: string } {
	if (typeof name !== 'string') return {};
	const fileName = name.split(/[/\\]/).pop();
	return fileName ? { fileName } : {};
}

/** The part of an HTTP In node's request that matters here. */
interface UploadRequest {
	files?: unknown;
	headers?: Record<string, unknown>;
}

function requestOf(msg: NodeMessage): UploadRequest {
	return msg.req ?? {};
}

/** What HTTP In puts beside the form's fields when "Accept file uploads" is ticked. */
function uploadsOf(msg: NodeMessage): unknown[] {
	const { files } = requestOf(msg);
	return Array.isArray(files) ? files : [];
}

function notAudio(value: unknown, msg: NodeMessage, property: string): GlmAsrError {
	return inputError(
		'no_audio',
		`msg.${property} is ${describe(value)}, not audio.`,
		lostUpload(value, msg) ?? cureFor(value),
	);
}

/** HTTP In keeps nothing of a raw body when it expects a form. */
function lostUpload(value: unknown, msg: NodeMessage): string | undefined {
	const type = requestOf(msg).headers?.['content-type'];
	const isEmpty = typeof value === 'object' && value !== null && Object.keys(value).length === 0;
	if (typeof type !== 'string' || !isEmpty) return undefined;
	return type.startsWith('multipart/')
		? 'Put a file into the form that is sent to the HTTP In node.'
		: `The HTTP In node dropped the ${short(type)} that it got: untick its "Accept file uploads", or send the recording as a file of a multipart form.`;
}

const FROM_FILE =
	'Set the read file node to output "a single Buffer object", or the http request node to return "a binary buffer".';

function cureFor(value: unknown): string {
	if (typeof value !== 'string') return 'Point the node at the Buffer that holds the recording.';
	if (isPath(value)) {
		return 'If it names a file, read that with a read file node, set to output "a single Buffer object".';
	}
	if (isBase64(value)) {
		return 'Decode it first, for example with Buffer.from(msg.payload, "base64") in a function node.';
	}
	return FROM_FILE;
}

function isPath(text: string): boolean {
	return text.length < 1000 && /^[^\n]*\.\w{2,5}$/.test(text);
}

function isBase64(text: string): boolean {
	return /^data:[^,]*;base64,/.test(text) || /^[A-Za-z0-9+/_-]{64}/.test(text);
}

const MAX_KEYS = 5;

function describe(value: unknown): string {
	if (value === undefined) return 'not set';
	if (value === null) return 'null';
	if (typeof value === 'string') {
		return value === '' ? 'an empty text' : `text (${value.length} characters)`;
	}
	if (Array.isArray(value)) {
		return value.length === 0 ? 'an empty array' : `an array of ${value.length}`;
	}
	if (typeof value !== 'object') return `a ${typeof value}`;
	const keys = Object.keys(value);
	if (keys.length === 0) return 'an empty object';
	const more = keys.length > MAX_KEYS ? ', …' : '';
	return `an object with ${keys.slice(0, MAX_KEYS).map(short).join(', ')}${more}`;
}

/** Texts of whoever sent the message, in a list or a sentence. */
function short(text: string): string {
	return clean(text, { most: MAX_VALUE });
}
