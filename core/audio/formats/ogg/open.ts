import { readParameters } from '../../codecs';
import { DamagedAudioError, TruncatedAudioError } from '../../errors';
import type { ByteSource } from '../../source/bytes';
import type { StreamInfo } from '../../streamInfo';
import { measureTrack } from '../../track/measure';
import type { GapRules, PacketTrack } from '../../track/packets';
import type { OpenedAudio } from '../format';
import { PageReader } from './pages';
import { readTrackPages, type TrackPage } from './trackPages';

/** Longer steps are jumps of the clock, not missing sound. */
const GAPS: GapRules = { min: 0.1, max: 10, total: 60 };

/**
 * Opens an Ogg file (RFC 3533) by its first audio track. Its duration is where its pages say
 * that it ends, which is why all are read: the last one alone may say anything. Those of chained streams are added up.
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
	return { inspect: () => inspect(source, track), sound: track };
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

async function inspect(source: ByteSource, track: PacketTrack): Promise<StreamInfo> {
	const { channels, sampleRate } = await readParameters(track.parameters);
	const duration = await measureTrack(track, () => source.read(0, 0));
	const bitRate = duration > 0 ? Math.round((source.size * 8) / duration) : 0;
	return { codec: track.parameters.codec, channels, sampleRate, duration, bitRate };
}
