import { EMPTY_CONFIG } from '../../codecs';
import { amrKind, FRAMES_PER_SECOND, framesIn, type AmrKind } from '../../codecs/amr/frames';
import { DamagedAudioError, TruncatedAudioError, UnsupportedAudioError } from '../../errors';
import type { ByteSource } from '../../source/bytes';
import type { StreamInfo } from '../../streamInfo';
import { NO_GAPS, type CodedStream } from '../../track/packets';
import type { OpenedAudio } from '../format';

/** What files begin with (RFC 4867, 5.1), and the codec that follows. */
const MARKS: [mark: string, codec: AmrKind['codec']][] = [
	['#!AMR\n', 'amr_nb'],
	['#!AMR-WB\n', 'amr_wb'],
];
const LONGEST_MARK = 9;
const BLOCK_BYTES = 64 * 1024;

/**
 * Opens an AMR file (RFC 4867, 5), which states nothing but its variant.
 *
 * @throws UnsupportedAudioError for several channels, which nobody writes
 */
export async function openAmr(source: ByteSource): Promise<OpenedAudio> {
	const head = String.fromCharCode(...(await source.read(0, LONGEST_MARK)));
	const [mark, codec] = MARKS.find(([text]) => head.startsWith(text)) ?? [];
	if (!mark || !codec) throw new UnsupportedAudioError('it is AMR with several channels');
	const kind = amrKind(codec);
	const parameters = { codec, channels: 1, sampleRate: kind.sampleRate, config: EMPTY_CONFIG };
	const stream: CodedStream = { parameters, timescale: kind.sampleRate };
	return {
		inspect: () => inspect(source, kind, mark.length),
		sound: {
			parameters,
			gaps: NO_GAPS,
			async *groups() {
				for await (const packets of readFrames(source, kind, mark.length)) {
					yield [{ stream, packets }];
				}
			},
		},
	};
}

/** Counts frames. */
async function inspect(source: ByteSource, kind: AmrKind, start: number): Promise<StreamInfo> {
	let frames = 0;
	let bytes = 0;
	try {
		for await (const batch of readFrames(source, kind, start)) {
			frames += batch.length;
			for (const { length } of batch) bytes += length;
		}
	} catch (error) {
		// What comes before the break can be decoded.
		if (!(error instanceof TruncatedAudioError)) throw error;
	}
	if (frames === 0) throw new DamagedAudioError('it has no AMR frames');
	const duration = frames / FRAMES_PER_SECOND;
	return {
		codec: kind.codec,
		channels: 1,
		sampleRate: kind.sampleRate,
		duration,
		bitRate: Math.round((bytes * 8) / duration),
	};
}

/**
 * The frames in order (RFC 4867, 5.3), as many at a time as one read brings.
 *
 * @throws TruncatedAudioError after the last frame when bytes are left that are not a frame
 */
async function* readFrames(
	source: ByteSource,
	kind: AmrKind,
	start: number,
): AsyncGenerator<Uint8Array[]> {
	for (let at = start; at < source.size;) {
		const { frames, bytes, isFrame } = framesIn(await source.read(at, BLOCK_BYTES), kind);
		if (frames.length > 0) yield frames;
		at += bytes;
		if (!isFrame) throw new TruncatedAudioError('it breaks off in the middle');
		if (bytes === 0) throw new TruncatedAudioError('it ends inside a frame');
	}
}
