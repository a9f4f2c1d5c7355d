import { EMPTY_CONFIG, type CodecParameters } from '../codecs';
import { DamagedAudioError } from '../errors';

/** A sound description as Windows has it: WAV's `fmt ` chunk, Matroska's `A_MS/ACM`, QuickTime's `ms` types. */
export interface WaveFormat {
	parameters: CodecParameters & { blockBytes: number };
	/** Bytes per second, on average. */
	byteRate: number;
}

const MIN_BYTES = 16;
/** Where a codec's extra data begins, after its size. */
const EXTRA_OFFSET = 18;
/** The tag for "the real tag is in the SubFormat" (Microsoft, WAVEFORMATEXTENSIBLE). */
const EXTENSIBLE = 0xfffe;
const SUB_FORMAT_OFFSET = 24;

/** Registered format tags (RFC 2361) that recordings use. */
const CODECS: Record<number, string> = {
	0x0001: 'pcm',
	0x0002: 'adpcm_ms',
	0x0003: 'pcm_float',
	0x0006: 'alaw',
	0x0007: 'mulaw',
	0x0011: 'adpcm_ima',
	0x0031: 'gsm',
	0x0038: 'amr_nb',
	0x0050: 'mp2',
	0x0055: 'mp3',
	0x0057: 'amr_nb',
	0x0058: 'amr_wb',
	0x00ff: 'aac',
	0x1600: 'aac',
	0x2000: 'ac3',
	0xf1ac: 'flac',
};

/** The codec of a format tag, or the tag as `0x0160`. */
export function codecOfTag(tag: number): string {
	return CODECS[tag] ?? `0x${tag.toString(16).padStart(4, '0')}`;
}

/**
 * Reads WAVEFORMATEX (Microsoft, "New Multimedia Data Types and Data Techniques", 1994) and its extensible form.
 *
 * @throws DamagedAudioError when it is cut short or states no channels, rate or block size
 */
export function parseWaveFormat(bytes: Uint8Array): WaveFormat {
	if (bytes.length < MIN_BYTES) throw new DamagedAudioError('its "fmt" part is cut short');
	const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	const tag = view.getUint16(0, true);
	const isExtensible = tag === EXTENSIBLE && bytes.length >= SUB_FORMAT_OFFSET + 2;
	const codec = codecOfTag(isExtensible ? view.getUint16(SUB_FORMAT_OFFSET, true) : tag);
	const channels = view.getUint16(2, true);
	const sampleRate = view.getUint32(4, true);
	const bits = view.getUint16(14, true);
	const blockBytes = blockBytesOf(codec, channels, bits, view.getUint16(12, true));
	if (channels === 0 || sampleRate === 0 || blockBytes === 0) {
		throw new DamagedAudioError('its "fmt" part names no channels or no sample rate');
	}
	const isPcm = codec === 'pcm' || codec === 'pcm_float';
	const sampleBytes = blockBytes / channels;
	return {
		parameters: {
			codec,
			channels,
			sampleRate,
			config: bytes.length > EXTRA_OFFSET ? bytes.slice(EXTRA_OFFSET) : EMPTY_CONFIG,
			blockBytes,
			...(isPcm && {
				pcm: {
					bytes: sampleBytes,
					isFloat: codec === 'pcm_float',
					isLittleEndian: true,
					isUnsigned: sampleBytes === 1,
				},
			}),
		},
		byteRate: view.getUint32(8, true),
	};
}

/** Samples may lie in more bytes than they need; fewer, or a part of one, is a mistake in the file. */
function blockBytesOf(codec: string, channels: number, bits: number, stated: number): number {
	const sampleBytes = { pcm: Math.ceil(bits / 8), pcm_float: bits / 8, alaw: 1, mulaw: 1 }[codec];
	if (!sampleBytes) return stated;
	const isPossible = codec === 'pcm' && stated % channels === 0 && stated >= sampleBytes * channels;
	return isPossible ? stated : sampleBytes * channels;
}
