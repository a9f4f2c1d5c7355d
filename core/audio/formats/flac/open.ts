import type { CodecParameters } from '../../codecs';
import { parseFrameHeader } from '../../codecs/flac/frameHeader';
import { DamagedAudioError, TruncatedAudioError } from '../../errors';
import type { ByteSource } from '../../source/bytes';
import type { StreamInfo } from '../../streamInfo';
import type { CodedStream, GapRules, PacketGroup } from '../../track/packets';
import type { OpenedAudio } from '../format';
import { FrameFinder } from './frames';
import { readMetadata, type FlacFile } from './metadata';

const BATCH_FRAMES = 8;
/** The most samples that a byte can hold: 65,535 in a frame of 10 bytes. */
const MAX_SAMPLES_PER_BYTE = 6553;
/** Frames tell exactly when they begin. */
const GAPS: GapRules = { min: 0, max: 3600, total: 3600 };
/** Where to look for the last frame. */
const TAIL_BYTES = 256 * 1024;
const MAX_TAIL_BYTES = 4 * 1024 * 1024;
/** Places in it that are looked at before others have their turn. */
const TURN_PLACES = 16 * 1024;

/**
 * Opens a FLAC file (RFC 9639).
 *
 * @throws DamagedAudioError when there is no usable STREAMINFO
 */
export async function openFlac(source: ByteSource): Promise<OpenedAudio> {
	const file = await readMetadata(source);
	const { channels, sampleRate } = file.stream;
	const parameters: CodecParameters = { codec: 'flac', channels, sampleRate, config: file.config };
	return {
		inspect: () => inspect(source, file),
		sound: { parameters, gaps: GAPS, groups: () => readGroups(source, file, parameters) },
	};
}

/** Where the encoder did not know the length, the last frame reveals it. */
async function inspect(source: ByteSource, file: FlacFile): Promise<StreamInfo> {
	const { channels, sampleRate, totalSamples } = file.stream;
	const samples = totalSamples || (await findEnd(source, file));
	if (samples === 0) throw new DamagedAudioError('it has no FLAC frames');
	const duration = samples / sampleRate;
	const bitRate = Math.round(((source.size - file.firstFrame) * 8) / duration);
	return { codec: 'flac', channels, sampleRate, duration, bitRate };
}

async function* readGroups(
	source: ByteSource,
	file: FlacFile,
	parameters: CodecParameters,
): AsyncGenerator<PacketGroup[]> {
	const { totalSamples, sampleRate } = file.stream;
	const stream: CodedStream = { parameters, timescale: sampleRate };
	const frames = new FrameFinder(source, file);
	let groups: PacketGroup[] = [];
	/** Where the next frame should begin, and samples so far. */
	let position: number | undefined;
	let given = 0;
	for (let frame = await frames.next(); frame; frame = await frames.next()) {
		const { bytes, blockSize, holeBytes } = frame;
		const missing = holeBytes > 0 ? frame.position - (position ?? 0) : 0;
		const isGap = missing > 0 && missing <= holeBytes * MAX_SAMPLES_PER_BYTE;
		if (isGap) given += missing;
		// What follows a gap keeps its time.
		groups.push({
			stream,
			packets: [bytes],
			isAfterHole: missing > 0,
			...(isGap && { start: given }),
		});
		position = frame.position + blockSize;
		given += blockSize;
		if (groups.length < BATCH_FRAMES) continue;
		yield groups;
		groups = [];
	}
	yield groups;
	if (position === undefined)
		throw new DamagedAudioError('it has no FLAC frame that can be decoded');
	if (totalSamples > 0 ? given < totalSamples : frames.isCutShort) {
		throw new TruncatedAudioError('the file ends before its sound does');
	}
}

/** The sample after the last frame: that of the last header in the tail that continues one before it. */
async function findEnd(source: ByteSource, { stream, firstFrame }: FlacFile): Promise<number> {
	const length = Math.min(Math.max(TAIL_BYTES, 2 * stream.maxFrameBytes), MAX_TAIL_BYTES);
	const tail = await source.read(Math.max(firstFrame, source.size - length), length);
	const ends = new Set<number>();
	let onlyEnd = 0;
	let lastEnd = 0;
	let count = 0;
	for (let at = tail.indexOf(0xff); at !== -1; at = tail.indexOf(0xff, at + 1)) {
		if (++count % TURN_PLACES === 0) await source.read(0, 0);
		const header = parseFrameHeader(tail, at, stream);
		if (!header) continue;
		const end = header.position + header.blockSize;
		if (ends.has(header.position)) lastEnd = end;
		ends.add(end);
		onlyEnd ||= end;
	}
	return lastEnd || onlyEnd;
}
