import type { Attempt } from './attempt';

/** What a recording may take, by its bytes and by the sound that came of it. */

/** Seconds of work for whatever is small, for a megabyte, and sound that is read in one. */
const MIN_WORK = 0.5;
const WORK_PER_MEGABYTE = 1;
const MIN_SPEED = 50;
/** Pieces of two seconds are cut at least so far from each other; short ones end where a recording does. */
const PIECE_SECONDS = 0.5;
const MIN_REQUESTS = 110;
/** Seconds of sound for whatever is small, and how sparse sound may be: a tenth of 4 kbit/s. */
const MIN_SOUND = 660;
const BYTES_PER_SECOND = 50;
const MEGABYTE = 2 ** 20;

/** Sentences about what is too much. */
export function excesses(bytes: number, spent: number, { seconds, requests }: Attempt): string[] {
	const work = MIN_WORK + (WORK_PER_MEGABYTE * bytes) / MEGABYTE + seconds / MIN_SPEED;
	const sound = Math.max(MIN_SOUND, bytes / BYTES_PER_SECOND);
	return [
		...(spent > work ? [`${bytes} bytes take ${spent} s for ${seconds} s of sound.`] : []),
		...(seconds > sound ? [`${bytes} bytes become ${seconds} s of sound.`] : []),
		...(requests > MIN_REQUESTS + seconds / PIECE_SECONDS
			? [`${bytes} bytes make ${requests} requests for ${seconds} s of sound.`]
			: []),
	];
}
