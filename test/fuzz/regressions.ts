import { box, FTYP, fullBox, moov, MVEX, track, u32 } from '../support/audio/mp4Files';
import { FIRST, packetsOf, pageBytes, pagesOf, xiph } from '../support/audio/oggFiles';
import { flacParts } from '../support/audio/flacWriter';
import { ascii, concat } from '../support/audio/recordings';
import { vorbisHead, vorbisSetup, type Setup } from './made/vorbis';

/*
 * Files on which reading once took seconds of work, or kept others waiting, out of all proportion to their size.
 */

const AMR_NOTHING = 0x7c;

function repeated(part: Uint8Array, times: number): Uint8Array {
	const bytes = new Uint8Array(part.length * times);
	for (let index = 0; index < times; index++) bytes.set(part, index * part.length);
	return bytes;
}

/** A table of so many entries, all 0. */
function emptyTable(type: string, flags: number, columns: number, count: number): Uint8Array {
	const bytes = new Uint8Array(16 + count * columns * 4);
	bytes.set(concat(u32(bytes.length), ascii(type), u32(flags, count)));
	return bytes;
}

/** An MP4 whose one packet holds all of `data`. */
function onePacket(entry: string, data: Uint8Array): Uint8Array {
	const layout = { entry, packets: [0], sizes: fullBox('stsz', 0, u32(data.length, 1)) };
	return concat(FTYP, box('mdat', data), moov(layout, FTYP.length + 8));
}

/** Two packets, the second an hour later. */
function hourOfNothing(): Uint8Array {
	const layout = { entry: 'alaw', packets: [0, 0], times: [1, 28_000_000, 1, 160] };
	return concat(FTYP, box('mdat', new Uint8Array(2)), moov(layout, FTYP.length + 8));
}

/** Silence at the beginning, as its edit list says. */
function hourOfEdits(): Uint8Array {
	const edits: [number, number][] = [
		[3_500_000, -1],
		[1000, 0],
	];
	const packets = Array<number>(50).fill(AMR_NOTHING);
	const layout = { packets, perChunk: 50, edits };
	return concat(FTYP, box('mdat', Uint8Array.from(packets)), moov(layout, FTYP.length + 8));
}

/** Chunks without samples. */
function emptyChunks(): Uint8Array {
	const tables = concat(
		fullBox('stsd', 0, u32(1), sampleEntry()),
		fullBox('stts', 0, u32(1, 1, 160)),
		fullBox('stsz', 0, u32(1, 1)),
		fullBox('stsc', 0, u32(1, 1, 0, 1)),
		emptyTable('stco', 0, 1, 4_000_000),
	);
	return withTables(tables);
}

/** Changes of duration that hold for no sample. */
function emptyTimes(): Uint8Array {
	const tables = concat(
		fullBox('stsd', 0, u32(1), sampleEntry()),
		emptyTable('stts', 0, 2, 3_000_000),
		fullBox('stsz', 0, u32(1, 1)),
		fullBox('stsc', 0, u32(1, 1, 1, 1)),
		fullBox('stco', 0, u32(1, FTYP.length + 8)),
	);
	return withTables(tables);
}

function sampleEntry(): Uint8Array {
	return box('samr', u32(0, 1, 0, 0, 0x10010, 0, 8000 << 16));
}

function withTables(tables: Uint8Array): Uint8Array {
	const mdia = box(
		'mdia',
		fullBox('mdhd', 0, u32(0, 0, 8000, 0)),
		fullBox('hdlr', 0, u32(0), ascii('soun'), u32(0)),
		box('minf', box('stbl', tables)),
	);
	const trak = box('trak', fullBox('tkhd', 0, u32(0, 0, 7)), mdia);
	const movie = box('moov', fullBox('mvhd', 0, u32(0, 0, 1000, 0)), trak);
	return concat(FTYP, box('mdat', Uint8Array.of(AMR_NOTHING)), movie);
}

/** A fragment of another track. */
function othersFragment(): Uint8Array {
	const head = concat(fullBox('mvhd', 0, u32(0, 0, 1000, 0)), MVEX, track({ packets: [0] }, 0));
	const run = emptyTable('trun', 0x200, 1, 4_000_000);
	return concat(
		FTYP,
		box('moov', head),
		box('moof', box('traf', fullBox('tfhd', 0, u32(99)), run)),
	);
}

/** Tracks that hold nothing but boxes to be passed over. */
function boxesInTracks(): Uint8Array {
	const boxes = repeated(box('free'), 4000);
	const mdia = box('mdia', boxes, fullBox('hdlr', 0, u32(0), ascii('soun'), u32(0)));
	const trak = box('trak', boxes, fullBox('tkhd', 0, u32(0, 0, 7)), mdia);
	const head = fullBox('mvhd', 0, u32(0, 0, 1000, 0));
	return concat(FTYP, box('moov', head, repeated(trak, 100)));
}

function stream(headers: Uint8Array[], serial: number, packets: Uint8Array[]): Uint8Array {
	const pages = headers.map((body, index) => {
		const lacing = [...Array<number>(Math.floor(body.length / 255)).fill(255), body.length % 255];
		return pageBytes({ flags: index === 0 ? FIRST : 0, granule: 0, serial, lacing, body });
	});
	const lacing = packets.map(({ length }) => length);
	const sound = { flags: 0, granule: 960 * packets.length, serial, lacing };
	return concat(...pages, pageBytes({ ...sound, body: concat(...packets) }));
}

/** Streams of one packet. */
function chained(headers: Uint8Array[], packet: Uint8Array, count: number): Uint8Array {
	return concat(...Array.from({ length: count }, (_, serial) => stream(headers, serial, [packet])));
}

function chainedVorbis(): Uint8Array {
	const [head, comments, setup] = packetsOf(pagesOf(xiph('vorbis-stereo.ogg')));
	return chained([head!, comments!, setup!], Uint8Array.of(2), 200);
}

/** Channels of one floor that all have a residue, as large as its bytes may make it. */
const DENSE: Setup = {
	channels: 8,
	books: 2,
	codewordBits: 1,
	dimensions: 1,
	partitions: 0,
	residueType: 1,
	partitionSize: 1,
	classes: 1,
	isCascaded: true,
	couplings: 8,
};

/** Full pages of one packet again and again; all are as long as blocks get. */
function vorbisOf(setup: Setup, packet: Uint8Array, pages: number): Uint8Array {
	const comments = concat(Uint8Array.of(3), ascii('vorbis'), new Uint8Array(9));
	const headers = [vorbisHead(setup.channels, 48_000), comments, vorbisSetup(setup)];
	const packets = Array<Uint8Array>(255).fill(packet);
	return concat(
		stream(headers, 1, packets),
		...Array.from({ length: pages - 1 }, () => stream([], 1, packets)),
	);
}

function opusHeaders(channels: number, streams: number): Uint8Array[] {
	const head = Uint8Array.of(1, channels, 0, 0, 0x80, 0xbb, 0, 0, 0, 0, 1, streams, 0);
	const mapping = new Uint8Array(channels);
	return [concat(ascii('OpusHead'), head, mapping), concat(ascii('OpusTags'), new Uint8Array(8))];
}

function chainedOpus(): Uint8Array {
	return chained(opusHeaders(1, 1), Uint8Array.of(24), 3000);
}

/** Packets of many streams, each of 48 frames without anything in them. */
function manyOpusStreams(): Uint8Array {
	const packet = concat(repeated(Uint8Array.of(0x83, 48, 0), 84), Uint8Array.of(0x83, 48));
	return stream(opusHeaders(1, 85), 1, Array<Uint8Array>(200).fill(packet));
}

function flacEquals(): { head: Uint8Array; frame: Uint8Array } {
	const equal = Array<number>(4096).fill(0);
	const { head, frames } = flacParts({ frames: [{ channels: [equal] }], totalSamples: 0 });
	// The largest frame is said to be enormous.
	const lying = head.slice();
	lying.fill(0xff, 15, 18);
	return { head: lying, frame: frames[0]! };
}

/** The beginnings of frames, and nothing of the rest. */
function falseFrames(): Uint8Array {
	const { head, frame } = flacEquals();
	return concat(head, frame, repeated(frame.subarray(0, 7), 600_000));
}

/** What may always be the beginning of a frame. */
function flacOfSyncs(): Uint8Array {
	const { head, frame } = flacEquals();
	return concat(head, frame, new Uint8Array(2_000_000).fill(0xff));
}

/** Good frames, and after each a false one. */
function falseAfterGood(): Uint8Array {
	const { head, frame } = flacEquals();
	return concat(head, repeated(concat(frame, frame.subarray(0, 7), new Uint8Array(30)), 20_000));
}

/** A description with more parts than anybody looks at. */
function manyElements(): Uint8Array {
	const entry = concat(Uint8Array.of(0xae, 0x48, 0), repeated(Uint8Array.of(0x83, 0x80), 1024));
	const ebml = Uint8Array.of(0x1a, 0x45, 0xdf, 0xa3, 0x80);
	const segment = Uint8Array.of(0x18, 0x53, 0x80, 0x67, 0x01, ...Array<number>(7).fill(0xff));
	const size = new Uint8Array(8);
	new DataView(size.buffer).setBigUint64(0, BigInt(entry.length * 1900) | (1n << 56n));
	return concat(ebml, segment, Uint8Array.of(0x16, 0x54, 0xae, 0x6b), size, repeated(entry, 1900));
}

export const REGRESSIONS: [name: string, make: () => Uint8Array][] = [
	['MP4, an hour between two packets', hourOfNothing],
	['MP4, an hour of empty edits', hourOfEdits],
	['MP4, chunks without samples', emptyChunks],
	['MP4, durations of no sample', emptyTimes],
	["MP4, another track's fragment", othersFragment],
	['MP4, boxes in tracks', boxesInTracks],
	['MP4, one packet of AMR', () => onePacket('samr', new Uint8Array(4_000_000).fill(AMR_NOTHING))],
	['MP4, one packet of GSM', () => onePacket('agsm', new Uint8Array(33 * 10_000).fill(0xd7))],
	['Ogg, Vorbis of silent packets', () => vorbisOf(DENSE, Uint8Array.of(0), 10)],
	['Ogg, Vorbis of packets that say little', () => vorbisOf(DENSE, Uint8Array.of(0xfe), 2)],
	[
		'Ogg, Vorbis of many couplings',
		() => vorbisOf({ ...DENSE, couplings: 256 }, Uint8Array.of(0xfe, 0xff, 0xff), 2),
	],
	['Ogg, Vorbis chained', chainedVorbis],
	['Ogg, Opus chained', chainedOpus],
	['Ogg, Opus of many streams', manyOpusStreams],
	['FLAC, false frames', falseFrames],
	['FLAC, false frames among good ones', falseAfterGood],
	['FLAC, nothing but sync codes', flacOfSyncs],
	['Matroska, a description of many parts', manyElements],
];
