import type { Format } from '../format';

/** Native FLAC: metadata, then frames. */
export const flac: Format = {
	name: 'flac',
	label: 'FLAC',
	mimeType: 'audio/flac',
	marks: [[[0, 'fLaC']]],
	open: async (source) => await (await import('./open')).openFlac(source),
};
