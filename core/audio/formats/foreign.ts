import type { Marks } from './format';

/** A kind of file that is recognised but cannot be read. */
export interface Foreign {
	/** Short name, as in a file's extension. */
	name: string;
	/** What people call it. */
	label: string;
	/** Whether there is sound in it: then it can be converted. */
	isAudio: boolean;
	/** What to do about it, where there is better advice than to look elsewhere. */
	cure?: string;
}

interface MarkedForeign extends Foreign {
	marks: Marks;
}

const audio = (name: string, label: string, ...marks: Marks): MarkedForeign => ({
	name,
	label,
	isAudio: true,
	marks,
});
const other = (name: string, label: string, ...marks: Marks): MarkedForeign => ({
	name,
	label,
	isAudio: false,
	marks,
});

/** Kinds with signatures; these are checked before the formats', since some share theirs. */
export const MARKED: readonly MarkedForeign[] = [
	audio('caf', 'a CAF recording', [0, 'caff']),
	audio('au', 'a Sun audio (AU) recording', [0, '.snd']),
	audio('wma', 'a Windows Media recording', [0, '\x30\x26\xb2\x75\x8e\x66\xcf\x11']),
	audio('avi', 'an AVI video', [0, 'RIFF'], [8, 'AVI ']),
	audio('flv', 'a Flash video', [0, 'FLV\x01']),
	audio('rm', 'a RealMedia recording', [0, '.RMF']),
	audio('ape', "a Monkey's Audio recording", [0, 'MAC ']),
	audio('wv', 'a WavPack recording', [0, 'wvpk']),
	audio('dsf', 'a DSD recording', [0, 'DSD ']),
	audio('silk', 'a SILK voice message', [0, '#!SILK']),
	audio('silk', 'a SILK voice message', [1, '#!SILK']),
	other('midi', 'MIDI, which holds notes and no sound', [0, 'MThd']),
	other('heic', 'a HEIC picture', [4, 'ftyphei']),
	other('heic', 'a HEIC picture', [4, 'ftypmif1']),
	other('avif', 'an AVIF picture', [4, 'ftypavif']),
	other('pdf', 'a PDF', [0, '%PDF']),
	other('zip', 'a ZIP archive or Office document', [0, 'PK\x03\x04']),
	other('gzip', 'a gzip archive', [0, '\x1f\x8b']),
	other('png', 'a PNG picture', [0, '\x89PNG']),
	other('jpeg', 'a JPEG picture', [0, '\xff\xd8\xff']),
	other('gif', 'a GIF picture', [0, 'GIF8']),
	other('webp', 'a WebP picture', [0, 'RIFF'], [8, 'WEBP']),
];

export const MP2: Foreign = { name: 'mp2', label: 'an MPEG layer II recording', isAudio: true };
export const HTML: Foreign = { name: 'html', label: 'HTML', isAudio: false };
export const TEXT: Foreign = { name: 'text', label: 'text', isAudio: false };
export const MULTIPART: Foreign = {
	name: 'multipart',
	label: 'a whole multipart form',
	isAudio: false,
	cure: 'Take the file out of the form first; the HTTP In node of Node-RED does so with "Accept file uploads" ticked.',
};
export const UNKNOWN: Foreign = {
	name: 'unknown',
	label: 'raw data of no known kind',
	isAudio: false,
};
