import type { CodecParameters } from '../../codecs';
import { parseFrameHeader } from '../../codecs/flac/frameHeader';
import { DamagedAudioError, TruncatedAudioError } from '../../errors';
import { BlockReader, fourCC, sliceSource, type ByteSource } from '../../source/bytes';
import type { StreamInfo } from '../../streamInfo';
import type { CodedStream, GapRules, PacketGroup } from '../../track/packets';
import type { OpenedAudio } from '../format';
import { FrameFinder } from './frames';
import { readMetadata, type FlacFile } from './metadata';

const BATCH_FRAMES = 8;
/** The most samples that a byte can hold: 65,535 in a frame of 10 bytes. */
const MAX_SAMPLES_PER_BYTE = 6553;
/** What files begin with, and how much other programs put behind the last frame of one that another is joined to. */
const MARK = 'fLaC';
const MARK_BYTES = 4;
const MAX_TAG_BYTES = 64 * 1024;
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
	let statedSeconds: number | undefined = secondsOf(file);
	for (let frame = await frames.next(); frame; frame = await frames.next()) {
		const { bytes, blockSize, offset, holeBytes } = frame;
		if (position !== undefined && frame.position < position && holeBytes > 0) {
			statedSeconds = await statedWithin(source, offset - holeBytes, holeBytes);
		}
		const missing = holeBytes > 0 ? frame.position - (position ?? 0) : 0;
		const isGap = missing > 0 && missing <= holeBytes * MAX_SAMPLES_PER_BYTE;
		if (isGap) given += missing;
		// What follows a gap keeps its time.
		groups.push({
			stream,
			packets: [bytes],
			isAfterHole: missing > 0,
			start: given,
			packetDuration: blockSize,
			statedSeconds,
		});
		statedSeconds = undefined;
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

function secondsOf({ stream: { totalSamples, sampleRate } }: FlacFile): number {
	return totalSamples > 0 ? totalSamples / sampleRate : Infinity;
}

/** What another FLAC file that is joined to the first one states, should it begin within these bytes. */
async function statedWithin(
	source: ByteSource,
	from: number,
	length: number,
): Promise<number | undefined> {
	const view = await new BlockReader(source).view(from, Math.min(length, MAX_TAG_BYTES));
	for (let at = 0; at + MARK_BYTES <= view.byteLength; at++) {
		if (fourCC(view, at) !== MARK) continue;
		const start = from + at;
		try {
			return secondsOf(await readMetadata(sliceSource(source, start, source.size - start)));
		} catch (error) {
			if (!(error instanceof DamagedAudioError)) throw error;
		}
	}
	return undefined;
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
