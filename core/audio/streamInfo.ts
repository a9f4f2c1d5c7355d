/** What is known of a recording's sound without decoding it. */
export interface StreamInfo {
	/** A name of ffmpeg's kind: `aac`, `opus`, `pcm`. */
	codec: string;
	channels: number;
	/** Hertz. */
	sampleRate: number;
	/** Seconds. */
	duration: number;
	/** Bits per second, on average. */
	bitRate: number;
}
