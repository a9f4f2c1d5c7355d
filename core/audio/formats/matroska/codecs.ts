import { EMPTY_CONFIG, type CodecParameters, type PcmLayout } from '../../codecs';
import { STREAM_INFO_BYTES } from '../../codecs/flac/streamInfo';
import { OPUS_RATE } from '../../codecs/opus/head';
import { pcmParameters } from '../appleFormat';
import { parseWaveFormat } from '../waveFormat';
import type { AudioTrack } from './tracks';

type Reader = (track: AudioTrack) => CodecParameters;

/** "fLaC" and the header of the first metadata block. */
const FLAC_INFO_OFFSET = 8;

/** A codec whose private data is just what its decoder needs. */
const named =
	(codec: string): Reader =>
	({ channels, sampleRate, codecPrivate }) => ({
		codec,
		channels,
		sampleRate,
		config: codecPrivate,
	});

const pcm =
	(kind: Partial<PcmLayout>): Reader =>
	(track) => {
		const bytes = Math.ceil(track.bitDepth / 8);
		const isUnsigned = bytes === 1 && !kind.isFloat;
		const layout = { isFloat: false, isLittleEndian: false, isUnsigned, ...kind, bytes };
		return pcmParameters(layout, track);
	};

/** Codecs by Matroska's names for them (RFC 9559, section 5.1.4.1.21, and the codec registry). */
const CODECS: Record<string, Reader> = {
	// Opus's own header is trusted: CodecDelay says the same or, from some writers, something else.
	A_OPUS: ({ channels, codecPrivate }) => ({
		codec: 'opus',
		channels,
		sampleRate: OPUS_RATE,
		config: codecPrivate,
	}),
	A_VORBIS: named('vorbis'),
	A_AAC: named('aac'),
	A_ALAC: named('alac'),
	A_FLAC: ({ channels, sampleRate, codecPrivate }) => ({
		codec: 'flac',
		channels,
		sampleRate,
		config: codecPrivate.subarray(FLAC_INFO_OFFSET, FLAC_INFO_OFFSET + STREAM_INFO_BYTES),
	}),
	'A_MPEG/L3': named('mp3'),
	'A_PCM/INT/LIT': pcm({ isLittleEndian: true }),
	'A_PCM/INT/BIG': pcm({}),
	'A_PCM/FLOAT/IEEE': pcm({ isLittleEndian: true, isFloat: true }),
	'A_MS/ACM': ({ codecPrivate }) => parseWaveFormat(codecPrivate).parameters,
};

/** Names that say more than the codec, such as `A_AAC/MPEG4/LC`. */
const AAC_PROFILE = /^A_AAC\//;

/**
 * What a track says about its codec. An unknown name serves as the codec's name.
 *
 * @throws DamagedAudioError when that is wrong
 */
export function parametersOf(track: AudioTrack): CodecParameters {
	const { codecId, channels, sampleRate } = track;
	const name = AAC_PROFILE.test(codecId) ? 'A_AAC' : codecId;
	if (Object.hasOwn(CODECS, name)) return CODECS[name]!(track);
	return { codec: codecId, channels, sampleRate, config: EMPTY_CONFIG };
}
