import { BlockReader, fourCC, type ByteSource } from './source';
import { DamagedAudioError, type StreamInfo } from './streamInfo';

const RIFF_HEADER_BYTES = 12;
const CHUNK_HEADER_BYTES = 8;
const FORMAT_BYTES = 40;
/** `fmt ` tag that says: the real tag is in the SubFormat (Microsoft, WAVEFORMATEXTENSIBLE). */
const EXTENSIBLE = 0xfffe;
const SUB_FORMAT_OFFSET = 24;
/** Written by programs that stream and cannot know the size; then the data goes on to the end. */
const UNKNOWN_SIZE = 0xffffffff;

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

interface Format {
	codec: string;
	channels: number;
	sampleRate: number;
	bytesPerSecond: number;
	blockAlign: number;
}

/**
 * Reads what a WAV file says of its audio: RIFF, RF64 and BW64 (EBU Tech 3306), extensible formats,
 * odd chunks with their padding, sizes that are unknown or lie beyond the file.
 *
 * @throws DamagedAudioError when there is no usable `fmt ` or `data` chunk
 */
export async function inspectWav(source: ByteSource): Promise<StreamInfo> {
	const reader = new BlockReader(source);
	let format: Format | undefined;
	let largeDataBytes: number | undefined;

	for (let at = RIFF_HEADER_BYTES; at + CHUNK_HEADER_BYTES <= source.size;) {
		const header = await reader.view(at, CHUNK_HEADER_BYTES);
		const id = fourCC(header, 0);
		const size = header.getUint32(4, true);
		const body = at + CHUNK_HEADER_BYTES;
		if (id === 'fmt ') format = readFormat(await reader.view(body, Math.min(size, FORMAT_BYTES)));
		if (id === 'ds64') largeDataBytes = readLargeDataBytes(await reader.view(body, 24));
		if (id === 'data') {
			if (!format) throw new DamagedAudioError('its "data" comes before any "fmt"');
			return describe(format, dataBytes(size, largeDataBytes, source.size - body));
		}
		at = body + size + (size % 2);
	}
	throw new DamagedAudioError(format ? 'it has no "data" part' : 'it has no "fmt" part');
}

function readFormat(view: DataView): Format {
	if (view.byteLength < 16) throw new DamagedAudioError('its "fmt" part is cut short');
	const tag = view.getUint16(0, true);
	const isExtensible = tag === EXTENSIBLE && view.byteLength >= SUB_FORMAT_OFFSET + 2;
	const realTag = isExtensible ? view.getUint16(SUB_FORMAT_OFFSET, true) : tag;
	const format = {
		codec: CODECS[realTag] ?? `0x${realTag.toString(16).padStart(4, '0')}`,
		channels: view.getUint16(2, true),
		sampleRate: view.getUint32(4, true),
		bytesPerSecond: view.getUint32(8, true),
		blockAlign: view.getUint16(12, true),
	};
	if (format.channels === 0 || format.sampleRate === 0 || format.blockAlign === 0) {
		throw new DamagedAudioError('its "fmt" part names no channels or no sample rate');
	}
	return format;
}

function readLargeDataBytes(view: DataView): number {
	return view.byteLength < 16 ? 0 : Number(view.getBigUint64(8, true));
}

function dataBytes(size: number, largeSize: number | undefined, available: number): number {
	const stated = size === UNKNOWN_SIZE && largeSize ? largeSize : size;
	return stated === 0 || stated === UNKNOWN_SIZE ? available : Math.min(stated, available);
}

function describe(
	{ codec, channels, sampleRate, bytesPerSecond, blockAlign }: Format,
	bytes: number,
): StreamInfo {
	const isSampled = codec === 'pcm' || codec === 'pcm_float';
	// Some writers state a wrong rate of bytes for PCM, where it follows from the rest.
	const byteRate = isSampled || bytesPerSecond === 0 ? blockAlign * sampleRate : bytesPerSecond;
	return {
		codec,
		channels,
		sampleRate,
		duration: (bytes - (bytes % blockAlign)) / byteRate,
		bitRate: byteRate * 8,
	};
}
