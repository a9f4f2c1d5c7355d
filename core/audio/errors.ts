/*
 * What is wrong with a recording, without its name: `recording.ts` makes sentences of these for users.
 * Each message ends a sentence and has no full stop.
 */

/** A recording from which nothing can be read. */
export abstract class UnreadableAudioError extends Error {}

/** It contradicts itself or lacks what it needs: "it is damaged: …". */
export class DamagedAudioError extends UnreadableAudioError {
	override readonly name = 'DamagedAudioError';
}

/** It may well play elsewhere, but its kind of sound cannot be decoded here: "it cannot be decoded: …". */
export class UnsupportedAudioError extends UnreadableAudioError {
	override readonly name = 'UnsupportedAudioError';
}

/** It is whole and readable, but contains no sound: "it has no sound: …". */
export class NoSoundError extends UnreadableAudioError {
	override readonly name = 'NoSoundError';
}

/**
 * It ends too early or breaks off in the middle. Thrown after everything that could be decoded has
 * been yielded: "only a part could be read: …".
 */
export class TruncatedAudioError extends Error {
	override readonly name = 'TruncatedAudioError';
}
