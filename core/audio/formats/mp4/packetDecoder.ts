/** Decodes the packets of one track, one after the other. */
export interface PacketDecoder {
	/** Hertz of what `decode` returns; may differ from the track's. */
	readonly sampleRate: number;
	/**
	 * One array of samples for each channel.
	 *
	 * @throws DamagedAudioError when the packet makes no sense
	 */
	decode(packet: Uint8Array): Float32Array[];
	/** What is heard in place of a packet that makes no sense; silence without it. */
	conceal?(): Float32Array[];
	/** Lets go of its memory. */
	close?(): void;
}

/** What is known of a track before its first packet. */
export interface TrackFormat {
	channels: number;
	sampleRate: number;
}

/** Makes a decoder; may load it first. @throws DamagedAudioError when the configuration makes no sense */
export type PacketDecoderFactory = (
	config: Uint8Array,
	format: TrackFormat,
) => PacketDecoder | Promise<PacketDecoder>;
