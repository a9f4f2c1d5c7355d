import type { Format } from '../format';

/** Ogg, whatever it carries. */
export const ogg: Format = {
	name: 'ogg',
	label: 'Ogg',
	mimeType: 'audio/ogg',
	marks: [[[0, 'OggS']]],
	open: async (source) => await (await import('./open')).openOgg(source),
};
