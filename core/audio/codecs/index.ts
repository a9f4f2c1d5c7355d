import { UnsupportedAudioError } from '../errors';
import { assertUsual } from '../streamInfo';
import type { Codec, CodecParameters, CodedSound } from './codec';

export {
	EMPTY_CONFIG,
	type CodecParameters,
	type CodedSound,
	type Decoder,
	type PcmLayout,
} from './codec';

/** The codecs that are understood, each loaded when it is first needed. */
const CODECS: Record<string, () => Promise<Codec>> = {
	aac: async () => (await import('./aac')).aac,
	alac: async () => (await import('./alac')).alac,
	opus: async () => (await import('./opus')).opus,
	vorbis: async () => (await import('./vorbis')).vorbis,
	flac: async () => (await import('./flac')).flac,
	mp3: async () => (await import('./mp3')).mp3,
	amr_nb: async () => (await import('./amr')).amr,
	amr_wb: async () => (await import('./amr')).amr,
	pcm: async () => (await import('./pcm')).pcm,
	pcm_float: async () => (await import('./pcm')).pcm,
	mulaw: async () => (await import('./g711')).g711,
	alaw: async () => (await import('./g711')).g711,
	adpcm_ima: async () => (await import('./adpcm/ima')).imaAdpcm,
	adpcm_ima_qt: async () => (await import('./adpcm/quickTimeIma')).quickTimeIma,
	adpcm_ms: async () => (await import('./adpcm/microsoft')).microsoftAdpcm,
	gsm: async () => (await import('./gsm')).gsm,
};

/** Whether a codec is understood. */
export function isKnownCodec(codec: string): boolean {
	return Object.hasOwn(CODECS, codec);
}

/**
 * Reads what a container says about its sound.
 *
 * @throws UnsupportedAudioError for codecs, or variants of them, that are not understood, and for rates and
 *   numbers of channels at which nobody records speech
 * @throws DamagedAudioError when the parameters make no sense
 */
export async function readParameters(parameters: CodecParameters): Promise<CodedSound> {
	const { codec } = parameters;
	if (!isKnownCodec(codec)) throw unknownCodec(codec);
	const sound = (await CODECS[codec]!())(parameters);
	assertUsual(sound);
	return sound;
}

/** The error for sound of a codec that is not understood. */
export function unknownCodec(codec: string): UnsupportedAudioError {
	return new UnsupportedAudioError(`its sound is coded as "${codec}", which cannot be decoded`);
}
