import type { Edit } from '../../track/packets';
import type { Box } from './box';

export const WHOLE: readonly Edit[] = [{ silence: 0, start: 0, end: Infinity }];

/** More silence than this is not a delay but a wrong number. */
const MAX_SILENCE_SECONDS = 3600;

/** Longer lists are made to waste memory; then the whole track is played. */
const MAX_EDITS = 10_000;

/**
 * Reads an edit list (ISO/IEC 14496-12, 8.6.6): silences at the beginning and between, encoder delay
 * that is not heard, stretches that were cut out. A list that repeats or reorders is played once, from
 * its first to its last place.
 *
 * @param timescale of the track
 * @param movieTimescale what durations of edits are counted in
 */
export function readEditList(elst: Box, timescale: number, movieTimescale: number): Edit[] {
	const { version } = elst.fullHeader();
	const entryBytes = version === 1 ? 20 : 12;
	const count = Math.min(elst.uint32(), Math.floor(elst.remaining / entryBytes));
	if (count > MAX_EDITS) return [];
	const edits: Edit[] = [];
	let silence = 0;
	for (let index = 0; index < count; index++) {
		const duration = version === 1 ? elst.uint64() : elst.uint32();
		const start = version === 1 ? elst.int64() : elst.int32();
		elst.skip(4);
		const length = (duration * timescale) / movieTimescale;
		if (start < 0) {
			silence += length;
		} else {
			edits.push({ silence, start, end: duration > 0 ? start + length : Infinity });
			silence = 0;
		}
	}
	return withoutExcess(isRising(edits) ? edits : united(edits), timescale);
}

function isRising(edits: Edit[]): boolean {
	return edits.every(({ start }, index) => index === 0 || start >= edits[index - 1]!.end);
}

function united(edits: Edit[]): Edit[] {
	return [
		edits.reduce(({ silence, start, end }, edit) => ({
			silence,
			start: Math.min(start, edit.start),
			end: Math.max(end, edit.end),
		})),
	];
}

function withoutExcess(edits: Edit[], timescale: number): Edit[] {
	const silence = edits.reduce((sum, edit) => sum + edit.silence, 0);
	if (silence <= MAX_SILENCE_SECONDS * timescale) return edits;
	return edits.map((edit) => ({ ...edit, silence: 0 }));
}

/** How much of a track's media is heard, silences included. */
export function heardDuration(
	edits: readonly Edit[],
	mediaStart: number,
	mediaEnd: number,
): number {
	return edits.reduce((sum, { silence, start, end }) => {
		const heard = Math.min(end, mediaEnd) - Math.max(start, mediaStart);
		return heard > 0 ? sum + silence + heard : sum;
	}, 0);
}
