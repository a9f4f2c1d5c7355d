import type { Format } from '../format';

/** AIFF and AIFF-C. */
export const aiff: Format = {
	name: 'aiff',
	label: 'AIFF',
	mimeType: 'audio/aiff',
	marks: [
		[
			[0, 'FORM'],
			[8, 'AIF'],
		],
	],
	open: async (source) => await (await import('./open')).openAiff(source),
};
