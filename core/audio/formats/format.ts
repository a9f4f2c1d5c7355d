import type { Limits, Piece } from '../cut';
import type { ByteSource } from '../source/bytes';
import type { StreamInfo } from '../streamInfo';
import type { PacketTrack } from '../track/packets';

/** Latin-1 texts that bytes have at offsets; all must match. */
export type Marks = readonly (readonly [offset: number, text: string])[];

/** A kind of file that can be read. Each has a folder, whose index is this. */
export interface Format {
	/** Short name, as in a file's extension. */
	name: string;
	/** What people call it. */
	label: string;
	mimeType: string;
	/** What its bytes are known by, one of several. */
	marks: readonly Marks[];
	/** Whether bytes without any such marks are of this kind, by their first ones. */
	isLike?: (head: Uint8Array) => boolean;
	/** Whether they are, by more than their first ones; asked last. */
	isHeldBy?: (source: ByteSource) => Promise<boolean>;
	/**
	 * Opens a recording; what reads it is loaded when the first one comes.
	 *
	 * @throws UnreadableAudioError
	 */
	open(source: ByteSource): Promise<OpenedAudio>;
}

/** A recording whose container has been understood. */
export interface OpenedAudio {
	/** Finds out codec, duration and so on without decoding. @throws UnreadableAudioError */
	inspect(): Promise<StreamInfo>;
	/** What is to be decoded, or pieces of what services take as it is. */
	sound: PacketTrack | Cuttable;
}

export interface Cuttable {
	/**
	 * Pieces in order, made as they are asked for.
	 *
	 * @throws UnreadableAudioError when nothing can be read
	 * @throws TruncatedAudioError after the last piece of a recording that breaks off
	 */
	cut(limits: Limits): AsyncIterable<Piece>;
}
