import { isKnownCodec, readParameters } from '../../codecs';
import { DamagedAudioError, TruncatedAudioError } from '../../errors';
import type { ByteSource } from '../../source/bytes';
import type { StreamInfo } from '../../streamInfo';
import { measureTrack } from '../../track/measure';
import type { CodedStream, GapRules, PacketGroup, PacketTrack } from '../../track/packets';
import type { OpenedAudio } from '../format';
import { BlockStream, type AudioBlock } from './blocks';
import { parametersOf } from './codecs';
import type { AudioTrack } from './tracks';

/** Longer steps are jumps of the clock, not missing sound; live recorders' clocks waver. */
const GAPS: GapRules = { min: 0.1, max: 10, total: 60 };

/**
 * Opens a WebM or Matroska file (RFC 9559) by its first audio track that can be read; video is ignored.
 * A live recording states no duration: its blocks are counted instead.
 *
 * @throws UnreadableAudioError when there is no such track, or no sound in it
 */
export async function openMatroska(source: ByteSource): Promise<OpenedAudio> {
	const first = await firstBlock(source);
	if (!first) throw new DamagedAudioError('its audio track has no sound');
	const track: PacketTrack = {
		parameters: parametersOf(first.track),
		gaps: GAPS,
		groups: () => readGroups(source),
	};
	return { inspect: () => inspect(source, first.statedDuration, track), sound: track };
}

async function inspect(
	source: ByteSource,
	statedDuration: number | undefined,
	track: PacketTrack,
): Promise<StreamInfo> {
	const { channels, sampleRate } = await readParameters(track.parameters);
	const duration = statedDuration ?? (await measureTrack(track, () => source.read(0, 0)));
	const bitRate = duration > 0 ? Math.round((source.size * 8) / duration) : 0;
	return { codec: track.parameters.codec, channels, sampleRate, duration, bitRate };
}

async function firstBlock(source: ByteSource): Promise<AudioBlock | undefined> {
	for await (const [block] of new BlockStream(source, isReadable).read()) {
		if (block) return block;
	}
	return undefined;
}

async function* readGroups(source: ByteSource): AsyncGenerator<PacketGroup[]> {
	const blocks = new BlockStream(source, isReadable);
	const streams = new Streams();
	for await (const batch of blocks.read()) yield batch.map((block) => streams.groupOf(block));
	if (blocks.isCutShort) throw new TruncatedAudioError('it ends in the middle of a block');
}

/** Blocks as groups of packets; each track description starts a stream of its own. */
class Streams {
	private track: AudioTrack | undefined;
	private stream: CodedStream | undefined;

	groupOf(block: AudioBlock): PacketGroup {
		const { track, time, frames, discardedSeconds, isAfterHole } = block;
		const isFirst = track !== this.track;
		if (isFirst) {
			this.track = track;
			this.stream = { parameters: parametersOf(track), timescale: 1 };
		}
		return {
			stream: this.stream!,
			packets: frames,
			start: time,
			discarded: discardedSeconds,
			isAfterHole,
			// A live recording states nothing, and so says nothing of what is joined to it.
			statedSeconds: isFirst ? (block.statedDuration ?? Infinity) : undefined,
		};
	}
}

function isReadable(track: AudioTrack): boolean {
	return isKnownCodec(parametersOf(track).codec) && !track.isEncoded;
}
