/** How a track's sound is coded, as its container says; a codec reads the rest from `config`. */
export interface CodecParameters {
	/** A name of the registry, which outputs show too; any other name for sound that cannot be decoded. */
	codec: string;
	channels: number;
	/** Hertz. */
	sampleRate: number;
	/**
	 * What the decoder has to know beforehand, in the codec's own form whatever the container: an
	 * AudioSpecificConfig, an `OpusHead`, a STREAMINFO … Empty where there is nothing.
	 */
	config: Uint8Array;
	/** How uncompressed samples are written. */
	pcm?: PcmLayout;
	/** Bytes of a block, all channels, where all blocks have one size (ADPCM, GSM). */
	blockBytes?: number;
}

export interface PcmLayout {
	/** Of one sample of one channel. */
	bytes: number;
	isFloat: boolean;
	isLittleEndian: boolean;
	/** Unsigned integers: 128 is silence in eight bits. */
	isUnsigned: boolean;
}

/** Reads parameters. @throws DamagedAudioError or UnsupportedAudioError when they make no sense or are too new */
export type Codec = (parameters: CodecParameters) => CodedSound;

/** A track's sound as its codec understands it, before anything is decoded. */
export interface CodedSound {
	channels: number;
	/** Hertz, as players show it; the decoder's own rate may differ. */
	sampleRate: number;
	/** Seconds that the decoder outputs before the recording begins. */
	preSkip: number;
	/** Seconds that these packets last at the beginning of a track, found without decoding. */
	duration(packets: readonly Uint8Array[]): number;
	/** Channels of a packet, where only packets state them. */
	channelsIn?: (packet: Uint8Array) => number;
	/** Samples per channel in the given number of bytes of consecutive packets, where that number is all it takes. */
	samplesInBytes?: (bytes: number) => number;
	/** Makes a decoder, loading it first if need be; absent where packets are sent as they are. */
	open?(): Promise<Decoder>;
}

/** Decodes the packets of one track, one after the other. */
export interface Decoder {
	/** Hertz of what it returns. */
	readonly sampleRate: number;
	/** Samples per channel that these packets give when they are decoded next; 0 for a damaged one. */
	samplesIn(packets: readonly Uint8Array[]): number;
	/** Bytes that are decoded at a time where a packet may hold any number of blocks; without it packets are not split. */
	readonly partBytes?: number;
	/**
	 * Samples, -1 to 1 but for overshoot, one array per channel; or one array, their mean, where that is
	 * cheaper. Valid until the next call.
	 *
	 * @throws DamagedAudioError when the packet makes no sense; the next one can be decoded all the same
	 * @throws TruncatedAudioError when none can be decoded any more
	 */
	decode(packet: Uint8Array): Float32Array[];
	/** What is heard in place of a damaged packet; silence where there is no such function. */
	conceal?(): Float32Array[];
	/** Forgets what came before, where packets are missing. */
	reset?(): void;
	/** Frees its memory. */
	close?(): void;
}

/** For codecs whose parameters say all there is to know. */
export const EMPTY_CONFIG = new Uint8Array(0);
