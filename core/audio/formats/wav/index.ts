import type { Format } from '../format';

/** WAV: RIFF, and RF64 and BW64 for large files. */
export const wav: Format = {
	name: 'wav',
	label: 'WAV',
	mimeType: 'audio/wav',
	marks: ['RIFF', 'RF64', 'BW64'].map((mark) => [
		[0, mark],
		[8, 'WAVE'],
	]),
	open: async (source) => await (await import('./open')).openWav(source),
};
