import { openTrack, readPackets } from '../../../core/audio/formats/mp4/packets';
import type { CodecParameters } from '../../../core/audio/codecs';
import { bytesSource, type ByteSource } from '../../../core/audio/source/bytes';
import { ascii, concat } from './recordings';

/** Numbers as MP4 files have them: most significant byte first. */
export function u32(...values: number[]): Uint8Array {
	const bytes = new Uint8Array(values.length * 4);
	const view = new DataView(bytes.buffer);
	values.forEach((value, index) => view.setUint32(index * 4, value >>> 0));
	return bytes;
}

export function u16(...values: number[]): Uint8Array {
	return concat(...values.map((value) => Uint8Array.of((value >> 8) & 0xff, value & 0xff)));
}

export function box(type: string, ...parts: Uint8Array[]): Uint8Array {
	const body = concat(...parts);
	return concat(u32(body.length + 8), ascii(type), body);
}

/** A box with a version and flags. */
export function fullBox(type: string, flags: number, ...parts: Uint8Array[]): Uint8Array {
	return box(type, u32(flags), ...parts);
}

export const RATE = 8000;
/** Milliseconds. */
export const MOVIE_TIMESCALE = 1000;
export const PACKET_SAMPLES = 160;

/** What a file is made of; all that is left out is as in most files. */
export interface Layout {
	/** One byte each; the decoder of the tests turns it into a packet's samples. */
	packets: number[];
	handler?: string;
	/** Of the sample description. */
	entry?: string;
	/** Boxes in the sample description. */
	extensions?: Uint8Array;
	/** Pairs of a count and a duration. */
	times?: number[];
	/** Milliseconds and where in the media, -1 for silence. */
	edits?: [duration: number, start: number][];
	sizes?: Uint8Array;
	/** Packets in each chunk. */
	perChunk?: number;
	isLarge?: boolean;
	/** In the `moov` box, behind the track. */
	more?: Uint8Array;
	/** In front of the track. */
	otherTrack?: Uint8Array;
}

/** An `ftyp`, an `mdat` and the `moov` behind it. */
export function movie(layout: Layout): Uint8Array {
	const file = concat(FTYP, box('mdat', Uint8Array.from(layout.packets)));
	return concat(file, moov(layout, FTYP.length + 8));
}

export const FTYP = box('ftyp', ascii('M4A '), u32(0));

/** @param dataStart where the packets are in the file */
export function moov(layout: Layout, dataStart: number): Uint8Array {
	const { otherTrack, more } = layout;
	const mvhd = fullBox('mvhd', 0, u32(0, 0, MOVIE_TIMESCALE, 0));
	return box('moov', mvhd, ...optional(otherTrack), track(layout, dataStart), ...optional(more));
}

export function track(layout: Layout, dataStart: number): Uint8Array {
	const { packets, handler = 'soun', edits, isLarge = false, perChunk = 3 } = layout;
	const chunks = Math.ceil(packets.length / perChunk);
	const offsets = Array.from({ length: chunks }, (_, chunk) => dataStart + chunk * perChunk);
	const stbl = box(
		'stbl',
		fullBox('stsd', 0, u32(1), soundDescription(layout)),
		table('stts', 2, layout.times ?? [packets.length, PACKET_SAMPLES]),
		table('stsc', 3, [1, perChunk, 1]),
		layout.sizes ?? fullBox('stsz', 0, u32(1, packets.length)),
		isLarge
			? table(
					'co64',
					2,
					offsets.flatMap((offset) => [0, offset]),
				)
			: table('stco', 1, offsets),
	);
	const mdia = box(
		'mdia',
		fullBox('mdhd', 0, u32(0, 0, RATE, 0)),
		fullBox('hdlr', 0, u32(0), ascii(handler), u32(0)),
		box('minf', stbl),
	);
	return box('trak', fullBox('tkhd', 0, u32(0, 0, TRACK_ID)), ...editList(edits), mdia);
}

export const TRACK_ID = 7;

function soundDescription({ entry = 'samr', extensions }: Layout): Uint8Array {
	const fields = concat(u32(0), u16(0, 1), u32(0, 0), u16(1, 16), u32(0), u32(RATE << 16));
	return box(entry, fields, ...optional(extensions));
}

function editList(edits: Layout['edits']): Uint8Array[] {
	if (!edits) return [];
	return [
		box(
			'edts',
			table(
				'elst',
				3,
				edits.flatMap(([duration, start]) => [duration, start, 0x10000]),
			),
		),
	];
}

function table(type: string, columns: number, values: number[]): Uint8Array {
	return fullBox(type, 0, u32(values.length / columns), u32(...values));
}

function optional(part: Uint8Array | undefined): Uint8Array[] {
	return part ? [part] : [];
}

/** `mvex`: the file has fragments. */
export const MVEX = box('mvex', fullBox('trex', 0, u32(TRACK_ID, 1, PACKET_SAMPLES, 1, 0)));

/** A `moof` and its `mdat`, of packets of one byte. */
export function fragment(packets: number[], time: number): Uint8Array {
	const make = (dataOffset: number): Uint8Array =>
		box(
			'moof',
			fullBox('mfhd', 0, u32(1)),
			box(
				'traf',
				fullBox('tfhd', 0x20000, u32(TRACK_ID)),
				fullBox('tfdt', 0, u32(time)),
				fullBox('trun', 0x1, u32(packets.length, dataOffset)),
			),
		);
	const moof = make(make(0).length + 8);
	return concat(moof, box('mdat', Uint8Array.from(packets)));
}

/** The note that Apple's encoders leave. */
export function itunesNote(text: string): Uint8Array {
	const item = box(
		'----',
		fullBox('mean', 0, ascii('com.apple.iTunes')),
		fullBox('name', 0, ascii('iTunSMPB')),
		box('data', u32(1, 0), ascii(text)),
	);
	return box('udta', fullBox('meta', 0, box('ilst', item)));
}

/** The bytes of all packets of a file's first audio track. */
export async function packetBytes(source: ByteSource): Promise<Uint8Array> {
	const packets: Uint8Array[] = [];
	for await (const batch of readPackets(await openTrack(source))) {
		packets.push(...batch.map(({ bytes }) => bytes));
	}
	return concat(...packets);
}

/** How a file says that its first audio track is coded. */
export async function entryOf(bytes: Uint8Array): Promise<CodecParameters> {
	return (await openTrack(bytesSource(bytes))).track.entry.parameters;
}
