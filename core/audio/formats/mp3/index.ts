import type { Format } from '../format';

/** MP3: frames of MPEG audio layer III, which have no signature. */
export const mp3: Format = {
	name: 'mp3',
	label: 'MP3',
	mimeType: 'audio/mpeg',
	marks: [],
	isHeldBy: async (source) => {
		const { findFirstFrame } = await import('./frames');
		return (await findFirstFrame(source)) !== undefined;
	},
	open: async (source) => (await import('./open')).openMp3(source),
};
