import { skipId3 } from './id3';
import { findFirstFrame } from './mp3';
import { BlockReader, type ByteSource } from '../source/bytes';

/** What bytes are, told by the bytes alone. */
export interface Kind {
	/** Short name, as in a file's extension. */
	format: string;
	/** What people call it. */
	label: string;
	isAudio: boolean;
	/** What to do about bytes that are no audio, where there is something better than to look elsewhere. */
	cure?: string;
}

interface Signature extends Kind {
	/** Latin-1 text at an offset; all must match. */
	marks: [offset: number, text: string][];
}

const audio = (format: string, label: string, ...marks: Signature['marks']): Signature => ({
	format,
	label,
	isAudio: true,
	marks,
});
const other = (format: string, label: string, ...marks: Signature['marks']): Signature => ({
	format,
	label,
	isAudio: false,
	marks,
});

/** First match wins. MP3 has no mark of its own and is looked for afterwards. */
const SIGNATURES: Signature[] = [
	audio('wav', 'WAV', [0, 'RIFF'], [8, 'WAVE']),
	audio('wav', 'WAV', [0, 'RF64'], [8, 'WAVE']),
	audio('wav', 'WAV', [0, 'BW64'], [8, 'WAVE']),
	audio('flac', 'FLAC', [0, 'fLaC']),
	audio('ogg', 'Ogg', [0, 'OggS']),
	audio('webm', 'WebM or Matroska', [0, '\x1a\x45\xdf\xa3']),
	audio('amr', 'AMR', [0, '#!AMR']),
	audio('aiff', 'AIFF', [0, 'FORM'], [8, 'AIF']),
	audio('caf', 'CAF', [0, 'caff']),
	audio('au', 'Sun audio', [0, '.snd']),
	audio('wma', 'Windows Media', [0, '\x30\x26\xb2\x75\x8e\x66\xcf\x11']),
	other('heic', 'a HEIC picture', [4, 'ftyphei']),
	other('heic', 'a HEIC picture', [4, 'ftypmif1']),
	other('avif', 'an AVIF picture', [4, 'ftypavif']),
	audio('m4a', 'M4A or MP4', [4, 'ftyp']),
	audio('m4a', 'M4A or MP4', [4, 'moov']),
	other('pdf', 'a PDF', [0, '%PDF']),
	other('zip', 'a ZIP archive or Office document', [0, 'PK\x03\x04']),
	other('gzip', 'a gzip archive', [0, '\x1f\x8b']),
	other('png', 'a PNG picture', [0, '\x89PNG']),
	other('jpeg', 'a JPEG picture', [0, '\xff\xd8\xff']),
	other('gif', 'a GIF picture', [0, 'GIF8']),
	other('webp', 'a WebP picture', [0, 'RIFF'], [8, 'WEBP']),
	other('avi', 'an AVI video', [0, 'RIFF'], [8, 'AVI ']),
];

const MP3: Kind = { format: 'mp3', label: 'MP3', isAudio: true };
const AAC: Kind = { format: 'aac', label: 'AAC (ADTS)', isAudio: true };
const HTML: Kind = { format: 'html', label: 'HTML', isAudio: false };
const TEXT: Kind = { format: 'text', label: 'text', isAudio: false };
const MULTIPART: Kind = {
	format: 'multipart',
	label: 'a whole multipart form',
	isAudio: false,
	cure: 'Take the file out of the form first; the HTTP In node of Node-RED does so with "Accept file uploads" ticked.',
};
const UNKNOWN: Kind = { format: 'unknown', label: 'raw data of no known kind', isAudio: false };

const HEAD_BYTES = 512;

/** Tells what a source holds by its first bytes, tags left aside; name and MIME type have no say. */
export async function identify(source: ByteSource): Promise<Kind> {
	const head = await source.read(0, HEAD_BYTES);
	if (hasText(head, 0, 'ID3')) return await identifyTagged(source);
	const marked = SIGNATURES.find(({ marks }) =>
		marks.every(([at, text]) => hasText(head, at, text)),
	);
	if (marked) return { format: marked.format, label: marked.label, isAudio: marked.isAudio };
	if (isAdts(head)) return AAC;
	if (isMultipart(head)) return MULTIPART;
	if (isText(head)) return isHtml(head) ? HTML : TEXT;
	return (await findFirstFrame(source)) ? MP3 : UNKNOWN;
}

/** ID3 belongs to MP3, but programs put it in front of others, too. */
async function identifyTagged(source: ByteSource): Promise<Kind> {
	const start = await skipId3(new BlockReader(source), 0);
	const head = await source.read(start, HEAD_BYTES);
	if (hasText(head, 0, 'fLaC')) return { format: 'flac', label: 'FLAC', isAudio: true };
	return isAdts(head) ? AAC : MP3;
}

function hasText(bytes: Uint8Array, offset: number, text: string): boolean {
	if (bytes.length < offset + text.length) return false;
	return [...text].every((character, index) => bytes[offset + index] === character.charCodeAt(0));
}

/** RFC 2046, 5.1: a boundary, then the first part's headers. */
function isMultipart(head: Uint8Array): boolean {
	const text = String.fromCharCode(...head);
	return text.startsWith('--') && /content-disposition:/i.test(text);
}

/** ADTS (ISO/IEC 14496-3, 1.A.3.2): the sync word of MPEG audio with layer 0. */
function isAdts(head: Uint8Array): boolean {
	return head.length > 6 && head[0] === 0xff && (head[1]! & 0xf6) === 0xf0;
}

function isHtml(head: Uint8Array): boolean {
	return /^(\xef\xbb\xbf)?\s*<(!doctype html|html)/i.test(String.fromCharCode(...head));
}

function isText(head: Uint8Array): boolean {
	const isPlain = head.every(
		(byte) => byte >= 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d,
	);
	// An ID3 tag is binary behind its first letters, and 0xFF begins MPEG frames, never UTF-8.
	return isPlain && head.length > 0 && !head.includes(0xff);
}
