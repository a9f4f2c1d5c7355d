import { adts } from './adts';
import { aiff } from './aiff';
import { amr } from './amr';
import { flac } from './flac';
import type { Format } from './format';
import { matroska } from './matroska';
import { mp3 } from './mp3';
import { mp4 } from './mp4';
import { ogg } from './ogg';
import { wav } from './wav';

export type { Cuttable, Format, OpenedAudio } from './format';

/** What can be read, in the order in which people name it. */
export const FORMATS: readonly Format[] = [wav, mp3, mp4, adts, ogg, matroska, flac, amr, aiff];
