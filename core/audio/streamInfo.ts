/** What is known about a recording's sound without decoding it. */
export interface StreamInfo {
	/** A name as ffmpeg uses it: `aac`, `opus`, `pcm`. */
	codec: string;
	channels: number;
	/** Hertz. */
	sampleRate: number;
	/** Seconds. */
	duration: number;
	/** Bits per second, on average. */
	bitRate: number;
}
