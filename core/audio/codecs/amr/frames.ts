import { DamagedAudioError, TruncatedAudioError } from '../../errors';
import type { ByteSource } from '../../source/bytes';

/** What the two codecs differ in (RFC 4867, 5; 3GPP TS 26.101 and 26.201). */
export interface AmrKind {
	codec: 'amr_nb' | 'amr_wb';
	sampleRate: number;
	mark: string;
	/** Bytes of a frame by its type, the byte that tells the type included; 0 is no type. */
	frameBytes: readonly number[];
}

export const AMR_NB: AmrKind = {
	codec: 'amr_nb',
	sampleRate: 8000,
	mark: '#!AMR\n',
	frameBytes: [13, 14, 16, 18, 20, 21, 27, 32, 6, 0, 0, 0, 0, 0, 0, 1],
};
export const AMR_WB: AmrKind = {
	codec: 'amr_wb',
	sampleRate: 16000,
	mark: '#!AMR-WB\n',
	frameBytes: [18, 24, 33, 37, 41, 47, 51, 59, 61, 6, 0, 0, 0, 0, 1, 1],
};

export const FRAMES_PER_SECOND = 50;
const BLOCK_BYTES = 64 * 1024;

/**
 * Tells AMR-NB from AMR-WB.
 *
 * @throws DamagedAudioError for anything else, several channels included: nobody writes them
 */
export async function readAmrKind(source: ByteSource): Promise<AmrKind> {
	const head = String.fromCharCode(...(await source.read(0, AMR_WB.mark.length)));
	const kind = [AMR_NB, AMR_WB].find(({ mark }) => head.startsWith(mark));
	if (!kind) throw new DamagedAudioError('it does not begin as AMR does');
	return kind;
}

/**
 * The frames of an AMR file in order (RFC 4867, 5.3), as many at a time as one read brings.
 *
 * @throws TruncatedAudioError behind the last frame when bytes are left that are none
 */
export async function* readAmrFrames(
	source: ByteSource,
	kind: AmrKind,
): AsyncGenerator<Uint8Array[]> {
	for (let at = kind.mark.length; at < source.size;) {
		const { frames, bytes, isFrame } = framesIn(await source.read(at, BLOCK_BYTES), kind);
		if (frames.length > 0) yield frames;
		at += bytes;
		if (!isFrame) throw new TruncatedAudioError('it breaks in its midst');
		if (bytes === 0) throw new TruncatedAudioError('it ends inside a frame');
	}
}

/** The whole frames at the beginning of a block, their bytes, and whether what follows may be one, too. */
export function framesIn(
	block: Uint8Array,
	{ frameBytes }: AmrKind,
): { frames: Uint8Array[]; bytes: number; isFrame: boolean } {
	const frames: Uint8Array[] = [];
	let bytes = 0;
	let isFrame = true;
	while (bytes < block.length) {
		const size = frameBytes[(block[bytes]! >> 3) & 15]!;
		isFrame = size > 0;
		if (!isFrame || bytes + size > block.length) break;
		frames.push(block.subarray(bytes, bytes + size));
		bytes += size;
	}
	return { frames, bytes, isFrame };
}
