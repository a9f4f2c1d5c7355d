import { flacParts } from '../support/audio/flacWriter';
import { box, FTYP, fullBox, moov, u32 } from '../support/audio/mp4Files';
import { FIRST, packetsOf, pageBytes, pagesOf, xiph } from '../support/audio/oggFiles';
import { ascii, chunk, concat, pcmFormat, wav } from '../support/audio/recordings';

/*
 * Small files that hold much sound: whatever a format needs for silence, again and again, at a low
 * sample rate where the format leaves the choice. Each makes a file of about so many bytes.
 */

/** Opus: a packet without a frame's data is as good as lost, and lasts 60 ms. */
const OPUS_NOTHING = Uint8Array.of(3 << 3);
/** AMR: a frame of one byte says that there is none. */
const AMR_NOTHING = 0x7c;
const LOWEST_RATE = 6000;
const PAGE_PACKETS = 255;

function repeated(part: Uint8Array, bytes: number): Uint8Array {
	return concat(...Array<Uint8Array>(Math.max(1, Math.round(bytes / part.length))).fill(part));
}

/** FLAC: 65,535 equal samples in a dozen bytes. */
function flacBomb(bytes: number): Uint8Array {
	const [head, frame] = flacOf([65_535]);
	// That all frames have one number troubles nobody.
	return concat(head!, repeated(frame!, bytes));
}

/** FLAC: two frames far from each other in time, and between them nothing that makes sense. */
function flacHole(bytes: number): Uint8Array {
	const parts = flacOf(Array<number>(50).fill(4096));
	return concat(parts[0]!, parts[1]!, new Uint8Array(bytes), parts.at(-1)!);
}

/** STREAMINFO, and frames of so many equal samples. */
function flacOf(sizes: number[]): Uint8Array[] {
	const { head, frames } = flacParts({
		frames: sizes.map((size) => ({ channels: [Array<number>(size).fill(0)] })),
		sampleRate: LOWEST_RATE,
		totalSamples: 0,
	});
	return [head, ...frames];
}

function oggBomb(
	headers: Uint8Array[],
	packet: Uint8Array,
	bytes: number,
	ticks: number,
): Uint8Array {
	const serial = 1;
	const lacing = Array<number>(PAGE_PACKETS).fill(packet.length);
	const body = repeated(packet, PAGE_PACKETS * packet.length);
	const pageSize = 27 + PAGE_PACKETS * (1 + packet.length);
	const head = headers.map((header, index) => {
		const full = Array<number>(Math.floor(header.length / 255)).fill(255);
		return pageBytes({
			flags: index === 0 ? FIRST : 0,
			granule: 0,
			serial,
			lacing: [...full, header.length % 255],
			body: header,
		});
	});
	const pages = Array.from({ length: Math.max(1, Math.round(bytes / pageSize)) }, (_, index) =>
		pageBytes({ flags: 0, granule: (index + 1) * PAGE_PACKETS * ticks, serial, lacing, body }),
	);
	return concat(...head, ...pages);
}

function opusBomb(bytes: number): Uint8Array {
	const [head, tags] = packetsOf(pagesOf(xiph('opusenc.opus')));
	return oggBomb([head!, tags!], OPUS_NOTHING, bytes, 2880);
}

/** Vorbis: a packet that says nothing but its mode; a recording at 8 kHz said to be of 6 kHz. */
function vorbisBomb(bytes: number): Uint8Array {
	const [head, comments, setup] = packetsOf(pagesOf(xiph('vorbis-8k.ogg')));
	const slow = head!.slice();
	new DataView(slow.buffer).setUint32(12, LOWEST_RATE, true);
	const blockSize = 1 << (slow[28]! >> 4);
	// The first bit is 0 for sound, the next ones tell the mode: the long one is the last.
	return oggBomb([slow, comments!, setup!], Uint8Array.of(2), bytes, blockSize / 2);
}

function amrBomb(bytes: number): Uint8Array {
	return concat(ascii('#!AMR\n'), new Uint8Array(bytes).fill(AMR_NOTHING));
}

/** MP4: a table says that each byte is a packet, and how long each lasts. */
function mp4Bomb(entry: string, bytes: number, duration = 160): Uint8Array {
	const layout = {
		entry,
		packets: [0],
		perChunk: bytes,
		sizes: fullBox('stsz', 0, u32(1, bytes)),
		times: [bytes, duration],
	};
	const dataStart = FTYP.length + moov(layout, 0).length + 8;
	const data = box('mdat', new Uint8Array(bytes).fill(AMR_NOTHING));
	return concat(FTYP, moov(layout, dataStart), data);
}

/** ADTS: frames of four blocks, each of a channel without a band and an end. */
function adtsBomb(bytes: number): Uint8Array {
	const block = Uint8Array.of(0, 0, 0, 7);
	const size = 7 + 4 * block.length;
	const eightKilohertz = 11;
	const header = [0xff, 0xf1, 0x40 | (eightKilohertz << 2), 0x40, size >> 3, (size & 7) << 5, 3];
	return repeated(concat(Uint8Array.from(header), block, block, block, block), bytes);
}

/** PCM: as few samples a second as may be. */
function pcmBomb(bytes: number): Uint8Array {
	return wav(
		pcmFormat({ rate: LOWEST_RATE, bits: 8 }),
		chunk('data', new Uint8Array(bytes).fill(0x40)),
	);
}

/** ADPCM in the smallest blocks. */
function adpcmBomb(bytes: number): Uint8Array {
	const format = pcmFormat({ tag: 0x11, rate: LOWEST_RATE, bits: 4 }).slice();
	new DataView(format.buffer).setUint16(8 + 12, 5, true);
	return wav(format, chunk('data', new Uint8Array(bytes)));
}

/** Each with a size that makes a minute or two of sound. */
export const BOMBS: [name: string, make: (bytes: number) => Uint8Array, bytes: number][] = [
	['FLAC, equal samples', flacBomb, 240],
	['FLAC, a hole', flacHole, 600],
	['Ogg Opus, empty packets', opusBomb, 4000],
	['Ogg Vorbis, empty packets', vorbisBomb, 9000],
	['AMR, empty frames', amrBomb, 5000],
	['MP4 of AMR, empty frames', (bytes) => mp4Bomb('samr', bytes), 5000],
	['MP4 of AMR, packets far apart', (bytes) => mp4Bomb('samr', bytes, 8000), 200],
	['MP4 of µ-law, a byte a packet', (bytes) => mp4Bomb('ulaw', bytes), 200_000],
	['ADTS, empty blocks', adtsBomb, 5000],
	['WAV, PCM', pcmBomb, 1_000_000],
	['WAV, ADPCM in tiny blocks', adpcmBomb, 1_000_000],
];
