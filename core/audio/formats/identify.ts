import { BlockReader, type ByteSource } from '../source/bytes';
import { FORMATS } from '.';
import { HTML, MARKED, MP2, MULTIPART, TEXT, UNKNOWN, type Foreign } from './foreign';
import type { Format, Marks } from './format';
import { skipId3 } from './id3';
import { isMpegLayer2 } from './mpegLayer2';

/** What bytes are. */
export type Identity = { format: Format; start: number } | { foreign: Foreign };

/** What bytes are, to choose among several. */
export interface Kind {
	/** Short name, as in a file's extension. */
	format: string;
	/** What people call it. */
	label: string;
	isAudio: boolean;
}

const HEAD_BYTES = 512;

/** Tells what a source holds by its bytes, ignoring tags, file name and MIME type. */
export async function identify(source: ByteSource): Promise<Kind> {
	const identity = await identifyFormat(source);
	const { name, label, isAudio } =
		'foreign' in identity ? identity.foreign : { ...identity.format, isAudio: true };
	return { format: name, label, isAudio };
}

/**
 * The same, with the format that can read it and where it begins: programs put ID3 tags, which belong to MP3, in
 * front of other formats, too.
 */
export async function identifyFormat(source: ByteSource): Promise<Identity> {
	const start = await skipId3(new BlockReader(source), 0);
	const head = await source.read(start, HEAD_BYTES);
	const foreign = MARKED.find(({ marks }) => hasMarks(head, marks));
	if (foreign) return { foreign };
	const marked =
		FORMATS.find(({ marks }) => marks.some((some) => hasMarks(head, some))) ??
		FORMATS.find((format) => format.isLike?.(head));
	if (marked) return { format: marked, start };
	if (start === 0) {
		if (isMultipart(head)) return { foreign: MULTIPART };
		if (isText(head)) return { foreign: isHtml(head) ? HTML : TEXT };
	}
	for (const format of FORMATS) {
		// Its tag belongs to it.
		if (await format.isHeldBy?.(source)) return { format, start: 0 };
	}
	if (await isMpegLayer2(source, start)) return { foreign: MP2 };
	// Nothing but the tag is there.
	const tagged = start > 0 ? FORMATS.find(({ isHeldBy }) => isHeldBy) : undefined;
	return tagged ? { format: tagged, start: 0 } : { foreign: UNKNOWN };
}

function hasMarks(bytes: Uint8Array, marks: Marks): boolean {
	return marks.every(
		([offset, text]) =>
			bytes.length >= offset + text.length &&
			[...text].every((character, index) => bytes[offset + index] === character.charCodeAt(0)),
	);
}

/** RFC 2046, 5.1: a boundary, then the first part's headers. */
function isMultipart(head: Uint8Array): boolean {
	const text = String.fromCharCode(...head);
	return text.startsWith('--') && /content-disposition:/i.test(text);
}

function isHtml(head: Uint8Array): boolean {
	return /^(\xef\xbb\xbf)?\s*<(!doctype html|html)/i.test(String.fromCharCode(...head));
}

function isText(head: Uint8Array): boolean {
	const isPlain = head.every(
		(byte) => byte >= 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d,
	);
	// 0xFF begins MPEG frames, never UTF-8.
	return isPlain && head.length > 0 && !head.includes(0xff);
}
