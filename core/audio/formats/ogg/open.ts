import { readParameters } from '../../codecs';
import { DamagedAudioError, TruncatedAudioError } from '../../errors';
import { BlockReader, type ByteSource } from '../../source/bytes';
import type { StreamInfo } from '../../streamInfo';
import { measureTrack, spanFrom } from '../../track/measure';
import type { GapRules, PacketTrack } from '../../track/packets';
import type { OpenedAudio } from '../format';
import { findPageHeader, PageReader, readPageClock } from './pages';
import { readTrackPages, type TrackPage } from './trackPages';

/** Where to look for the last page: a page has at most 65,307 bytes. */
const TAIL_BYTES = 64 * 1024;
/** Longer steps are jumps of the clock, not missing sound. */
const GAPS: GapRules = { min: 0.1, max: 10, total: 60 };

/**
 * Opens an Ogg file (RFC 3533) by its first audio track. Its duration is where the last page says it
 * ends; the durations of chained streams are added up.
 *
 * @throws UnreadableAudioError when there is no such track, or no sound in it
 */
export async function openOgg(source: ByteSource): Promise<OpenedAudio> {
	const first = await firstPage(source);
	if (!first) throw new DamagedAudioError('its audio track has no sound');
	const track: PacketTrack = {
		parameters: first.stream.parameters,
		gaps: GAPS,
		groups: () => readGroups(source),
	};
	return { inspect: () => inspect(source, first, track), sound: track };
}

async function* readGroups(source: ByteSource): AsyncGenerator<[TrackPage]> {
	const reader = new PageReader(source);
	for await (const page of readTrackPages(reader)) yield [page];
	if (reader.isCutShort) throw new TruncatedAudioError('it ends in the middle of a page');
}

async function firstPage(source: ByteSource): Promise<TrackPage | undefined> {
	for await (const page of readTrackPages(new PageReader(source))) {
		return page;
	}
	return undefined;
}

async function inspect(
	source: ByteSource,
	first: TrackPage,
	track: PacketTrack,
): Promise<StreamInfo> {
	const { channels, sampleRate } = await readParameters(track.parameters);
	const duration =
		(await durationByTail(source, first)) ?? (await measureTrack(track, () => source.read(0, 0)));
	const bitRate = duration > 0 ? Math.round((source.size * 8) / duration) : 0;
	return { codec: track.parameters.codec, channels, sampleRate, duration, bitRate };
}

/** Undefined when the end of the file does not tell: the track ends earlier, or others are chained. */
async function durationByTail(source: ByteSource, first: TrackPage): Promise<number | undefined> {
	if (source.size <= TAIL_BYTES) return undefined;
	const tail = await new BlockReader(source).view(source.size - TAIL_BYTES, TAIL_BYTES);
	let last: number | undefined;
	for (let at = findPageHeader(tail, 0); at !== -1; at = findPageHeader(tail, at + 1)) {
		const { serial, granule, isFirst } = readPageClock(tail, at);
		// Recordings joined end to end may all have one serial number.
		if (isFirst || !first.serials.has(serial)) return undefined;
		if (serial === first.serial && granule !== undefined) last = granule;
	}
	if (last === undefined) return undefined;
	const span = await spanFrom(first);
	span.endAt(last);
	return span.seconds;
}
