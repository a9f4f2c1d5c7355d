import { BitWriter, ID, RandomStream, randomSource } from '../audio/aacWriter';
import { box, fullBox, u16, u32 } from '../audio/mp4Files';
import { ascii, concat } from '../audio/recordings';

/** What marks spectral band replication in a fill element, without and with a checksum (table 4.105). */
export const SBR_DATA = 13;
export const SBR_DATA_WITH_CRC = 14;

const FILL_BYTES = 14;

/** Access units of random content, each with what HE-AAC adds, if wanted. */
export function accessUnits(
	count: number,
	{ sampleRateIndex, channels, sbr }: { sampleRateIndex: number; channels: number; sbr?: number },
): Uint8Array[] {
	const stream = new RandomStream(randomSource(41), sampleRateIndex, 1024, { hasNoise: false });
	const extension = randomSource(42);
	return Array.from({ length: count }, () => {
		const writer = new BitWriter();
		if (channels === 1) stream.single(writer);
		else stream.pair(writer);
		if (sbr !== undefined) {
			writer.put(ID.FIL, 3).put(FILL_BYTES, 4).put(sbr, 4);
			for (let bit = 4; bit < FILL_BYTES * 8; bit++) writer.put(extension(2), 1);
		}
		return writer.put(ID.END, 3).bytes();
	});
}

/** An MP4 of access units under any AudioSpecificConfig; a unit lasts `unitTicks` of `timescale`. */
export function aacInMp4(
	units: Uint8Array[],
	config: Uint8Array,
	{ timescale, unitTicks, channels }: { timescale: number; unitTicks: number; channels: number },
): Uint8Array {
	const ftyp = box('ftyp', ascii('M4A '), u32(0));
	const sizes = units.map(({ length }) => length);
	const description = box(
		'mp4a',
		concat(u32(0), u16(0, 1), u32(0, 0), u16(channels, 16), u32(0), u32(timescale << 16)),
		fullBox('esds', 0, elementaryStream(config)),
	);
	const stbl = box(
		'stbl',
		fullBox('stsd', 0, u32(1), description),
		fullBox('stts', 0, u32(1, units.length, unitTicks)),
		fullBox('stsc', 0, u32(1, 1, units.length, 1)),
		fullBox('stsz', 0, u32(0, units.length, ...sizes)),
		fullBox('stco', 0, u32(1, ftyp.length + 8)),
	);
	const mdia = box(
		'mdia',
		fullBox('mdhd', 0, u32(0, 0, timescale, units.length * unitTicks), u32(0)),
		fullBox('hdlr', 0, u32(0), ascii('soun'), u32(0, 0, 0), u16(0)),
		box('minf', stbl),
	);
	const moov = box('moov', fullBox('mvhd', 0, u32(0, 0, 1000, 0)), box('trak', tkhd(), mdia));
	return concat(ftyp, box('mdat', ...units), moov);
}

function tkhd(): Uint8Array {
	return fullBox('tkhd', 7, u32(0, 0, 1, 0, 0));
}

/** ES_Descriptor with what is in it (ISO/IEC 14496-1, 7.2.6.5). */
function elementaryStream(config: Uint8Array): Uint8Array {
	const AAC = 0x40;
	const AUDIO_STREAM = 0x15;
	const decoder = concat(
		Uint8Array.of(AAC, AUDIO_STREAM, 0, 0, 0),
		u32(0, 0),
		descriptor(5, config),
	);
	return descriptor(
		3,
		u16(1),
		Uint8Array.of(0),
		descriptor(4, decoder),
		descriptor(6, Uint8Array.of(2)),
	);
}

function descriptor(tag: number, ...parts: Uint8Array[]): Uint8Array {
	const body = concat(...parts);
	return concat(Uint8Array.of(tag, body.length), body);
}
