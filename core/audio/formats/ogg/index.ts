import type { Format } from '../format';

/** Ogg, whatever lies in it. */
export const ogg: Format = {
	name: 'ogg',
	label: 'Ogg',
	mimeType: 'audio/ogg',
	marks: [[[0, 'OggS']]],
	open: async (source) => await (await import('./open')).openOgg(source),
};
