import { UnsupportedAudioError } from './errors';

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

/** Nobody records speech with more; a file that says so is wrong, or made to waste work. */
export const MAX_CHANNELS = 8;
/** Hertz. Slower sound carries no speech, and at such a rate a few bytes would last for hours. */
export const MIN_SAMPLE_RATE = 6000;
export const MAX_SAMPLE_RATE = 384_000;

/**
 * Refuses what no recording of speech is: every format and codec is held to this.
 *
 * @throws UnsupportedAudioError
 */
export function assertUsual({ channels, sampleRate }: Pick<StreamInfo, 'channels' | 'sampleRate'>) {
	if (channels > MAX_CHANNELS) {
		throw new UnsupportedAudioError(
			`it has ${channels} channels, and no more than ${MAX_CHANNELS} are read`,
		);
	}
	if (!(sampleRate >= MIN_SAMPLE_RATE && sampleRate <= MAX_SAMPLE_RATE)) {
		throw new UnsupportedAudioError(
			`its sample rate is ${sampleRate} Hz, and only ${MIN_SAMPLE_RATE / 1000} kHz to ${MAX_SAMPLE_RATE / 1000} kHz are read`,
		);
	}
}
