import type { Format } from '../format';

/** AMR: frames of AMR-NB or AMR-WB after a signature. */
export const amr: Format = {
	name: 'amr',
	label: 'AMR',
	mimeType: 'audio/amr',
	marks: [[[0, '#!AMR']]],
	open: async (source) => await (await import('./open')).openAmr(source),
};
