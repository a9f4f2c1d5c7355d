import type { Dice } from '../dice';
import { flac } from './flac';
import { adts, amr, mp3 } from './frames';
import { matroska } from './matroska';
import { mp4, mp4Fragments } from './mp4';
import { oggOpus, oggVorbis } from './ogg';
import { aiff, wav } from './pcm';

/**
 * Files that are made part by part as their formats want it, with counts, sizes and times that nobody writes: cheap to
 * send, and as dear to read as may be. What a mutation of a recording hardly ever hits is the rule here.
 */
export const MAKERS: [name: string, make: (dice: Dice) => Uint8Array][] = [
	['FLAC', flac],
	['MP4', mp4],
	['MP4', mp4],
	['MP4 in fragments', mp4Fragments],
	['Matroska', matroska],
	['Ogg Vorbis', oggVorbis],
	['Ogg Opus', oggOpus],
	['WAV', wav],
	['AIFF', aiff],
	['MP3', mp3],
	['ADTS', adts],
	['AMR', amr],
];
