import { DamagedAudioError } from '../../errors';
import { BlockReader, fourCC, type ByteSource } from '../../source/bytes';
import { GSM_BLOCK_BYTES, GSM_BLOCK_SAMPLES } from '../../codecs/gsm';
import { imaBlockSamples } from '../../codecs/adpcm/ima';
import { msBlockSamples } from '../../codecs/adpcm/microsoft';

/** How a WAV file holds its sound, and where. */
export interface WavLayout {
	/** A name of ffmpeg's kind (`pcm`, `pcm_float`, `mulaw`, `gsm`, …), or the format tag as `0x0160`. */
	codec: string;
	channels: number;
	/** Hertz. */
	sampleRate: number;
	/** Bytes per second, on average. */
	byteRate: number;
	/** Bytes of the smallest piece that can be cut out, all channels. */
	blockAlign: number;
	/** Samples per channel in a block; 0 where blocks have no fixed number of them (MPEG audio, unknown codecs). */
	blockSamples: number;
	/** As stated; a sample takes `blockAlign / channels` bytes in PCM. */
	bitsPerSample: number;
	/** Where the sound begins in the source: samples, blocks, or for `mp3` the MPEG frames. */
	dataStart: number;
	/** Bytes of it, never beyond the end of the source. */
	dataBytes: number;
	/** Bytes that the file promises beyond its end. */
	missingBytes: number;
	/** Whether the header says so in the plain way: RF64 and what was written to a pipe do not. */
	isSizeStated: boolean;
	/** Samples per channel, exact unless `blockSamples` is 0. */
	sampleCount: number;
	/** Predictors of MS ADPCM that the file brings. */
	coefficients?: [number, number][];
}

const RIFF_HEADER_BYTES = 12;
const CHUNK_HEADER_BYTES = 8;
const MIN_FORMAT_BYTES = 16;
/** MS ADPCM's coefficients reach farthest: four bytes for each that a byte can name. */
const MAX_FORMAT_BYTES = 22 + 4 * 256;
const COEFFICIENT_COUNT_OFFSET = 20;
/** `fmt ` tag that says: the real tag is in the SubFormat (Microsoft, WAVEFORMATEXTENSIBLE). */
const EXTENSIBLE = 0xfffe;
const SUB_FORMAT_OFFSET = 24;
/** Programs that stream cannot know the size. They write 0 or something near the largest there is, signed or not. */
const MIN_UNKNOWN_SIZE = 0x7fff0000;
const LARGE_SIZE = 0xffffffff;
/** Some programs count headers as data. */
const MISCOUNTED_BYTES = 128;

/** Registered format tags (RFC 2361) that recordings use. */
const CODECS: Record<number, string> = {
	0x0001: 'pcm',
	0x0002: 'adpcm_ms',
	0x0003: 'pcm_float',
	0x0006: 'alaw',
	0x0007: 'mulaw',
	0x0011: 'adpcm_ima',
	0x0031: 'gsm',
	0x0050: 'mp2',
	0x0055: 'mp3',
};

type Format = Omit<
	WavLayout,
	'dataStart' | 'dataBytes' | 'missingBytes' | 'isSizeStated' | 'sampleCount'
>;

/**
 * Reads where a WAV file has its sound and in which form: RIFF, RF64 and BW64 (EBU Tech 3306), extensible
 * formats, odd chunks with their padding, sizes that are unknown or lie beyond the file.
 *
 * @throws DamagedAudioError when there is no usable `fmt ` or `data` chunk
 */
export async function readWavLayout(source: ByteSource): Promise<WavLayout> {
	const reader = new BlockReader(source);
	let format: Format | undefined;
	let largeDataBytes: number | undefined;
	let factSamples = 0;

	for (let at = RIFF_HEADER_BYTES; at + CHUNK_HEADER_BYTES <= source.size;) {
		const header = await reader.view(at, CHUNK_HEADER_BYTES);
		if (header.byteLength < CHUNK_HEADER_BYTES) break;
		const id = fourCC(header, 0);
		const size = header.getUint32(4, true);
		const body = at + CHUNK_HEADER_BYTES;
		if (id === 'fmt ')
			format = readFormat(await reader.view(body, Math.min(size, MAX_FORMAT_BYTES)));
		if (id === 'ds64') largeDataBytes = readLargeDataBytes(await reader.view(body, 24));
		if (id === 'fact') factSamples = readFact(await reader.view(body, Math.min(size, 4)));
		if (id === 'data') {
			if (!format) throw new DamagedAudioError('its "data" comes before any "fmt"');
			const { dataBytes, missingBytes } = measure(size, largeDataBytes, source.size - body);
			const isSizeStated = size === dataBytes;
			const sampleCount = countSamples(format, dataBytes, factSamples);
			return { ...format, dataStart: body, dataBytes, missingBytes, isSizeStated, sampleCount };
		}
		at = body + size + (size % 2);
	}
	throw new DamagedAudioError(format ? 'it has no "data" part' : 'it has no "fmt" part');
}

function readFormat(view: DataView): Format {
	if (view.byteLength < MIN_FORMAT_BYTES) {
		throw new DamagedAudioError('its "fmt" part is cut short');
	}
	const tag = view.getUint16(0, true);
	const isExtensible = tag === EXTENSIBLE && view.byteLength >= SUB_FORMAT_OFFSET + 2;
	const realTag = isExtensible ? view.getUint16(SUB_FORMAT_OFFSET, true) : tag;
	const codec = CODECS[realTag] ?? `0x${realTag.toString(16).padStart(4, '0')}`;
	const channels = view.getUint16(2, true);
	const sampleRate = view.getUint32(4, true);
	const byteRate = view.getUint32(8, true);
	const statedAlign = view.getUint16(12, true);
	const bitsPerSample = view.getUint16(14, true);
	const blockAlign = alignOf(codec, channels, bitsPerSample, statedAlign);
	if (channels === 0 || sampleRate === 0 || blockAlign === 0) {
		throw new DamagedAudioError('its "fmt" part names no channels or no sample rate');
	}
	const blockSamples = blockSamplesOf(codec, channels, blockAlign);
	return {
		codec,
		channels,
		sampleRate,
		blockAlign,
		bitsPerSample,
		blockSamples,
		// Some writers state a wrong rate of bytes for PCM, where it follows from the rest.
		byteRate:
			blockSamples === 1 || byteRate === 0
				? (blockAlign * sampleRate) / (blockSamples || 1)
				: byteRate,
		...(codec === 'adpcm_ms' && { coefficients: readCoefficients(view) }),
	};
}

/** Samples may lie in more bytes than they need; fewer, or a part of one, is a mistake in the file. */
function alignOf(codec: string, channels: number, bits: number, stated: number): number {
	const sampleBytes = { pcm: Math.ceil(bits / 8), pcm_float: bits / 8, alaw: 1, mulaw: 1 }[codec];
	if (!sampleBytes) return stated;
	const isPossible = codec === 'pcm' && stated % channels === 0 && stated >= sampleBytes * channels;
	return isPossible ? stated : sampleBytes * channels;
}

function blockSamplesOf(codec: string, channels: number, blockAlign: number): number {
	switch (codec) {
		case 'pcm':
		case 'pcm_float':
		case 'alaw':
		case 'mulaw':
			return 1;
		case 'adpcm_ima':
			return imaBlockSamples(blockAlign, channels);
		case 'adpcm_ms':
			return msBlockSamples(blockAlign, channels);
		case 'gsm':
			return blockAlign === GSM_BLOCK_BYTES ? GSM_BLOCK_SAMPLES : 0;
		default:
			return 0;
	}
}

function readCoefficients(view: DataView): [number, number][] | undefined {
	if (view.byteLength < COEFFICIENT_COUNT_OFFSET + 2) return undefined;
	const stated = view.getUint16(COEFFICIENT_COUNT_OFFSET, true);
	const from = COEFFICIENT_COUNT_OFFSET + 2;
	if (stated === 0 || from + 4 * stated > view.byteLength) return undefined;
	return Array.from({ length: stated }, (_, index) => [
		view.getInt16(from + 4 * index, true),
		view.getInt16(from + 4 * index + 2, true),
	]);
}

function readLargeDataBytes(view: DataView): number {
	return view.byteLength < 16 ? 0 : Number(view.getBigUint64(8, true));
}

function readFact(view: DataView): number {
	return view.byteLength < 4 ? 0 : view.getUint32(0, true);
}

function measure(size: number, largeSize: number | undefined, available: number) {
	const stated = size === LARGE_SIZE && largeSize ? largeSize : size;
	const isUnknown =
		stated === 0 || (stated === size && stated >= MIN_UNKNOWN_SIZE && stated > available);
	const missing = isUnknown ? 0 : Math.max(0, stated - available);
	return {
		dataBytes: isUnknown ? available : Math.min(stated, available),
		missingBytes: missing > MISCOUNTED_BYTES ? missing : 0,
	};
}

function countSamples(format: Format, bytes: number, factSamples: number): number {
	const { codec, channels, sampleRate, byteRate, blockAlign, blockSamples } = format;
	const blocks = Math.floor(bytes / blockAlign);
	const restBytes = bytes - blocks * blockAlign;
	if (blockSamples === 0) return Math.floor(((blocks * blockAlign) / byteRate) * sampleRate);
	const restSamples =
		codec === 'adpcm_ima'
			? imaBlockSamples(restBytes, channels)
			: codec === 'adpcm_ms'
				? msBlockSamples(restBytes, channels)
				: 0;
	const total = blocks * blockSamples + restSamples;
	// The last block is filled up; a number that differs by more than that counts something else.
	const isFact = factSamples <= total && factSamples > total - (restSamples || blockSamples);
	return isFact ? factSamples : total;
}
