import { EMPTY_CONFIG, type CodecParameters, type PcmLayout } from '../../codecs';
import { OPUS_RATE } from '../../codecs/opus/head';
import { parseStreamInfo, STREAM_INFO_BYTES } from '../../codecs/flac/streamInfo';
import { DamagedAudioError, UnsupportedAudioError } from '../../errors';
import { xiphLaced } from '../../source/xiphLacing';
import type { CodedStream } from '../../track/packets';

/** How a codec is mapped into Ogg: how its headers are recognised and read. */
export interface Mapping {
	/** What its first packet begins with, as Latin-1 text. */
	mark: string;
	/** Whether a packet is one of the headers. @param index of the packet in its stream, from 0 */
	isHeader(packet: Uint8Array, index: number, head: Uint8Array): boolean;
	/** @throws DamagedAudioError or UnsupportedAudioError when the headers make no sense */
	read(headers: readonly Uint8Array[]): CodedStream;
}

const FLAC_HEAD_BYTES = 9;
const BLOCK_HEADER_BYTES = 4;
const FLAC_SYNC = 0xff;

export const MAPPINGS: readonly Mapping[] = [
	{
		// RFC 7845
		mark: 'OpusHead',
		isHeader: (_, index) => index < 2,
		read: ([head]) =>
			stream({ codec: 'opus', channels: head![9] ?? 1, sampleRate: OPUS_RATE, config: head! }),
	},
	{
		// Vorbis I, appendix A.2; comments may hold pictures and are not needed.
		mark: '\x01vorbis',
		isHeader: (_, index) => index < 3,
		read: ([head, , setup]) => {
			if (head!.length < 16) throw new DamagedAudioError('its Vorbis header is cut short');
			const config = xiphLaced([head!, EMPTY_CONFIG, setup!]);
			const sampleRate = viewOf(head!).getUint32(12, true);
			return stream({ codec: 'vorbis', channels: head![11]!, sampleRate, config });
		},
	},
	{
		// RFC 9639, 10.1; how many headers there are may be left open.
		mark: '\x7fFLAC',
		isHeader: (packet) => packet[0] !== FLAC_SYNC,
		read: ([head]) => flacStream(head!.subarray(FLAC_HEAD_BYTES + 4)),
	},
	{
		// What libogg's flac wrote before there was a mapping: native FLAC's parts as packets.
		mark: 'fLaC',
		isHeader: (packet) => packet[0] !== FLAC_SYNC,
		read: ([head, info = EMPTY_CONFIG]) => flacStream(head!.length > 4 ? head!.subarray(4) : info),
	},
	{
		// OggPCM (wiki.xiph.org/OggPCM)
		mark: 'PCM     ',
		isHeader: (_, index, head) => index < 2 + (head.length < 28 ? 0 : viewOf(head).getUint32(24)),
		read: ([head]) => pcmStream(head!),
	},
];

/** Other sound that Ogg carries, by the first bytes of its first packet. */
const UNREADABLE: readonly [mark: string, name: string][] = [
	['Speex', 'Speex'],
	['CELT', 'CELT'],
];

/** The mapping of a stream that begins with a packet. */
export function mappingOf(head: Uint8Array): Mapping | undefined {
	return MAPPINGS.find(({ mark }) => hasMark(head, mark));
}

/** What people call the sound of a stream that cannot be read; undefined for anything but sound. */
export function unreadableSound(head: Uint8Array): string | undefined {
	return UNREADABLE.find(([mark]) => hasMark(head, mark))?.[1];
}

function hasMark(packet: Uint8Array, mark: string): boolean {
	return [...mark].every((letter, index) => packet[index] === letter.charCodeAt(0));
}

/** Granule positions count samples. */
function stream(parameters: CodecParameters): CodedStream {
	if (parameters.sampleRate === 0) throw new DamagedAudioError('its header names no sample rate');
	return { parameters, timescale: parameters.sampleRate };
}

/** @param info a metadata block with its header */
function flacStream(info: Uint8Array): CodedStream {
	const config = info.slice(BLOCK_HEADER_BYTES, BLOCK_HEADER_BYTES + STREAM_INFO_BYTES);
	const { channels, sampleRate } = parseStreamInfo(config);
	return stream({ codec: 'flac', channels, sampleRate, config });
}

const SIGNED: Partial<PcmLayout> = {};
const LITTLE: Partial<PcmLayout> = { isLittleEndian: true };
/** Codec and bytes of a sample by OggPCM's format numbers. */
const PCM_FORMATS: Record<number, [codec: string, bytes: number, layout: Partial<PcmLayout>]> = {
	0x00: ['pcm', 1, SIGNED],
	0x01: ['pcm', 1, { isUnsigned: true }],
	0x02: ['pcm', 2, LITTLE],
	0x03: ['pcm', 2, SIGNED],
	0x04: ['pcm', 3, LITTLE],
	0x05: ['pcm', 3, SIGNED],
	0x06: ['pcm', 4, LITTLE],
	0x07: ['pcm', 4, SIGNED],
	0x10: ['mulaw', 1, SIGNED],
	0x11: ['alaw', 1, SIGNED],
	0x20: ['pcm_float', 4, { ...LITTLE, isFloat: true }],
	0x21: ['pcm_float', 4, { isFloat: true }],
	0x22: ['pcm_float', 8, { ...LITTLE, isFloat: true }],
	0x23: ['pcm_float', 8, { isFloat: true }],
};

function pcmStream(head: Uint8Array): CodedStream {
	if (head.length < 22) throw new DamagedAudioError('its PCM header is cut short');
	const view = viewOf(head);
	const format = PCM_FORMATS[view.getUint32(12)];
	if (!format) throw new UnsupportedAudioError('its PCM is of an unknown format');
	const [codec, bytes, layout] = format;
	const plain = { isFloat: false, isLittleEndian: false, isUnsigned: false };
	return stream({
		codec,
		channels: view.getUint8(21),
		sampleRate: view.getUint32(16),
		config: EMPTY_CONFIG,
		pcm: { ...plain, ...layout, bytes },
	});
}

function viewOf(bytes: Uint8Array): DataView {
	return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
