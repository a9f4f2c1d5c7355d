import { clean } from '../errors/clean';
import { inputError, type GlmAsrError } from '../errors/error';
import { ownError, storageError } from '../errors/unexpected';
import { Yielder, type YieldToEventLoop } from '../flow/yielder';
import type { Limits, Piece } from './cut';
import {
	DamagedAudioError,
	NoSoundError,
	TruncatedAudioError,
	UnreadableAudioError,
	UnsupportedAudioError,
} from './errors';
import { cutSound } from './cutSound';
import { FORMATS } from './formats';
import type { Foreign } from './formats/foreign';
import { identifyFormat } from './formats/identify';
import { assertWithinDay } from './length';
import { sliceSource, type ByteSource } from './source/bytes';
import { yieldingSource } from './source/yieldingSource';
import { assertUsual, type StreamInfo } from './streamInfo';
import { StatedLength } from './track/statedLength';

/** A recording as a host hands it over. */
export interface AudioInput {
	source: ByteSource;
	/** The user's name for it; for display only. */
	fileName?: string;
	/** The type the sender stated; for display only. */
	mimeType?: string;
	/** The field of the item or message that holds it. */
	property?: string;
}

/** Facts about a recording: field names and units as in the nodes' output. */
export interface AudioInfo extends StreamInfo {
	fileName: string;
	mimeType: string;
	/** Of the container: `wav`, `mp3`, `m4a` and so on. */
	format: string;
	/** Bytes. */
	size: number;
	property: string;
}

/** A recording whose format is known. */
export interface Recording {
	fileName: string;
	/** The part of its bytes that has been read so far, from 0 to 1. */
	readonly readPart: number;
	/** The length in seconds that its headers state, if they do, known with the first piece. */
	readonly statedSeconds: number | undefined;
	/** Finds out codec, duration and so on without decoding. @throws GlmAsrError `damaged_audio` or `audio_too_long` */
	inspect(): Promise<AudioInfo>;
	/**
	 * The same from its beginning alone; undefined when that takes reading further.
	 *
	 * @throws GlmAsrError `damaged_audio`
	 */
	inspectBeginning(): Promise<AudioInfo | undefined>;
	/**
	 * Pieces the service accepts, in order, made on demand.
	 *
	 * @throws GlmAsrError `damaged_audio` or `unsupported_audio` when nothing can be read, and
	 *   `longer_than_stated` when it turns out to be far longer than it says
	 * @throws TruncatedAudioError after the last piece of a recording that breaks off
	 */
	cut(limits: Limits): AsyncIterable<Piece>;
}

/**
 * Finds out format, codec, duration and so on without decoding.
 *
 * @throws GlmAsrError `empty_audio`, `not_audio`, `unsupported_audio` or `damaged_audio`; the message names the
 *   file; the reason of `signal` when that is aborted
 */
export async function inspectAudio(
	input: AudioInput,
	yieldToEventLoop?: YieldToEventLoop,
	signal?: AbortSignal,
): Promise<AudioInfo> {
	try {
		return await (await openRecording(input, yieldToEventLoop, signal)).inspect();
	} catch (error) {
		signal?.throwIfAborted();
		throw ownError(error, recordingName(input));
	}
}

/**
 * Identifies a recording by its first bytes.
 *
 * @param yieldToEventLoop called often while the recording is read and decoded
 * @param signal ends that work; its reason is then thrown
 * @throws GlmAsrError `empty_audio`, `not_audio` or `unsupported_audio`; the message names the file
 */
export async function openRecording(
	input: AudioInput,
	yieldToEventLoop: YieldToEventLoop = async () => {},
	signal?: AbortSignal,
): Promise<Recording> {
	const yielder = new Yielder(yieldToEventLoop, signal);
	const source = new TrackedSource(yieldingSource(storedSource(input), yielder));
	const givenName = clean(input.fileName ?? '');
	const name = givenName || NAMELESS;
	if (source.size === 0) {
		throw inputError(
			'empty_audio',
			`"${name}" is empty (0 bytes).`,
			'Check the step that produced or downloaded it.',
		);
	}
	const identity = await identifyFormat(source);
	if ('foreign' in identity) throw unreadable(name, identity.foreign);
	const { format, start } = identity;
	const fileName = givenName || `audio.${format.name}`;
	const open = (from: ByteSource) =>
		format.open(start === 0 ? from : sliceSource(from, start, from.size - start));

	async function inspect(from: ByteSource): Promise<AudioInfo> {
		const info = await describe(from).catch((error: unknown) => {
			throw told(name, error);
		});
		return {
			fileName,
			mimeType: clean(input.mimeType ?? '') || format.mimeType,
			format: format.name,
			codec: clean(info.codec),
			duration: roundTo(info.duration, 3),
			channels: info.channels,
			sampleRate: info.sampleRate,
			bitRate: info.bitRate,
			size: source.size,
			property: clean(input.property ?? ''),
		};
	}

	async function describe(from: ByteSource): Promise<StreamInfo> {
		const info = await (await open(from)).inspect();
		assertUsual(info);
		assertWithinDay(name, info.duration);
		return info;
	}
	const stated = new StatedLength();

	return {
		fileName,
		get readPart() {
			return source.position / source.size;
		},
		get statedSeconds() {
			return stated.seconds;
		},
		inspect: async () => await inspect(source),
		inspectBeginning: async () =>
			await inspect(new Beginning(source)).catch((error: unknown) => {
				if (error instanceof BeyondBeginningError) return undefined;
				throw error;
			}),
		async *cut(limits) {
			let isEmpty = true;
			try {
				const { sound } = await open(source);
				const watched = 'cut' in sound ? sound : stated.watch(sound);
				for await (const piece of cutSound(watched, limits, yielder)) {
					if (stated.isExceededBy(piece.end)) throw longerThanStated(name);
					isEmpty = false;
					yield piece;
				}
			} catch (error) {
				if (isEmpty) throw told(name, error);
				// An error after the first piece loses only the rest.
				throw error instanceof UnreadableAudioError
					? new TruncatedAudioError(error.message)
					: error;
			}
		},
	};
}

/** What sentences call a recording without a name. */
const NAMELESS = 'audio';

/** A recording's name as sentences have it. */
export function recordingName({ fileName = '' }: AudioInput): string {
	return `"${clean(fileName) || NAMELESS}"`;
}

/** The recording's source; what a store says when it fails is nothing for users. */
function storedSource(input: AudioInput): ByteSource {
	return {
		size: input.source.size,
		read: async (position, length) => {
			try {
				return await input.source.read(position, length);
			} catch (error) {
				throw storageError(error, recordingName(input));
			}
		},
	};
}

/** A source that knows how far it has been read. */
class TrackedSource implements ByteSource {
	position = 0;
	readonly size: number;

	constructor(private readonly source: ByteSource) {
		this.size = source.size;
	}

	async read(position: number, length: number): Promise<Uint8Array> {
		this.position = Math.min(position + length, this.size);
		return await this.source.read(position, length);
	}
}

function unreadable(fileName: string, { label, isAudio, cure }: Foreign): GlmAsrError {
	return isAudio
		? inputError(
				'unsupported_audio',
				`"${fileName}" is ${label}, which the node does not read.`,
				`Convert it first: the node reads ${readableFormats()}.`,
			)
		: inputError(
				'not_audio',
				`"${fileName}" is not audio: it looks like ${label}.`,
				cure ?? 'Point the node at what holds the recording.',
			);
}

function longerThanStated(fileName: string): GlmAsrError {
	return inputError(
		'longer_than_stated',
		`"${fileName}" holds far more sound than it says.`,
		'Check where it comes from: it is damaged or was made to do harm. If it plays, convert it first, for example to MP3 or WAV.',
	);
}

function readableFormats(): string {
	const labels = FORMATS.map(({ label }) => label);
	return `${labels.slice(0, -1).join(', ')} and ${labels.at(-1)}`;
}

/** Enough for the headers of formats that have any. */
const BEGINNING_BYTES = 512 * 1024;

class BeyondBeginningError extends Error {}

/** A source of which only the beginning may be read, so that nothing waits for the rest of a long one. */
class Beginning implements ByteSource {
	readonly size: number;

	constructor(private readonly source: ByteSource) {
		this.size = source.size;
	}

	async read(position: number, length: number): Promise<Uint8Array> {
		if (Math.min(position + length, this.size) > BEGINNING_BYTES) throw new BeyondBeginningError();
		return await this.source.read(position, length);
	}
}

/** The error that tells users what is wrong with their recording; anything else is passed on unchanged. */
function told(fileName: string, error: unknown): unknown {
	// A file's own names for its parts and codecs may be in it.
	const reason = error instanceof Error ? clean(error.message) : '';
	if (error instanceof NoSoundError) {
		return inputError(
			'unsupported_audio',
			`"${fileName}" has no sound: ${reason}.`,
			'Check that sound was recorded, or point the node at another file.',
		);
	}
	if (error instanceof UnsupportedAudioError) {
		return inputError(
			'unsupported_audio',
			`"${fileName}" cannot be decoded: ${reason}.`,
			'Convert it first, for example to MP3 or WAV.',
		);
	}
	if (error instanceof DamagedAudioError || error instanceof TruncatedAudioError) {
		return inputError(
			'damaged_audio',
			`"${fileName}" is damaged: ${reason}.`,
			'Check that it plays, and that it was not cut short on its way.',
		);
	}
	return error;
}

/** Rounds for display, e.g. seconds to milliseconds. */
export function roundTo(value: number, digits: number): number {
	const factor = 10 ** digits;
	return Math.round(value * factor) / factor;
}
