/** What one request may hold. */
export interface Limits {
	/** Seconds of sound. */
	maxSeconds: number;
	/** Bytes of the file. */
	maxBytes: number;
}

/** A part of a recording that is sent in one request: a file in its own right. Times are seconds. */
export interface Piece {
	bytes: Uint8Array;
	/** Lets the memory of `bytes` be reused, once nobody reads them any more. */
	release?: () => void;
	format: 'wav' | 'mp3';
	/** Of `bytes`. */
	mimeType: string;
	/** The stretch of the recording that the piece answers for. */
	start: number;
	end: number;
	/**
	 * Where in the recording the first decoded sample of the piece lies: what the service calls 0. Before
	 * `start` where a decoder needs a run-up; below 0 where an MP3 begins with its encoder's delay.
	 */
	offset: number;
	/** How much of the beginning is also in the previous piece; 0 when the cut is in a pause. */
	overlap: number;
	/** Whether there is nothing to send: nothing to hear at all, or one sound over and over. */
	isSilent: boolean;
	/** Whether it is one sound over and over, which no recording is, and no tone. */
	isRepetition?: boolean;
	/** From the first to the last sound in [start, end]; absent when there is none. */
	spoken?: { start: number; end: number };
	/** Whether it is the recording's only piece. */
	isOnly: boolean;
}

/** Left unused of what a request may hold where a recording is cut: services count differently. */
export const MARGIN_SECONDS = 0.5;
