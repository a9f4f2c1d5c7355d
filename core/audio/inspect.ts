import { inputError } from '../errors';
import { identify } from './identify';
import { inspectMp3 } from './mp3';
import type { ByteSource } from './source';
import { DamagedAudioError, type StreamInfo } from './streamInfo';
import { inspectWav } from './wav';

/** A recording as a host hands it over. */
export interface AudioInput {
	source: ByteSource;
	/** The user's name for it; only shown. */
	fileName?: string;
	/** What the sender said it is; only shown. */
	mimeType?: string;
	/** The field of the item or message that holds it. */
	property?: string;
}

/** What a recording is: field names and units as in the nodes' output. */
export interface AudioInfo extends StreamInfo {
	fileName: string;
	mimeType: string;
	/** `wav` or `mp3`. */
	format: string;
	/** Bytes. */
	size: number;
	property: string;
}

interface Format {
	mimeType: string;
	inspect: (source: ByteSource) => Promise<StreamInfo>;
}

/** The formats that can be read. */
const FORMATS: Record<string, Format> = {
	wav: { mimeType: 'audio/wav', inspect: inspectWav },
	mp3: { mimeType: 'audio/mpeg', inspect: inspectMp3 },
};

/** The MIME type of a format that can be read. */
export function mimeTypeOf(format: string): string {
	return FORMATS[format]?.mimeType ?? 'application/octet-stream';
}

/**
 * Finds out format, codec, duration and so on without decoding.
 *
 * @throws GlmAsrError `empty_audio`, `not_audio`, `unsupported_audio` or `damaged_audio`; the message names the file
 */
export async function inspectAudio({
	source,
	fileName,
	mimeType,
	property = '',
}: AudioInput): Promise<AudioInfo> {
	const name = fileName || 'audio';
	if (source.size === 0) {
		throw inputError(
			'empty_audio',
			`"${name}" is empty (0 bytes).`,
			'Check the step that produced or downloaded it.',
		);
	}
	const { format, label, isAudio, cure } = await identify(source);
	const known = FORMATS[format];
	if (!known) {
		throw isAudio
			? inputError(
					'unsupported_audio',
					`"${name}" is ${label} audio or video.`,
					'This version takes WAV and MP3: convert it to one of them first.',
				)
			: inputError(
					'not_audio',
					`"${name}" is not audio: it looks like ${label}.`,
					cure ?? 'Point the node at what holds the recording.',
				);
	}
	const info = await known.inspect(source).catch((error: unknown) => {
		if (!(error instanceof DamagedAudioError)) throw error;
		throw inputError(
			'damaged_audio',
			`"${name}" is damaged: ${error.message}.`,
			'Check that it plays, and that it was not cut short on its way.',
		);
	});
	return {
		fileName: fileName || `audio.${format}`,
		mimeType: mimeType || known.mimeType,
		format,
		codec: info.codec,
		duration: roundTo(info.duration, 3),
		channels: info.channels,
		sampleRate: info.sampleRate,
		bitRate: info.bitRate,
		size: source.size,
		property,
	};
}

/** Rounds for showing, e.g. seconds to milliseconds. */
export function roundTo(value: number, digits: number): number {
	const factor = 10 ** digits;
	return Math.round(value * factor) / factor;
}
