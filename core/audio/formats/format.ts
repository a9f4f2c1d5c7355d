import type { Limits, Piece } from '../cut';
import type { ByteSource } from '../source/bytes';
import type { StreamInfo } from '../streamInfo';
import type { PacketTrack } from '../track/packets';

/** Latin-1 texts expected at byte offsets; all must match. */
export type Marks = readonly (readonly [offset: number, text: string])[];

/** A kind of file that can be read. Each has a folder, whose index is this. */
export interface Format {
	/** Short name, as in a file's extension. */
	name: string;
	/** What people call it. */
	label: string;
	mimeType: string;
	/** Its signatures, of which one must match. */
	marks: readonly Marks[];
	/** Whether a file without a signature is of this kind, judging by its first bytes. */
	isLike?: (head: Uint8Array) => boolean;
	/** The same, judging by more than its first bytes; asked last. */
	isHeldBy?: (source: ByteSource) => Promise<boolean>;
	/**
	 * Opens a recording; its code is loaded with the first one.
	 *
	 * @throws UnreadableAudioError
	 */
	open(source: ByteSource): Promise<OpenedAudio>;
}

/** A recording whose container has been understood. */
export interface OpenedAudio {
	/** Finds out codec, duration and so on without decoding. @throws UnreadableAudioError */
	inspect(): Promise<StreamInfo>;
	/** What is to be decoded, or pieces of sound that services take as it is. */
	sound: PacketTrack | Cuttable;
}

export interface Cuttable {
	/**
	 * Pieces in order, made on demand.
	 *
	 * @throws UnreadableAudioError when nothing can be read
	 * @throws TruncatedAudioError after the last piece of a recording that breaks off
	 */
	cut(limits: Limits): AsyncIterable<Piece>;
}
