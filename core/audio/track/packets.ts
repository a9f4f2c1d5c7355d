import type { CodecParameters } from '../codecs';

/** A stretch of a track's media that is heard, after a silence. */
export interface Edit {
	silence: number;
	start: number;
	/** Infinity when the rest is heard. */
	end: number;
}

/** A coded stream inside a container. All its times are counted in the same unit. */
export interface CodedStream {
	parameters: CodecParameters;
	/** Units of time per second. */
	timescale: number;
	/**
	 * What is heard, in the time of the media. Where it is left out, all is heard but what the codec makes
	 * before the recording begins.
	 */
	edits?: readonly Edit[];
}

/** Packets that a container keeps together, such as a page of Ogg. */
export interface PacketGroup {
	/** A new object where another stream is chained. */
	stream: CodedStream;
	/** Valid until the next batch is taken. */
	packets: Uint8Array[];
	/** When the first packet begins, where the container says so. */
	start?: number;
	/** When the last packet ends, where the container says only that. */
	end?: number;
	/** Whether nothing of this stream follows: what lies after `end` is not heard. */
	isLast?: boolean;
	/** How much of the end of the last packet is not heard. */
	discarded?: number;
	/** How long a packet lasts, should it be damaged; where this is left out, the codec knows. */
	packetDuration?: number;
	/** Whether something is missing before it. */
	isAfterHole?: boolean;
	/** Seconds that a header says the sound beginning with this group lasts. */
	statedSeconds?: number;
}

/** How a container's clock is to be understood where a packet begins later than the one before it ended. */
export interface GapRules {
	/** Seconds; shorter ones are jitter. */
	min: number;
	/** Seconds; longer ones are wrong numbers, not missing sound. */
	max: number;
	/** Seconds by which all gaps together may exceed the sound: a small file must not become endless. */
	total: number;
	/** A gap counts only where the clock steps: sound that is late catches up. */
	isStep?: boolean;
}

/** An audio track as a container holds it: coded packets and when they are heard. */
export interface PacketTrack {
	/** Of the first stream. */
	parameters: CodecParameters;
	gaps: GapRules;
	/**
	 * The packets in order, as many groups at a time as one read brings.
	 *
	 * @throws UnreadableAudioError where nothing more can be read
	 * @throws TruncatedAudioError after the last group when the file breaks off
	 */
	groups(): AsyncIterable<readonly PacketGroup[]>;
}

/** For containers that state no times. */
export const NO_GAPS: GapRules = { min: Infinity, max: 0, total: 0 };
