import { DamagedAudioError, TruncatedAudioError } from '../../errors';
import type { ByteSource } from '../../source/bytes';
import type { StreamInfo } from '../../streamInfo';
import type { CodedStream, GapRules, PacketGroup } from '../../track/packets';
import type { OpenedAudio } from '../format';
import { heardDuration } from './editList';
import { heardSamples, openTrack, readPackets, type OpenTrack } from './packets';

/** Times may waver from packet to packet; a pause between fragments may be long. */
const GAPS: GapRules = { min: 0.1, max: 3600, total: 3600, isStep: true };

/**
 * Opens an ISO base media file (ISO/IEC 14496-12 and -14, 3GPP TS 26.244, QuickTime) by its first audio
 * track. For inspection, only fragmented files are read beyond the end of their `moov` box.
 *
 * @throws UnreadableAudioError when there is no audio track that can be read, or it is encrypted
 */
export async function openMp4(source: ByteSource): Promise<OpenedAudio> {
	const open = await openTrack(source);
	const { entry, edits, timescale } = open.track;
	const stream: CodedStream = { parameters: entry.parameters, timescale, edits };
	return {
		inspect: async () => describe(open, await measure(open)),
		sound: {
			parameters: entry.parameters,
			gaps: GAPS,
			groups: () => readGroups(open, stream),
		},
	};
}

async function* readGroups(open: OpenTrack, stream: CodedStream): AsyncGenerator<PacketGroup[]> {
	let statedSeconds = open.fragmentsStart === undefined ? heardSeconds(open) : undefined;
	for await (const packets of readPackets(open)) {
		yield packets.map(({ bytes, time, duration }): PacketGroup => {
			const group = {
				stream,
				packets: [bytes],
				start: time,
				packetDuration: duration,
				statedSeconds,
			};
			statedSeconds = undefined;
			return group;
		});
	}
}

/** What the tables of a track that has no fragments make of its length. */
function heardSeconds({ track: { edits, table, timescale } }: OpenTrack): number {
	return heardDuration(edits, 0, table.duration) / timescale;
}

/** How much of a track will be read: times in units of its timescale, pauses included. */
interface Extent {
	start: number;
	end: number;
	bytes: number;
}

async function measure(open: OpenTrack): Promise<Extent> {
	const { timescale } = open.track;
	const extent = { start: 0, end: 0, bytes: 0 };
	let isFirst = true;
	try {
		for await (const samples of heardSamples(open)) {
			for (const { time, size, duration } of samples) {
				if (isFirst) extent.start = extent.end = time;
				isFirst = false;
				extent.bytes += size;
				const gap = time - extent.end;
				if (gap > 0 && gap <= GAPS.max * timescale) extent.end = time;
				extent.end += duration;
			}
		}
	} catch (error) {
		if (!(error instanceof TruncatedAudioError)) throw error;
	}
	if (isFirst) throw new DamagedAudioError('its audio track is empty');
	return extent;
}

function describe({ track }: OpenTrack, { start, end, bytes }: Extent): StreamInfo {
	const { entry, edits, timescale } = track;
	const { codec, channels, sampleRate } = entry.parameters;
	const seconds = (end - start) / timescale;
	return {
		codec,
		channels,
		sampleRate,
		duration: heardDuration(edits, start, end) / timescale,
		bitRate: seconds > 0 ? Math.round((bytes * 8) / seconds) : 0,
	};
}
