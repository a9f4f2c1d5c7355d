/** How the two codecs differ (RFC 4867, 5; 3GPP TS 26.101 and 26.201). */
export interface AmrKind {
	codec: 'amr_nb' | 'amr_wb';
	sampleRate: number;
	/** Bytes of a frame by its type, type byte included; 0 where there is no such type. */
	frameBytes: readonly number[];
}

export const AMR_NB: AmrKind = {
	codec: 'amr_nb',
	sampleRate: 8000,
	frameBytes: [13, 14, 16, 18, 20, 21, 27, 32, 6, 0, 0, 0, 0, 0, 0, 1],
};
export const AMR_WB: AmrKind = {
	codec: 'amr_wb',
	sampleRate: 16000,
	frameBytes: [18, 24, 33, 37, 41, 47, 51, 59, 61, 6, 0, 0, 0, 0, 1, 1],
};

export const FRAMES_PER_SECOND = 50;

/** The variant with a given name. */
export function amrKind(codec: string): AmrKind {
	return codec === AMR_WB.codec ? AMR_WB : AMR_NB;
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
