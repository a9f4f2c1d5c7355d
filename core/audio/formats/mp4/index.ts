import type { Format } from '../format';

/** Boxes that such files begin with: brands, fragments, and what QuickTime wrote before brands existed. */
const FIRST_BOXES = ['ftyp', 'styp', 'moov', 'moof', 'mdat'];
/** Likewise, but texts may have these words in this place: the box's size tells them apart. */
const FIRST_WORDS = ['wide', 'free', 'skip', 'pnot'];

/** MP4, M4A, QuickTime and 3GP; also a video's sound. */
export const mp4: Format = {
	name: 'm4a',
	label: 'M4A or MP4',
	mimeType: 'audio/mp4',
	marks: [
		...FIRST_BOXES.map((type): [number, string][] => [[4, type]]),
		...FIRST_WORDS.map((type): [number, string][] => [
			[0, '\0'],
			[4, type],
		]),
	],
	open: async (source) => await (await import('./open')).openMp4(source),
};
