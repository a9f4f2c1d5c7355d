import type { Format } from '../format';

const MIN_HEAD_BYTES = 7;

/** AAC in ADTS frames. */
export const adts: Format = {
	name: 'aac',
	label: 'AAC',
	mimeType: 'audio/aac',
	marks: [],
	// The sync word of MPEG audio, with layer 0 (ISO/IEC 14496-3, 1.A.3.2).
	isLike: (head) => head.length >= MIN_HEAD_BYTES && head[0] === 0xff && (head[1]! & 0xf6) === 0xf0,
	open: async (source) => await (await import('./open')).openAdts(source),
};
