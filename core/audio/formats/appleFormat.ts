import { EMPTY_CONFIG, type CodecParameters, type PcmLayout } from '../codecs';

/** Names of codecs by Apple's four-character codes, in QuickTime and AIFF-C (mp4ra.org), of those that need only a name. */
export const APPLE_CODECS: Record<string, string> = {
	ulaw: 'mulaw',
	ULAW: 'mulaw',
	alaw: 'alaw',
	ALAW: 'alaw',
	ima4: 'adpcm_ima_qt',
	agsm: 'gsm',
	'GSM ': 'gsm',
};

/** Blocks of codecs whose blocks have one size: samples of each channel, and bytes per channel. */
export const APPLE_BLOCKS: Record<string, { frames: number; bytes: number }> = {
	mulaw: { frames: 1, bytes: 1 },
	alaw: { frames: 1, bytes: 1 },
	adpcm_ima_qt: { frames: 64, bytes: 34 },
	gsm: { frames: 160, bytes: 33 },
};

/** How uncompressed sound of a type differs from signed integers, most significant byte first. */
interface PcmKind extends Partial<Omit<PcmLayout, 'bytes'>> {
	/** Where they are not given, the description's count. */
	bits?: number;
}

const APPLE_PCM: Record<string, PcmKind> = {
	'raw ': { isUnsigned: true },
	NONE: {},
	twos: {},
	sowt: { isLittleEndian: true },
	in24: { bits: 24 },
	in32: { bits: 32 },
	'42ni': { bits: 24, isLittleEndian: true },
	'23ni': { bits: 32, isLittleEndian: true },
	fl32: { bits: 32, isFloat: true },
	FL32: { bits: 32, isFloat: true },
	fl64: { bits: 64, isFloat: true },
	FL64: { bits: 64, isFloat: true },
	lpcm: {},
	ipcm: {},
	fpcm: { isFloat: true },
};

/** The layout of uncompressed sound of a type; undefined for other types. */
export function applePcm(type: string, bits: number): PcmLayout | undefined {
	if (!Object.hasOwn(APPLE_PCM, type)) return undefined;
	const { bits: fixedBits, ...kind } = APPLE_PCM[type]!;
	return {
		bytes: Math.ceil((fixedBits ?? bits) / 8),
		isFloat: false,
		isLittleEndian: false,
		isUnsigned: false,
		...kind,
	};
}

/** The parameters of uncompressed sound. */
export function pcmParameters(
	pcm: PcmLayout,
	{ channels, sampleRate }: { channels: number; sampleRate: number },
): CodecParameters & { blockBytes: number } {
	const codec = pcm.isFloat ? 'pcm_float' : 'pcm';
	const blockBytes = pcm.bytes * channels;
	return { codec, channels, sampleRate, config: EMPTY_CONFIG, pcm, blockBytes };
}
