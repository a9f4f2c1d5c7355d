import type { IBinaryData, IExecuteFunctions } from 'n8n-workflow';

import {
	bytesSource,
	clean,
	identify,
	inputError,
	listed,
	MAX_VALUE,
	storageError,
	streamSource,
	type AudioInput,
	type ClosableSource,
} from '../../core';

interface Field {
	property: string;
	binary: IBinaryData;
}

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
		const present = allFields(context, itemIndex);
		if (wanted === EVERY_AUDIO) yield* openEveryAudio(context, present);
		else yield* openNamed(context, present, wanted);
	} catch (error) {
		yield error as Error;
	}
}

async function* openEveryAudio(
	context: IExecuteFunctions,
	fields: Field[],
): AsyncGenerator<OpenInput> {
	const passedOver: string[] = [];
	for (const field of fields) {
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
	present: Field[],
	wanted: unknown,
): AsyncGenerator<OpenInput | Error> {
	for (const field of named(present, wanted)) {
		yield field instanceof Error ? field : await open(context, field);
	}
}

function named(present: Field[], wanted: unknown): (Field | Error)[] {
	if (isBinary(wanted)) return [{ property: nameOf(wanted) ?? 'binary', binary: wanted }];
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
	return names.map(
		(name) => present.find(({ property }) => property === name) ?? missing(name, present),
	);
}

function missing(name: string, present: Field[]): Error {
	const others = listed(present.map(({ property }) => quoted(property)));
	return inputError(
		'no_audio',
		`The item has no binary field ${quoted(name)}.`,
		others ? `It has ${others}: set "Input Binary Field" to one of them or to "*".` : NO_BINARIES,
	);
}

/** Keys come from whoever filled the item, and a text may be a whole recording. */
function quoted(name: string): string {
	return `"${clean(name, { most: MAX_VALUE })}"`;
}

/** Binary fields of an item; in combined binary mode they are values inside its JSON, named by path. */
function allFields(context: IExecuteFunctions, itemIndex: number): Field[] {
	const { binary = {}, json } = context.getInputData()[itemIndex]!;
	return [
		...Object.entries(binary)
			.filter(([, data]) => holdsFile(data))
			.map(([property, data]) => ({ property, binary: data })),
		...binariesInside(json, ''),
	];
}

function binariesInside(value: unknown, path: string): Field[] {
	if (isBinary(value)) return [{ property: path, binary: value }];
	if (typeof value !== 'object' || value === null) return [];
	const isList = Array.isArray(value);
	return Object.entries(value).flatMap(([key, inner]) =>
		binariesInside(inner, isList ? `${path}[${key}]` : path === '' ? key : `${path}.${key}`),
	);
}

function isBinary(value: unknown): value is IBinaryData {
	return holdsFile(value) && typeof value.mimeType === 'string';
}

/** Code nodes put anything into an item's binary fields, even the base64 alone. */
function holdsFile(value: unknown): value is IBinaryData {
	if (typeof value !== 'object' || value === null) return false;
	const { data, id } = value as Partial<IBinaryData>;
	// An expression's binary has no `data`; a stored one is found by its id.
	return typeof data === 'string' || typeof id === 'string';
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
