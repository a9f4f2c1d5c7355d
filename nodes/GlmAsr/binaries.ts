import type { IBinaryData, IExecuteFunctions } from 'n8n-workflow';

import {
	bytesSource,
	checkOption,
	clean,
	identify,
	inputError,
	listed,
	MAX_VALUE,
	OPTIONS,
	storageError,
	streamSource,
	Yielder,
	type AudioInput,
	type ClosableSource,
	type GlmAsrError,
} from '../../core';
import { yieldToEventLoop } from './connection';
import { isBinary, OwnFiles, type Field } from './ownFiles';

const EVERY_AUDIO = '*';
const NO_BINARIES = 'It has no binary fields: check the step that should bring the recording.';

/** A recording whose source must be closed by its receiver. */
export type OpenInput = AudioInput & { source: ClosableSource };

/**
 * Opens the recordings that "Input Binary Field" names, one after the other. What cannot be opened is
 * yielded as its error, so that the others still come.
 */
export async function* openInputs(
	context: IExecuteFunctions,
	itemIndex: number,
): AsyncGenerator<OpenInput | Error, void, undefined> {
	try {
		const wanted = context.getNodeParameter('binaryPropertyName', itemIndex) as unknown;
		const files = new OwnFiles(context, itemIndex);
		const most = mostRecordings(context, itemIndex);
		if (wanted === EVERY_AUDIO) yield* openEveryAudio(context, files, most);
		else yield* openNamed(context, named(files, wanted, most));
	} catch (error) {
		yield error as Error;
	}
}

/** To look at recordings costs nothing: only what is sent is limited. */
function mostRecordings(context: IExecuteFunctions, itemIndex: number): number {
	if (context.getNodeParameter('operation', itemIndex, 'transcribe') === 'inspect') return Infinity;
	const { default: usual } = OPTIONS.maxRecordings;
	const chosen = context.getNodeParameter('options.maxRecordings', itemIndex, usual);
	return checkOption('maxRecordings', chosen) as number;
}

async function* openEveryAudio(
	context: IExecuteFunctions,
	files: OwnFiles,
	most: number,
): AsyncGenerator<OpenInput> {
	const fields = files.all();
	if (fields.length > most) {
		throw inputError(
			'too_many_recordings',
			`The item has ${fields.length} files, more than the ${most} recordings that the node takes of one item.`,
			'Split it into several items, name the fields that hold recordings, or raise "Max Recordings".',
		);
	}
	const passedOver: string[] = [];
	for await (const field of paced(fields)) {
		if (!files.mayRead(field.binary)) {
			passedOver.push(`${quoted(field.property)} (a file of another workflow or execution)`);
			continue;
		}
		const recording = await open(context, field);
		const other = await labelOfOther(recording);
		if (other === undefined) yield recording;
		else passedOver.push(`${quoted(field.property)} (${other})`);
	}
	if (passedOver.length === fields.length) {
		throw inputError(
			'no_audio',
			'The item has no binary field that holds audio.',
			fields.length > 0
				? `It has ${listed(passedOver)}: check the step that should bring the recording.`
				: NO_BINARIES,
		);
	}
}

/** What lies in memory is read without a break. */
async function* paced<T>(all: T[]): AsyncGenerator<T, void, undefined> {
	const yielder = new Yielder(yieldToEventLoop);
	for (const one of all) {
		yield one;
		await yielder.ifDue();
	}
}

/** What a recording is instead of audio; it is closed then. */
async function labelOfOther({ source }: OpenInput): Promise<string | undefined> {
	let isAudio = false;
	try {
		const kind = await identify(source);
		isAudio = kind.isAudio;
		return isAudio ? undefined : kind.label;
	} finally {
		if (!isAudio) await source.close();
	}
}

async function* openNamed(
	context: IExecuteFunctions,
	fields: (Field | Error)[],
): AsyncGenerator<OpenInput | Error> {
	for await (const field of paced(fields)) {
		yield field instanceof Error ? field : await open(context, field);
	}
}

function named(files: OwnFiles, wanted: unknown, most: number): (Field | Error)[] {
	const checked = (field: Field) => (files.mayRead(field.binary) ? field : foreign());
	if (isBinary(wanted)) {
		return [checked({ property: nameOf(wanted) ?? 'binary', binary: wanted })];
	}
	const names = (typeof wanted === 'string' ? wanted : '')
		.split(',')
		.map((name) => name.trim())
		.filter((name) => name !== '');
	if (names.length === 0) {
		throw inputError(
			'no_audio',
			'"Input Binary Field" names no field and yields no binary object.',
			'Enter the name of a binary field, for example "data".',
		);
	}
	if (names.length > most) {
		throw inputError(
			'too_many_recordings',
			`"Input Binary Field" names ${names.length} fields, more than the ${most} recordings that the node takes of one item.`,
			'Split the item into several, or raise "Max Recordings".',
		);
	}
	return names.map((name) => {
		const field = files.named(name);
		return field ? checked(field) : missing(name, files);
	});
}

function missing(name: string, files: OwnFiles): GlmAsrError {
	const others = listed(files.all().map(({ property }) => quoted(property)));
	return inputError(
		'no_audio',
		`The item has no binary field ${quoted(name)}.`,
		others ? `It has ${others}: set "Input Binary Field" to one of them or to "*".` : NO_BINARIES,
	);
}

function foreign(): GlmAsrError {
	return inputError(
		'foreign_audio',
		'"Input Binary Field" names a file of another workflow or execution.',
		"Point it at a file that this execution brought, for example {{ $('Webhook').item.binary.data }}.",
	);
}

/** Keys come from whoever filled the item, and a text may be a whole recording. */
function quoted(name: string): string {
	return `"${clean(name, { most: MAX_VALUE })}"`;
}

async function open(context: IExecuteFunctions, { property, binary }: Field): Promise<OpenInput> {
	const { mimeType } = binary;
	return {
		property,
		fileName: nameOf(binary),
		mimeType,
		source: await openSource(context, binary, property),
	};
}

/** Items may hold anything in place of a text. */
function nameOf({ fileName }: { fileName?: unknown }): string | undefined {
	return typeof fileName === 'string' ? fileName : undefined;
}

/** Stored binaries are read as a stream, so that a large file is never held whole. */
async function openSource(
	{ helpers }: IExecuteFunctions,
	{ id, data }: IBinaryData,
	property: string,
): Promise<ClosableSource> {
	if (!id) return { ...bytesSource(Buffer.from(data, 'base64')), close: async () => {} };
	const { fileSize } = await helpers.getBinaryMetadata(id).catch((error: unknown) => {
		throw storageError(error, `The binary field ${quoted(property)}`);
	});
	return streamSource(
		fileSize,
		async () => (await helpers.getBinaryStream(id)) as AsyncIterable<Uint8Array>,
	);
}
