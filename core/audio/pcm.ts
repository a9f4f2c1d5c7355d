/** Decoded sound: mono, the mean of all channels. */
export interface PcmBlock {
	/** -1 to 1; any length, a few thousand samples at most. Good until the next block is asked for. */
	samples: Float32Array;
	/** Hertz; the same in all blocks of a recording. */
	sampleRate: number;
}

/**
 * A recording that ends too early or breaks in its midst. Thrown after everything that could be
 * decoded has been yielded; the message ends the sentence "Only a part could be read: …".
 */
export class TruncatedAudioError extends Error {
	override readonly name = 'TruncatedAudioError';
}
