import { DamagedAudioError } from '../../errors';
import {
	makeAudioSpecificConfig,
	objectTypeOf,
	parseAudioSpecificConfig,
} from '../../codecs/aac/audioSpecificConfig';
import type { Box } from './box';
import { readElementaryStream } from './descriptor';
import type { PcmFormat } from './pcmDecoder';

/** How a track's sound is coded. */
export interface SampleEntry {
	codec: string;
	channels: number;
	sampleRate: number;
	/** What the decoder needs to know beforehand; empty where there is nothing. */
	config: Uint8Array;
	isEncrypted: boolean;
	/** Where samples are not compressed. */
	pcm?: PcmFormat;
	/** Where the tables count single sample instants instead of packets: how many of them so many bytes hold. */
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
	mp4a: 'aac',
	samr: 'amr_nb',
	sawb: 'amr_wb',
	alac: 'alac',
	Opus: 'opus',
	fLaC: 'flac',
	ulaw: 'mulaw',
	alaw: 'alaw',
	'.mp3': 'mp3',
	'ms\0\x55': 'mp3',
	'ms\0\x02': 'adpcm_ms',
	'ms\0\x11': 'adpcm_ima',
	ima4: 'adpcm_ima_qt',
	agsm: 'gsm',
	'ac-3': 'ac3',
	'ec-3': 'eac3',
};

/** `objectTypeIndication` of streams that are no AAC (mp4ra.org). */
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

/** Audio object types (ISO/IEC 14496-3, 1.5.1.1) under AAC's name that are other codecs. */
const AUDIO_OBJECT_TYPES: Record<number, string> = {
	34: 'mp3',
	36: 'mp4als',
	42: 'usac',
};

interface PcmKind {
	bits?: number;
	isFloat?: boolean;
	isLittleEndian?: boolean;
	isUnsigned?: boolean;
}

/** Uncompressed sound in QuickTime; where bits are not given, the description's count. */
const PCM: Record<string, PcmKind> = {
	'raw ': { isUnsigned: true },
	NONE: { isUnsigned: true },
	twos: {},
	sowt: { isLittleEndian: true },
	in24: { bits: 24 },
	in32: { bits: 32 },
	fl32: { bits: 32, isFloat: true },
	fl64: { bits: 64, isFloat: true },
	lpcm: {},
	ipcm: {},
	fpcm: { isFloat: true },
};

const G711 = new Set(['ulaw', 'alaw']);
const ENCRYPTED = new Set(['enca', 'drms']);

/** Stretches of sound of known sizes, where version 0 descriptions leave them out: per channel. */
const FIXED_PACKINGS: Record<string, Packing> = {
	ima4: { frames: 64, bytes: 34 },
	agsm: { frames: 160, bytes: 33 },
};

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
	if (described.channels < 1 || described.channels > MAX_CHANNELS) {
		throw new DamagedAudioError('its sound description names no usable number of channels');
	}
	if (!(described.sampleRate >= 1 && described.sampleRate <= 2 ** 24)) {
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

function describe(
	type: string,
	fields: Fields,
	find: (type: string) => Box | undefined,
): SampleEntry {
	const { channels, sampleRate } = fields;
	const entry: SampleEntry = {
		codec: CODECS[type] ?? type.trim(),
		channels,
		sampleRate,
		config: new Uint8Array(0),
		isEncrypted: ENCRYPTED.has(type),
	};
	if (type in PCM) return { ...entry, ...describePcm(type, PCM[type]!, fields, find) };
	if (G711.has(type)) return { ...entry, packing: { frames: 1, bytes: channels } };
	if (type in AMR_RATES) return { ...entry, channels: 1, sampleRate: AMR_RATES[type]! };
	const esds = find('esds');
	if (type === 'mp4a' || esds) return { ...entry, ...describeMpeg4(entry, esds) };
	if (type === 'alac') return { ...entry, ...describeAlac(find('alac')) };
	if (type === 'Opus') return { ...entry, ...describeOpus(find('dOps')) };
	if (type === 'fLaC')
		return { ...entry, config: find('dfLa')?.skip(4).bytes().slice() ?? entry.config };
	const packing = packingOf(type, fields);
	return packing ? { ...entry, packing } : entry;
}

function packingOf(type: string, { frames, bytes, channels }: Fields): Packing | undefined {
	if (frames > 0 && bytes > 0) return { frames, bytes };
	const fixed = FIXED_PACKINGS[type];
	return fixed && { frames: fixed.frames, bytes: fixed.bytes * channels };
}

function describePcm(
	type: string,
	kind: PcmKind,
	fields: Fields,
	find: (type: string) => Box | undefined,
): Pick<SampleEntry, 'codec' | 'pcm' | 'packing'> {
	const { channels } = fields;
	const format: PcmFormat = {
		channels,
		bytes: Math.ceil((kind.bits ?? fields.bits) / 8),
		isFloat: kind.isFloat ?? false,
		isLittleEndian: kind.isLittleEndian ?? false,
		isUnsigned: kind.isUnsigned ?? false,
	};
	const byteOrder = find('enda');
	if (byteOrder) format.isLittleEndian = byteOrder.uint16() === 1;
	const pcmConfig = find('pcmC');
	if (pcmConfig) {
		pcmConfig.fullHeader();
		format.isLittleEndian = (pcmConfig.uint8() & 1) === 1;
		format.bytes = Math.ceil(pcmConfig.uint8() / 8);
	}
	if (type === 'lpcm') {
		format.isFloat = (fields.flags & IS_FLOAT) !== 0;
		format.isLittleEndian = (fields.flags & IS_BIG_ENDIAN) === 0;
		format.isUnsigned = !format.isFloat && (fields.flags & IS_SIGNED) === 0;
	}
	// "raw" of more than 8 bits has a sign after all.
	if (format.isUnsigned && format.bytes > 1) format.isUnsigned = false;
	return {
		codec: format.isFloat ? 'pcm_float' : 'pcm',
		pcm: format,
		packing: { frames: 1, bytes: format.bytes * channels },
	};
}

function describeMpeg4(entry: SampleEntry, esds: Box | undefined): Partial<SampleEntry> {
	const { objectType, config } = esds ? readElementaryStream(esds) : { objectType: 0 };
	const codec = OBJECT_TYPES[objectType];
	if (codec) return { codec, config: config ?? entry.config };
	if (!config || config.length < 2) {
		return { codec: 'aac', config: makeAudioSpecificConfig(entry.sampleRate, entry.channels) };
	}
	const otherCodec = AUDIO_OBJECT_TYPES[objectTypeOf(config)];
	if (otherCodec) return { codec: otherCodec, config };
	const { channels, sampleRate, hasPs } = parseAudioSpecificConfig(config);
	return { codec: 'aac', config, channels: hasPs ? 2 : channels || entry.channels, sampleRate };
}

/** The ALACSpecificConfig (Apple Lossless Format, "magic cookie"). */
function describeAlac(box: Box | undefined): Partial<SampleEntry> {
	const config = box?.skip(4).bytes().slice();
	if (!config || config.length < 24) throw new DamagedAudioError('its "alac" part is cut short');
	const view = new DataView(config.buffer);
	return { config, channels: view.getUint8(9), sampleRate: view.getUint32(20) };
}

/** "Encapsulation of Opus in ISO Base Media File Format", 4.3.2; always decoded at 48 kHz. */
function describeOpus(box: Box | undefined): Partial<SampleEntry> {
	const config = box?.bytes().slice();
	if (!config || config.length < 11) throw new DamagedAudioError('its "dOps" part is cut short');
	return { config, channels: config[1]!, sampleRate: 48000 };
}
