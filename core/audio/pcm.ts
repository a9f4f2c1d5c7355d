/** Decoded sound: mono, the mean of all channels. */
export interface PcmBlock {
	/** -1 to 1; any length, a few thousand samples at most. Valid until the next block is asked for. */
	samples: Float32Array;
	/** Hertz; the same for all blocks of a recording. */
	sampleRate: number;
}

/** A long silence between blocks, which need not be computed sample by sample. */
export interface Silence {
	/** Samples that it lasts. */
	silence: number;
	/** Hertz. */
	sampleRate: number;
}
