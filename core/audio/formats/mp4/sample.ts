/** Where a sample – a packet of coded sound – lies and when it is heard. */
export interface Sample {
	/** In the file. */
	position: number;
	/** Bytes. */
	size: number;
	/** Of decoding, in units of the track's timescale. */
	time: number;
	duration: number;
}
