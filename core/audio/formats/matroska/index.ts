import type { Format } from '../format';

/** WebM and Matroska, also recorded live. */
export const matroska: Format = {
	name: 'webm',
	label: 'WebM or Matroska',
	mimeType: 'audio/webm',
	marks: [[[0, '\x1a\x45\xdf\xa3']]],
	open: async (source) => await (await import('./open')).openMatroska(source),
};
