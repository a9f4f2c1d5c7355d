import { DamagedAudioError } from '../../errors';
import type { StreamInfo } from '../../streamInfo';
import { fourCC, BlockReader, type ByteSource } from '../../source/bytes';
import type { PcmBlock } from '../../pcm';
import { decodeBlocks, type BlockCodec, type BlockData } from '../../codecs/blocks';
import { readALaw, readMuLaw } from '../../codecs/g711';
import { quickTimeIma } from '../../codecs/adpcm/ima';
import { floatReader, integerReader, interleaved, unsigned8Reader } from '../../codecs/pcm';

const FORM_HEADER_BYTES = 12;
const CHUNK_HEADER_BYTES = 8;
const COMMON_BYTES = 18;
const SOUND_HEADER_BYTES = 8;
const UNCOMPRESSED = 'NONE';
/** Programs that stream write nothing, or something near the largest there is with a sign (sox: 0x7f000008). */
const MIN_UNKNOWN_SIZE = 0x7f000000;

interface Common {
	channels: number;
	/** Samples per channel, or packets where a codec has these. */
	frames: number;
	bitsPerSample: number;
	sampleRate: number;
	compression: string;
}

interface Sound {
	dataStart: number;
	dataBytes: number;
	missingBytes: number;
}

interface Codec {
	name: string;
	make: (common: Common) => BlockCodec | undefined;
}

const integers =
	(isLittleEndian: boolean, bytes?: number) =>
	({ bitsPerSample, channels }: Common): BlockCodec | undefined => {
		const width = bytes ?? Math.ceil(bitsPerSample / 8);
		const reader = integerReader(width, isLittleEndian);
		return reader && interleaved(reader, width, channels);
	};
const floats =
	(bytes: number) =>
	({ channels }: Common): BlockCodec =>
		interleaved(floatReader(bytes, false)!, bytes, channels);

const BIG_ENDIAN: Codec = { name: 'pcm', make: integers(false) };
const LITTLE_ENDIAN: Codec = { name: 'pcm', make: integers(true) };
const FLOAT_32: Codec = { name: 'pcm_float', make: floats(4) };
const FLOAT_64: Codec = { name: 'pcm_float', make: floats(8) };
const MU_LAW: Codec = {
	name: 'mulaw',
	make: ({ channels }) => interleaved(readMuLaw, 1, channels),
};
const A_LAW: Codec = { name: 'alaw', make: ({ channels }) => interleaved(readALaw, 1, channels) };

/** Compression types of AIFF-C, by Apple and others. */
const CODECS: Record<string, Codec> = {
	[UNCOMPRESSED]: BIG_ENDIAN,
	twos: BIG_ENDIAN,
	sowt: LITTLE_ENDIAN,
	in24: { name: 'pcm', make: integers(false, 3) },
	in32: { name: 'pcm', make: integers(false, 4) },
	'42ni': { name: 'pcm', make: integers(true, 3) },
	'23ni': { name: 'pcm', make: integers(true, 4) },
	'raw ': { name: 'pcm', make: ({ channels }) => interleaved(unsigned8Reader, 1, channels) },
	fl32: FLOAT_32,
	FL32: FLOAT_32,
	fl64: FLOAT_64,
	FL64: FLOAT_64,
	ulaw: MU_LAW,
	ULAW: MU_LAW,
	alaw: A_LAW,
	ALAW: A_LAW,
	ima4: { name: 'adpcm_ima', make: ({ channels }) => quickTimeIma(channels) },
};

/**
 * Reads what an AIFF or AIFF-C file says of its sound (Apple, "Audio Interchange File Format", 1.3, and
 * "AIFF-C", draft of 1991).
 *
 * @throws DamagedAudioError when there is no usable COMM or SSND chunk
 */
export async function inspectAiff(source: ByteSource): Promise<StreamInfo> {
	const { codec, name, common, data } = await readLayout(source);
	const { channels, sampleRate } = common;
	return {
		codec: name,
		channels,
		sampleRate,
		duration: data.sampleCount / sampleRate,
		bitRate: Math.round((codec.blockBytes * 8 * sampleRate) / codec.blockSamples),
	};
}

/**
 * Decodes AIFF and AIFF-C (integers, floats, G.711 and IMA ADPCM) to mono at the file's sample rate.
 *
 * @throws DamagedAudioError when there is no sound, or in an unknown compression
 * @throws TruncatedAudioError behind what there is of a file that was cut short
 */
export async function* decodeAiff(source: ByteSource): AsyncGenerator<PcmBlock> {
	const { codec, data } = await readLayout(source);
	yield* decodeBlocks(source, data, codec);
}

async function readLayout(
	source: ByteSource,
): Promise<{ codec: BlockCodec; name: string; common: Common; data: BlockData }> {
	const { common, sound } = await readChunks(source);
	const known = CODECS[common.compression];
	const codec = known?.make(common);
	if (!codec) {
		const form = `${common.compression}, ${common.bitsPerSample} bits`;
		throw new DamagedAudioError(`its sound is in an unknown form (${form})`);
	}
	const inFile = Math.floor(sound.dataBytes / codec.blockBytes) * codec.blockSamples;
	const stated = common.frames * codec.blockSamples;
	// Writers that stream leave the number open.
	const sampleCount = stated > 0 ? Math.min(stated, inFile) : inFile;
	const { sampleRate } = common;
	return { codec, name: known!.name, common, data: { ...sound, sampleRate, sampleCount } };
}

/** COMM and SSND come in any order. */
async function readChunks(source: ByteSource): Promise<{ common: Common; sound: Sound }> {
	const reader = new BlockReader(source);
	const form = await reader.view(0, FORM_HEADER_BYTES);
	if (form.byteLength < FORM_HEADER_BYTES) throw new DamagedAudioError('it is cut short');
	const isCompressed = fourCC(form, 8) === 'AIFC';
	let common: Common | undefined;
	let sound: Sound | undefined;
	for (let at = FORM_HEADER_BYTES; !(common && sound);) {
		const header = await reader.view(at, CHUNK_HEADER_BYTES);
		if (header.byteLength < CHUNK_HEADER_BYTES) {
			throw new DamagedAudioError(`it has no "${common ? 'SSND' : 'COMM'}" part`);
		}
		const id = fourCC(header, 0);
		const size = header.getUint32(4);
		const body = at + CHUNK_HEADER_BYTES;
		if (id === 'COMM') {
			common = readCommon(await reader.view(body, Math.min(size, COMMON_BYTES + 4)), isCompressed);
		}
		if (id === 'SSND') sound = readSound(await reader.view(body, 4), body, size, source.size);
		at = body + size + (size % 2);
	}
	return { common, sound };
}

function readCommon(view: DataView, isCompressed: boolean): Common {
	if (view.byteLength < COMMON_BYTES) throw new DamagedAudioError('its "COMM" part is cut short');
	const hasType = isCompressed && view.byteLength >= COMMON_BYTES + 4;
	const common = {
		channels: view.getUint16(0),
		frames: view.getUint32(2),
		bitsPerSample: view.getUint16(6),
		sampleRate: Math.round(readExtended(view, 8)),
		compression: hasType ? fourCC(view, COMMON_BYTES) : UNCOMPRESSED,
	};
	if (common.channels === 0 || !(common.sampleRate >= 1 && common.sampleRate < 2 ** 32)) {
		throw new DamagedAudioError('its "COMM" part names no channels or no sample rate');
	}
	return common;
}

function readSound(view: DataView, body: number, size: number, fileSize: number): Sound {
	const offset = view.byteLength < 4 ? 0 : view.getUint32(0);
	const dataStart = Math.min(body + SOUND_HEADER_BYTES + offset, fileSize);
	const available = fileSize - dataStart;
	const stated = size - SOUND_HEADER_BYTES - offset;
	const isUnknown = stated <= 0 || (size >= MIN_UNKNOWN_SIZE && stated > available);
	return {
		dataStart,
		dataBytes: isUnknown ? available : Math.min(stated, available),
		missingBytes: isUnknown ? 0 : Math.max(0, stated - available),
	};
}

/** An 80-bit number of IEEE 754: a sign, 15 bits of exponent, 64 of mantissa with its integer bit. */
function readExtended(view: DataView, at: number): number {
	const exponent = view.getUint16(at) & 0x7fff;
	const mantissa = view.getUint32(at + 2) * 2 ** 32 + view.getUint32(at + 6);
	const size = mantissa * 2 ** (exponent - 16383 - 63);
	return view.getUint16(at) >> 15 ? -size : size;
}
