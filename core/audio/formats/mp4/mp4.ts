import { DamagedAudioError, TruncatedAudioError } from '../../errors';
import type { StreamInfo } from '../../streamInfo';
import type { ByteSource } from '../../source/bytes';
import { heardDuration } from './editList';
import { heardSamples, openTrack, type OpenTrack } from './packets';

export { decodeMp4 } from './decode';
export type { PacketDecoder, PacketDecoderFactory } from './packetDecoder';

/**
 * Reads what an ISO base media file (ISO/IEC 14496-12 and -14, 3GPP TS 26.244, QuickTime) says of its
 * first audio track. Only fragmented files are read further than to the end of their `moov` box.
 *
 * @throws DamagedAudioError when there is no audio track that can be read, or it is encrypted
 */
export async function inspectMp4(source: ByteSource): Promise<StreamInfo> {
	const open = await openTrack(source);
	return describe(open, await measure(open));
}

/** A longer one between fragments is not a pause but a wrong number. */
const MAX_GAP_SECONDS = 3600;

/** What of a track will be read: times in units of its timescale, pauses included. */
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
				if (gap > 0 && gap <= MAX_GAP_SECONDS * timescale) extent.end = time;
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
	const seconds = (end - start) / timescale;
	return {
		codec: entry.codec,
		channels: entry.channels,
		sampleRate: entry.sampleRate,
		duration: heardDuration(edits, start, end) / timescale,
		bitRate: seconds > 0 ? Math.round((bytes * 8) / seconds) : 0,
	};
}
