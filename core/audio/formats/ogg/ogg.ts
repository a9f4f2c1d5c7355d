import { DamagedAudioError } from '../../errors';
import type { StreamInfo } from '../../streamInfo';
import type { PcmBlock } from '../../pcm';
import { BlockReader, type ByteSource } from '../../source/bytes';
import { decodeTrack, Problems } from '../../track/decodeTrack';
import { findPageHeader, PageReader, readPageClock } from './pages';
import { readTrackPages, type TrackPage } from './trackPages';

/** Where the last page is looked for: a page has at most 65,307 bytes. */
const TAIL_BYTES = 64 * 1024;

/**
 * Reads what an Ogg file (RFC 3533) says of its first audio track, which may be Opus (RFC 7845) or Vorbis. The
 * duration is where the last page says it ends; chained streams are added up.
 *
 * @throws DamagedAudioError when there is no such track, or no sound in it
 */
export async function inspectOgg(source: ByteSource): Promise<StreamInfo> {
	const first = await firstPage(source);
	if (!first) throw new DamagedAudioError('its audio track has no sound');
	const { codec, channels, sampleRate } = first.format;
	const duration = (await durationByTail(source, first)) ?? (await durationByPages(source));
	const bitRate = duration > 0 ? Math.round((source.size * 8) / duration) : 0;
	return { codec, channels, sampleRate, duration, bitRate };
}

/**
 * Decodes the first audio track of an Ogg file to mono: Opus at 16 kHz, Vorbis at its own rate. Chained streams
 * of the same codec follow each other.
 *
 * @throws DamagedAudioError when nothing can be decoded
 * @throws TruncatedAudioError after all that could be decoded
 */
export function decodeOgg(source: ByteSource): AsyncGenerator<PcmBlock> {
	const problems = new Problems();
	return decodeTrack(readGroups(source, problems), problems);
}

async function* readGroups(source: ByteSource, problems: Problems): AsyncGenerator<[TrackPage]> {
	const reader = new PageReader(source);
	for await (const page of readTrackPages(reader)) yield [page];
	if (reader.isCutShort) problems.add('it ends in the midst of a page');
}

async function firstPage(source: ByteSource): Promise<TrackPage | undefined> {
	for await (const page of readTrackPages(new PageReader(source))) {
		return page;
	}
	return undefined;
}

/** Undefined when the end of the file does not tell: the track ends earlier, or others are chained behind it. */
async function durationByTail(source: ByteSource, first: TrackPage): Promise<number | undefined> {
	if (source.size <= TAIL_BYTES) return undefined;
	const tail = await new BlockReader(source).view(source.size - TAIL_BYTES, TAIL_BYTES);
	let last: number | undefined;
	for (let at = findPageHeader(tail, 0); at !== -1; at = findPageHeader(tail, at + 1)) {
		const { serial, granule } = readPageClock(tail, at);
		if (!first.serials.has(serial)) return undefined;
		if (serial === first.serial && granule !== undefined) last = granule;
	}
	return last === undefined ? undefined : secondsUntil(last, first);
}

async function durationByPages(source: ByteSource): Promise<number> {
	let seconds = 0;
	let first: TrackPage | undefined;
	let last = 0;
	for await (const page of readTrackPages(new PageReader(source))) {
		if (first?.format !== page.format) {
			if (first) seconds += secondsUntil(last, first);
			if (first && first.format.codec !== page.format.codec) return seconds;
			first = page;
			last = 0;
		}
		last = page.end ?? last + page.format.ticks(page.packets);
	}
	return first ? seconds + secondsUntil(last, first) : seconds;
}

/** From the beginning of a track's first page to a granule position. */
function secondsUntil(granule: number, { format, packets, end = 0, isLast }: TrackPage): number {
	const start = end - format.ticks(packets);
	// A track that begins before 0 is heard from 0 on.
	const base = isLast || start < 0 ? 0 : start;
	return Math.max(0, granule - base - format.preSkip) / format.clockRate;
}
