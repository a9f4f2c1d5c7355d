/** What the headers of a track of Opus or Vorbis say, whatever container it lies in. */
export interface TrackFormat {
	codec: string;
	channels: number;
	/** Hertz, as players show it. */
	sampleRate: number;
	/** Hertz of the clock that counts the track's packets. */
	clockRate: number;
	/** Ticks of the clock that do not belong to the recording, at its beginning. */
	preSkip: number;
	/** Ticks that the track's first packets last. */
	ticks(packets: Uint8Array[]): number;
	open(): Promise<PacketDecoder>;
}

/** Decodes the packets of one track to mono. */
export interface PacketDecoder {
	/** Hertz of what it returns. */
	readonly sampleRate: number;
	/** Ticks that these packets last when they are decoded next; a damaged one lasts none. */
	ticks(packets: Uint8Array[]): number;
	/** Samples of the next packet; none when it cannot be decoded. Valid until the next call. */
	decode(packet: Uint8Array): Float32Array;
	/** Whether a packet cannot be decoded. */
	isDamaged(packet: Uint8Array): boolean;
	/** Forgets what came before, where packets are missing. */
	reset(): void;
	/** Lets go of its memory. */
	close(): void;
}
