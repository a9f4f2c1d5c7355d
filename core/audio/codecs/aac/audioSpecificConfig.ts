import { DamagedAudioError, UnsupportedAudioError } from '../../errors';
import { SAMPLE_RATES } from './bands';
import { BitReader } from '../bitReader';

/** What a container says about the AAC in it. */
export interface AudioSpecificConfig {
	/** Audio object type of the core: 2 is AAC-LC. */
	objectType: number;
	/** What people call it. */
	profile: string;
	/** Hertz, as players show it: with spectral band replication twice the core's. */
	sampleRate: number;
	/** Hertz of the core, which is what `AacDecoder` gives. */
	coreSampleRate: number;
	/** Of the core's tables, 0 to 12. */
	sampleRateIndex: number;
	/** 0 when a program config element lists the channels. */
	channelConfiguration: number;
	/** Of the core: parametric stereo shows as 1. 0 when only the frames reveal it. */
	channels: number;
	/** Samples of the core in each frame: 1024 or 960. */
	frameLength: number;
	/** Spectral band replication is signalled: HE-AAC. */
	hasSbr: boolean;
	/** Parametric stereo is signalled: HE-AAC v2. */
	hasPs: boolean;
}

/** Audio object types (ISO/IEC 14496-3, table 1.17), as far as recordings may have them. */
const PROFILES: Record<number, string> = {
	1: 'AAC Main',
	2: 'AAC-LC',
	3: 'AAC SSR',
	4: 'AAC-LTP',
	5: 'HE-AAC',
	6: 'AAC Scalable',
	7: 'TwinVQ',
	17: 'ER AAC-LC',
	19: 'ER AAC-LTP',
	20: 'ER AAC Scalable',
	21: 'ER TwinVQ',
	22: 'ER BSAC',
	23: 'AAC-LD',
	29: 'HE-AAC v2',
	36: 'MPEG-4 ALS',
	39: 'AAC-ELD',
	42: 'xHE-AAC',
};
const LC = 2;
const SBR = 5;
const PS = 29;
const ESCAPED_TYPE = 31;
const EXPLICIT_RATE = 15;
const MAX_SAMPLE_RATE = 192000;
/** `program_config_element` without any channel. */
const MIN_PROGRAM_CONFIG_BITS = 42;
/** Which extensions may follow the core's configuration (1.6.6.1). */
const SBR_SYNC = 0x2b7;
const PS_SYNC = 0x548;

/** Channels by configuration (table 1.19, with those of newer editions). */
const CHANNELS: Record<number, number> = {
	...[0, 1, 2, 3, 4, 5, 6, 8],
	11: 7,
	12: 8,
	14: 8,
};
/** Below each of these frequencies the tables of the next index are used (table 4.82). */
const RATE_LIMITS = [92017, 75132, 55426, 46009, 37566, 27713, 23004, 18783, 13856, 11502, 9391, 0];

/** The name of an audio object type. */
export function profileName(objectType: number): string {
	return PROFILES[objectType] ?? `MPEG-4 audio object type ${objectType}`;
}

/** Channels of a channel configuration; 0 for one that does not say, undefined for an unknown one. */
export function channelsOf(channelConfiguration: number): number | undefined {
	return CHANNELS[channelConfiguration];
}

/**
 * @throws DamagedAudioError for what is neither AAC-LC nor HE-AAC around it; the message names it
 */
export function requireLowComplexity(objectType: number): void {
	if (objectType !== LC) {
		throw new UnsupportedAudioError(
			`it is in ${profileName(objectType)}, an unsupported AAC profile`,
		);
	}
}

/**
 * Reads `AudioSpecificConfig` (ISO/IEC 14496-3, 1.6.2.1), as MP4's `esds` and Matroska's
 * `CodecPrivate` carry it. Explicit and backward compatible signalling of HE-AAC are understood.
 *
 * @throws DamagedAudioError when it is too short or makes no sense, or is of a profile other than LC
 */
export function parseAudioSpecificConfig(bytes: Uint8Array): AudioSpecificConfig {
	const reader = new BitReader('its AAC configuration');
	reader.load(bytes);
	let objectType = readObjectType(reader);
	const core = readSampleRate(reader);
	const channelConfiguration = reader.read(4);
	let extended: number | undefined;
	const hasExplicitPs = objectType === PS;
	const hasExplicitSbr = hasExplicitPs || objectType === SBR;
	if (hasExplicitSbr) {
		extended = readSampleRate(reader);
		objectType = readObjectType(reader);
	}
	reader.check();
	requireLowComplexity(objectType);
	const { frameLength, pceChannels } = readGeneralConfig(reader, channelConfiguration);
	reader.check();
	const channels = pceChannels ?? channelsOf(channelConfiguration);
	if (channels === undefined) throw new DamagedAudioError('its AAC channel layout is unknown');
	const extension = hasExplicitSbr
		? { hasSbr: true, hasPs: hasExplicitPs, sampleRate: extended }
		: readExtension(reader);
	return {
		objectType,
		profile: profileName(extension.hasPs ? PS : extension.hasSbr ? SBR : objectType),
		sampleRate: extension.sampleRate ?? core,
		coreSampleRate: core,
		sampleRateIndex: sampleRateIndexOf(core),
		channelConfiguration,
		channels,
		frameLength,
		hasSbr: extension.hasSbr,
		hasPs: extension.hasPs,
	};
}

/** The audio object type at the beginning of an `AudioSpecificConfig`, whatever follows. */
export function objectTypeOf(bytes: Uint8Array): number {
	const reader = new BitReader('its AAC configuration');
	reader.load(bytes);
	return readObjectType(reader);
}

/** A configuration for AAC-LC, for files that left theirs out; empty where none can express it. */
export function makeAudioSpecificConfig(sampleRate: number, channels: number): Uint8Array {
	const rateIndex = SAMPLE_RATES.indexOf(sampleRate);
	const layout = Object.keys(CHANNELS).find((key) => CHANNELS[Number(key)] === channels);
	if (rateIndex === -1 || channels === 0 || layout === undefined) return new Uint8Array(0);
	return audioSpecificConfig(LC, rateIndex, Number(layout));
}

/** A configuration without extensions; a channel configuration of 0 leaves the channels to the frames. */
export function audioSpecificConfig(
	objectType: number,
	sampleRateIndex: number,
	channelConfiguration: number,
): Uint8Array {
	return Uint8Array.of(
		(objectType << 3) | (sampleRateIndex >> 1),
		((sampleRateIndex & 1) << 7) | (channelConfiguration << 3),
	);
}

/** `program_config_element` (table 4.2): counts the channels that it lays out. */
export function readProgramConfig(reader: BitReader): number {
	reader.read(4 + 2 + 4);
	const front = reader.read(4);
	const side = reader.read(4);
	const back = reader.read(4);
	const lfe = reader.read(2);
	const data = reader.read(3);
	const coupling = reader.read(4);
	if (reader.flag()) reader.read(4);
	if (reader.flag()) reader.read(4);
	if (reader.flag()) reader.read(3);
	let channels = lfe;
	for (let element = 0; element < front + side + back; element++) {
		channels += reader.flag() ? 2 : 1;
		reader.read(4);
	}
	reader.skip(lfe * 4 + data * 4 + coupling * 5);
	reader.align();
	reader.skip(reader.read(8) * 8);
	return channels;
}

function readObjectType(reader: BitReader): number {
	const objectType = reader.read(5);
	return objectType === ESCAPED_TYPE ? 32 + reader.read(6) : objectType;
}

function readSampleRate(reader: BitReader): number {
	const index = reader.read(4);
	const rate = index === EXPLICIT_RATE ? reader.read(24) : SAMPLE_RATES[index];
	if (!rate || rate > MAX_SAMPLE_RATE)
		throw new DamagedAudioError('its AAC sample rate is unknown');
	return rate;
}

function sampleRateIndexOf(sampleRate: number): number {
	const exact = SAMPLE_RATES.indexOf(sampleRate);
	return exact === -1 ? RATE_LIMITS.findIndex((limit) => sampleRate >= limit) : exact;
}

/** `GASpecificConfig` (table 4.1). */
function readGeneralConfig(
	reader: BitReader,
	channelConfiguration: number,
): { frameLength: number; pceChannels?: number } {
	const frameLength = reader.flag() ? 960 : 1024;
	const dependsOnCore = reader.flag();
	if (dependsOnCore) reader.read(14);
	reader.read(1);
	// In ADTS the first frame supplies what is left out here.
	if (channelConfiguration !== 0 || reader.left < MIN_PROGRAM_CONFIG_BITS) return { frameLength };
	return { frameLength, pceChannels: readProgramConfig(reader) };
}

/** The extension after the core's configuration, for decoders that know it. */
function readExtension(reader: BitReader): {
	hasSbr: boolean;
	hasPs: boolean;
	sampleRate?: number;
} {
	const none = { hasSbr: false, hasPs: false };
	if (reader.left < 16 || reader.read(11) !== SBR_SYNC) return none;
	if (readObjectType(reader) !== SBR || !reader.flag()) return none;
	const sampleRate = readSampleRate(reader);
	const hasPs = reader.left >= 12 && reader.read(11) === PS_SYNC && reader.flag();
	return { hasSbr: true, hasPs, sampleRate };
}
