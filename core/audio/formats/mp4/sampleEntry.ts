import { EMPTY_CONFIG, type CodecParameters } from '../../codecs';
import { objectTypeOf, parseAudioSpecificConfig } from '../../codecs/aac/audioSpecificConfig';
import { STREAM_INFO_BYTES } from '../../codecs/flac/streamInfo';
import { OPUS_RATE } from '../../codecs/opus/head';
import { DamagedAudioError } from '../../errors';
import { APPLE_BLOCKS, APPLE_CODECS, applePcm, pcmParameters } from '../appleFormat';
import { codecOfTag, parseWaveFormat } from '../waveFormat';
import type { Box } from './box';
import { readElementaryStream } from './descriptor';
import { opusHeadOf } from './opusHead';

/** How a track's sound is coded. */
export interface SampleEntry {
	parameters: CodecParameters;
	isEncrypted: boolean;
	/** Where the tables count single sample instants instead of packets: how many of them the given number of bytes holds. */
	packing?: Packing;
}

export interface Packing {
	frames: number;
	bytes: number;
}

/** The fields of a sound description (QuickTime File Format, "Sound Sample Descriptions"). */
interface Fields extends Packing {
	channels: number;
	bits: number;
	sampleRate: number;
	/** `formatSpecificFlags` of version 2. */
	flags: number;
}

/** Registered types (mp4ra.org) that need no more than a name. */
const CODECS: Record<string, string> = {
	...APPLE_CODECS,
	mp4a: 'aac',
	samr: 'amr_nb',
	sawb: 'amr_wb',
	alac: 'alac',
	Opus: 'opus',
	fLaC: 'flac',
	'.mp3': 'mp3',
	'ac-3': 'ac3',
	'ec-3': 'eac3',
};

/** `objectTypeIndication` of streams other than AAC (mp4ra.org). */
const OBJECT_TYPES: Record<number, string> = {
	0x69: 'mp3',
	0x6b: 'mp3',
	0xa5: 'ac3',
	0xa6: 'eac3',
	0xa9: 'dts',
	0xad: 'opus',
	0xdd: 'vorbis',
	0xe1: 'qcelp',
};

/** Audio object types (ISO/IEC 14496-3, 1.5.1.1) that go by AAC's name but are other codecs. */
const AUDIO_OBJECT_TYPES: Record<number, string> = {
	34: 'mp3',
	36: 'mp4als',
	42: 'usac',
};

const ENCRYPTED = new Set(['enca', 'drms']);

/** Types of codecs with Windows numbers begin like this. */
const WAVE_TYPE = 'ms\0';
const VARIABLE_SIZE = -2;
const IS_FLOAT = 1;
const IS_BIG_ENDIAN = 2;
const IS_SIGNED = 4;
const MAX_CHANNELS = 64;
const AMR_RATES: Record<string, number> = { samr: 8000, sawb: 16000 };

/**
 * Reads the first sound description of an `stsd` box (ISO/IEC 14496-12, 8.5.2 and 12.2.3; QuickTime's
 * versions 1 and 2; ISO/IEC 23003-5 for `ipcm` and `fpcm`).
 *
 * @throws DamagedAudioError when it is cut short or says nothing usable
 */
export function readSampleEntry(stsd: Box): SampleEntry {
	const { version } = stsd.fullHeader();
	stsd.uint32();
	const [entry] = stsd.children();
	if (!entry) throw new DamagedAudioError('its "stsd" part is empty');
	const fields = readFields(entry, version === 0);
	// QuickTime puts the boxes one level down.
	const boxes = [...entry.children()];
	const wave = boxes.find(({ type }) => type === 'wave');
	const extensions = [...boxes, ...(wave ? wave.children() : [])];
	const find = (type: string): Box | undefined => extensions.find((box) => box.type === type);

	const described = describe(entry.type, fields, find);
	const { channels, sampleRate } = described.parameters;
	if (channels < 1 || channels > MAX_CHANNELS) {
		throw new DamagedAudioError('its sound description names no usable number of channels');
	}
	if (!(sampleRate >= 1 && sampleRate <= 2 ** 24)) {
		throw new DamagedAudioError('its sound description names no usable sample rate');
	}
	return described;
}

function readFields(entry: Box, mayBeQuickTime: boolean): Fields {
	entry.skip(8);
	const version = entry.uint16();
	entry.skip(6);
	const channels = entry.uint16();
	const bits = entry.uint16();
	const compressionId = (entry.uint16() << 16) >> 16;
	entry.skip(2);
	const sampleRate = entry.uint32() / 0x10000;
	const fields = { channels, bits, sampleRate, frames: 0, bytes: 0, flags: 0 };
	if (version === 1 && mayBeQuickTime) {
		const frames = entry.uint32();
		entry.skip(4);
		const bytes = entry.uint32();
		entry.skip(4);
		return compressionId === VARIABLE_SIZE ? fields : { ...fields, frames, bytes };
	}
	if (version === 2 && mayBeQuickTime) {
		entry.skip(4);
		return {
			sampleRate: entry.float64(),
			channels: entry.uint32(),
			bits: entry.skip(4).uint32(),
			flags: entry.uint32(),
			bytes: entry.uint32(),
			frames: entry.uint32(),
		};
	}
	return fields;
}

type Find = (type: string) => Box | undefined;

function describe(type: string, fields: Fields, find: Find): SampleEntry {
	const isEncrypted = ENCRYPTED.has(type);
	const { channels, sampleRate } = fields;
	const parameters = {
		codec: CODECS[type] ?? type.trim(),
		channels,
		sampleRate,
		config: EMPTY_CONFIG,
	};
	const of = (more: Partial<CodecParameters>): SampleEntry => ({
		parameters: { ...parameters, ...more },
		isEncrypted,
	});
	const pcm = describePcm(type, fields, find);
	if (pcm) return { ...pcm, isEncrypted };
	if (type in AMR_RATES) return of({ channels: 1, sampleRate: AMR_RATES[type]! });
	const esds = find('esds');
	if (type === 'mp4a' || esds) return of(describeMpeg4(parameters, esds));
	if (type === 'alac') return of(describeAlac(find('alac')));
	if (type === 'Opus') return of(describeOpus(find('dOps')));
	if (type === 'fLaC') return of(describeFlac(find('dfLa')));
	const packing = packingOf(parameters.codec, fields);
	const wave = type.startsWith(WAVE_TYPE) ? describeWave(type, find(type)) : {};
	return {
		...of({ ...wave, ...(packing && { blockBytes: packing.bytes }) }),
		...(packing && { packing }),
	};
}

function packingOf(codec: string, { frames, bytes, channels }: Fields): Packing | undefined {
	if (frames > 0 && bytes > 0) return { frames, bytes };
	const fixed = APPLE_BLOCKS[codec];
	return fixed && { frames: fixed.frames, bytes: fixed.bytes * channels };
}

/** QuickTime's types of Windows's codecs: a description as in WAV lies in a box of the same type. */
function describeWave(type: string, box: Box | undefined): Partial<CodecParameters> {
	const codec = codecOfTag(type.charCodeAt(2) * 256 + type.charCodeAt(3));
	if (!box) return { codec };
	const { config } = parseWaveFormat(box.bytes()).parameters;
	return { codec, config };
}

function describePcm(
	type: string,
	fields: Fields,
	find: Find,
): Pick<SampleEntry, 'parameters' | 'packing'> | undefined {
	// QuickTime's "NONE" is unsigned, AIFF's is signed.
	const pcm = applePcm(type === 'NONE' ? 'raw ' : type, fields.bits);
	if (!pcm) return undefined;
	const byteOrder = find('enda');
	if (byteOrder) pcm.isLittleEndian = byteOrder.uint16() === 1;
	const pcmConfig = find('pcmC');
	if (pcmConfig) {
		pcmConfig.fullHeader();
		pcm.isLittleEndian = (pcmConfig.uint8() & 1) === 1;
		pcm.bytes = Math.ceil(pcmConfig.uint8() / 8);
	}
	if (type === 'lpcm') {
		pcm.isFloat = (fields.flags & IS_FLOAT) !== 0;
		pcm.isLittleEndian = (fields.flags & IS_BIG_ENDIAN) === 0;
		pcm.isUnsigned = !pcm.isFloat && (fields.flags & IS_SIGNED) === 0;
	}
	// "raw" of more than 8 bits is signed after all.
	if (pcm.bytes > 1) pcm.isUnsigned = false;
	const parameters = pcmParameters(pcm, fields);
	return { parameters, packing: { frames: 1, bytes: parameters.blockBytes } };
}

function describeMpeg4(
	{ channels }: CodecParameters,
	esds: Box | undefined,
): Partial<CodecParameters> {
	const { objectType, config } = esds
		? readElementaryStream(esds)
		: { objectType: 0, config: EMPTY_CONFIG };
	const codec = OBJECT_TYPES[objectType];
	if (codec) return { codec, config };
	if (config.length < 2) return { codec: 'aac' };
	const otherCodec = AUDIO_OBJECT_TYPES[objectTypeOf(config)];
	if (otherCodec) return { codec: otherCodec, config };
	const parsed = parseAudioSpecificConfig(config);
	return {
		codec: 'aac',
		config,
		channels: parsed.hasPs ? 2 : parsed.channels || channels,
		sampleRate: parsed.sampleRate,
	};
}

/** The ALACSpecificConfig (Apple Lossless Format, "magic cookie"). */
function describeAlac(box: Box | undefined): Partial<CodecParameters> {
	const config = box?.skip(4).bytes().slice();
	if (!config || config.length < 24) throw new DamagedAudioError('its "alac" part is cut short');
	const view = new DataView(config.buffer);
	return { config, channels: view.getUint8(9), sampleRate: view.getUint32(20) };
}

function describeOpus(box: Box | undefined): Partial<CodecParameters> {
	const config = opusHeadOf(box);
	return { config, channels: config[9]!, sampleRate: OPUS_RATE };
}

/** "Encapsulation of FLAC in ISO Base Media File Format", 3.3.2: metadata blocks, STREAMINFO first. */
function describeFlac(box: Box | undefined): Partial<CodecParameters> {
	const blocks = box?.skip(4).bytes() ?? EMPTY_CONFIG;
	return { config: blocks.slice(4, 4 + STREAM_INFO_BYTES) };
}
