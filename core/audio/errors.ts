/** What a container says of the audio in it. */
export interface StreamInfo {
	codec: string;
	channels: number;
	/** Hertz. */
	sampleRate: number;
	/** Seconds. */
	duration: number;
	/** Bits per second, on average. */
	bitRate: number;
}

/** Audio of a known kind that cannot be read; the message ends the sentence "The file is damaged: …". */
export class DamagedAudioError extends Error {
	override readonly name: string = 'DamagedAudioError';
}

/** Audio that may well play, but of a kind that cannot be decoded here; the message ends a sentence, too. */
export class UnsupportedAudioError extends DamagedAudioError {
	override readonly name = 'UnsupportedAudioError';
}
