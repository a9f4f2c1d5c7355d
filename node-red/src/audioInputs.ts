import { setImmediate } from 'node:timers/promises';
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
	Yielder,
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

/** For each recording that a message may bring, this many entries of its list are looked at. */
const ENTRIES_PER_RECORDING = 10;

/**
 * The recordings of a message, in order: a Buffer, an attachment or an array of them in the node's
 * property, else the uploads of an HTTP In node. Among several, anything that is not audio is left out.
 *
 * @param most how many files there may be
 * @throws GlmAsrError `no_audio` that says what was found instead and what to do; `too_many_recordings`
 */
export async function findAudio(
	msg: NodeMessage,
	input: InputProperty,
	most: number,
): Promise<FoundAudio[]> {
	const { value, property } = input;
	const uploads = uploadsOf(msg);
	const entries = Array.isArray(value) && value.length > 0 ? (value as unknown[]) : [value];
	const isUsable = entries.slice(0, most * ENTRIES_PER_RECORDING).some(holdsBytes);
	if (!isUsable && uploads.length > 0) {
		return await pickAudio(msg, { entries: uploads, property: 'req.files', most });
	}
	if (entries.length > 1) return await pickAudio(msg, { entries, property, most });
	const [only] = entries;
	const found = read(only, msg, Array.isArray(value) ? `${property}[0]` : property);
	if (!found) throw notAudio(only, msg, property);
	return [found];
}

interface List {
	entries: unknown[];
	/** Without `msg.`. */
	property: string;
	most: number;
}

async function pickAudio(msg: NodeMessage, list: List): Promise<FoundAudio[]> {
	const { entries, property } = list;
	const looked = entries.slice(0, list.most * ENTRIES_PER_RECORDING);
	const candidates = looked.map((entry, index) => read(entry, msg, `${property}[${index}]`));
	const files = candidates.filter((found) => found !== undefined);
	if (files.length > list.most || (files.length > 0 && looked.length < entries.length)) {
		throw tooManyRecordings(list);
	}
	if (entries.length === 1 && files.length === 1) return files;
	const audio: FoundAudio[] = [];
	const others = new Map<FoundAudio, string>();
	const yielder = new Yielder(setImmediate);
	for (const found of files) {
		const { isAudio, label } = await identify(found.input.source);
		if (isAudio) audio.push(found);
		else others.set(found, label);
		await yielder.ifDue();
	}
	if (audio.length > 0) return audio;
	const first = looked.slice(0, MAX_LISTED).map((entry, index) => {
		const found = candidates[index];
		const { source, fileName } = found?.input ?? {};
		const label = source?.size === 0 ? 'empty' : ((found && others.get(found)) ?? describe(entry));
		return fileName ? `"${short(fileName)}" is ${label}` : `entry ${index} is ${label}`;
	});
	throw inputError(
		'no_audio',
		`None of the ${entries.length} entries of msg.${property} is audio: ${listed(first, entries.length)}.`,
		'Point the node at the property that holds the recordings.',
	);
}

function tooManyRecordings({ entries, property, most }: List): GlmAsrError {
	return inputError(
		'too_many_recordings',
		`msg.${property} has ${entries.length} entries, more than the ${most} recordings that the node takes of one message.`,
		'Send them in several messages, or raise "maxRecordings".',
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
	const description = describe(value);
	const isEmpty = description === EMPTY_OBJECT;
	return inputError(
		'no_audio',
		`msg.${property} is ${description}, not audio.`,
		(isEmpty && lostUpload(msg)) || cureFor(value),
	);
}

/** HTTP In keeps nothing of a raw body when it expects a form. */
function lostUpload(msg: NodeMessage): string | undefined {
	const type = requestOf(msg).headers?.['content-type'];
	if (typeof type !== 'string') return undefined;
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

const EMPTY_OBJECT = 'an empty object';

const MAX_KEYS = 5;

const MAX_LISTED = 5;

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
	if (keys.length === 0) return EMPTY_OBJECT;
	const more = keys.length > MAX_KEYS ? ', …' : '';
	return `an object with ${keys.slice(0, MAX_KEYS).map(short).join(', ')}${more}`;
}

/** Texts of whoever sent the message, in a list or a sentence. */
function short(text: string): string {
	return clean(text, { most: MAX_VALUE });
}
