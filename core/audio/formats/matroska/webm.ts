import { DamagedAudioError } from '../../errors';
import type { StreamInfo } from '../../streamInfo';
import { decodeTrack, type PacketGroup, Problems } from '../../track/decodeTrack';
import type { TrackFormat } from '../../track/trackFormat';
import { opusFormat } from '../../codecs/opus/format';
import type { PcmBlock } from '../../pcm';
import type { ByteSource } from '../../source/bytes';
import { vorbisFormat } from '../../codecs/vorbis/format';
import { type AudioBlock, BlockStream } from './blocks';
import { splitXiphHeaders } from './lacing';
import type { AudioTrack } from './tracks';

/** The codecs that can be read, by Matroska's names for them. */
const CODECS: Record<string, (track: AudioTrack) => TrackFormat> = {
	// Opus's own header is believed: CodecDelay says the same, or, by some writers, something else.
	A_OPUS: ({ codecPrivate }) => opusFormat(codecPrivate),
	A_VORBIS: ({ codecPrivate }) => vorbisFormat(splitXiphHeaders(codecPrivate) ?? []),
};

/**
 * Reads what a WebM or Matroska file (RFC 9559) says of its first audio track of Opus or Vorbis; video is
 * ignored. A live recording states no duration, then its blocks are gone through.
 *
 * @throws DamagedAudioError when there is no such track, or no sound in it
 */
export async function inspectWebm(source: ByteSource): Promise<StreamInfo> {
	let first: WebmGroup | undefined;
	let linkFirst: WebmGroup | undefined;
	let last: WebmGroup | undefined;
	let measured = 0;
	for await (const groups of readGroups(new BlockStream(source, isReadable))) {
		first ??= groups[0];
		if (first?.statedDuration !== undefined) break;
		for (const group of groups) {
			if (last && group.format !== last.format) {
				measured += secondsBetween(linkFirst!, last);
				linkFirst = group;
			}
			linkFirst ??= group;
			last = group;
		}
	}
	if (!first) throw new DamagedAudioError('its audio track has no sound');
	if (last) measured += secondsBetween(linkFirst!, last);
	const duration = first.statedDuration ?? measured;
	const { codec, channels, sampleRate } = first.format;
	const bitRate = duration > 0 ? Math.round((source.size * 8) / duration) : 0;
	return { codec, channels, sampleRate, duration, bitRate };
}

/**
 * Decodes the first audio track of Opus or Vorbis in a WebM or Matroska file to mono: Opus at 16 kHz, Vorbis at
 * its own rate. Recordings that are joined on follow.
 *
 * @throws DamagedAudioError when nothing can be decoded
 * @throws TruncatedAudioError after all that could be decoded
 */
export function decodeWebm(source: ByteSource): AsyncGenerator<PcmBlock> {
	const problems = new Problems();
	return decodeTrack(readGroupsWithEnd(new BlockStream(source, isReadable), problems), problems);
}

async function* readGroupsWithEnd(
	blocks: BlockStream,
	problems: Problems,
): AsyncGenerator<WebmGroup[]> {
	for await (const groups of readGroups(blocks)) yield groups;
	if (blocks.isCutShort) problems.add('it ends in the midst of a block');
}

interface WebmGroup extends PacketGroup {
	start: number;
	discarded: number;
	statedDuration: number | undefined;
}

function isReadable({ codecId, isEncoded }: AudioTrack): boolean {
	return Object.hasOwn(CODECS, codecId) && !isEncoded;
}

async function* readGroups(stream: BlockStream): AsyncGenerator<WebmGroup[]> {
	let track: AudioTrack | undefined;
	let format: TrackFormat | undefined;
	for await (const blocks of stream.read()) {
		yield blocks.map((block) => {
			if (block.track !== track) format = CODECS[block.track.codecId]!(block.track);
			track = block.track;
			return groupOf(block, format!);
		});
	}
}

function groupOf(block: AudioBlock, format: TrackFormat): WebmGroup {
	const { time, frames, discardedSeconds, statedDuration, isAfterHole } = block;
	const ticks = (seconds: number) => Math.round(seconds * format.clockRate);
	return {
		format,
		packets: frames,
		start: ticks(time),
		discarded: ticks(discardedSeconds),
		statedDuration,
		isAfterHole,
	};
}

/** From the beginning of a track's first block to the end of its last one. */
function secondsBetween(first: WebmGroup, last: WebmGroup): number {
	const { format } = first;
	const end = last.start + format.ticks(last.packets) - last.discarded;
	return Math.max(0, end - first.start - format.preSkip) / format.clockRate;
}
