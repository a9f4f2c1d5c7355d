import { readParameters, type CodecParameters } from '../codecs';
import { DamagedAudioError, TruncatedAudioError, UnsupportedAudioError } from '../errors';
import type { ByteSource } from '../source/bytes';
import { NO_GAPS, type CodedStream, type PacketTrack } from '../track/packets';

/** Sound in blocks of equal size, side by side in a file. */
export interface BlockData {
	parameters: CodecParameters;
	/** First byte in the source. */
	dataStart: number;
	/** Bytes that the source contains. */
	dataBytes: number;
	/** Bytes that were promised and are not there. */
	missingBytes: number;
	/** Samples per channel; the last block may be padded with more. */
	sampleCount: number;
	/** Bytes of a block, all channels together. */
	blockBytes: number;
}

const READ_BYTES = 64 * 1024;
const PACKET_BYTES = 4 * 1024;

/** Blocks as a track: packets of as many as fit into a few kilobytes. */
export function blockTrack(source: ByteSource, data: BlockData): PacketTrack {
	const { parameters, dataStart, dataBytes, missingBytes, sampleCount, blockBytes } = data;
	const packetBytes = wholeBlocks(PACKET_BYTES, blockBytes);
	const readBytes = wholeBlocks(READ_BYTES, packetBytes);
	const stream: CodedStream = {
		parameters,
		timescale: parameters.sampleRate,
		edits: [{ silence: 0, start: 0, end: sampleCount }],
	};
	return {
		parameters,
		gaps: NO_GAPS,
		async *groups() {
			if (sampleCount === 0) throw new DamagedAudioError('it holds no sound');
			let isShort = missingBytes > 0;
			for (let at = 0; at < dataBytes; at += readBytes) {
				const wanted = Math.min(readBytes, dataBytes - at);
				const bytes = await source.read(dataStart + at, wanted);
				yield [{ stream, packets: split(bytes, packetBytes) }];
				isShort ||= bytes.length < wanted;
				if (bytes.length < wanted) break;
			}
			if (isShort) throw new TruncatedAudioError('the file ends before its sound does');
		},
	};
}

/**
 * Samples per channel in the given number of bytes of blocks.
 *
 * @returns undefined for sound of an unknown kind
 */
export async function samplesInBlocks(
	parameters: CodecParameters,
	bytes: number,
): Promise<number | undefined> {
	try {
		return (await readParameters(parameters)).samplesInBytes?.(bytes);
	} catch (error) {
		if (error instanceof UnsupportedAudioError) return undefined;
		throw error;
	}
}

function wholeBlocks(bytes: number, blockBytes: number): number {
	return Math.max(1, Math.floor(bytes / blockBytes)) * blockBytes;
}

function split(bytes: Uint8Array, size: number): Uint8Array[] {
	return Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
		bytes.subarray(index * size, (index + 1) * size),
	);
}
