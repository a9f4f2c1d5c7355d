import { box, FTYP, fullBox, u16, u32 } from '../../support/audio/mp4Files';
import { ascii, concat } from '../../support/audio/recordings';
import type { Dice } from '../dice';

const TRACK = 7;
const CODECS = [
	'samr',
	'sawb',
	'ulaw',
	'alaw',
	'sowt',
	'twos',
	'ima4',
	'agsm',
	'mp4a',
	'alac',
	'.mp3',
];
const RATES = [1, 8000, 16_000, 48_000, 384_000, 768_000];

/** Tables that contradict each other, edit lists of nothing, packets out of order, all over each other, or enormous. */
export function mp4(dice: Dice): Uint8Array {
	const data = sound(dice);
	const start = FTYP.length + 8;
	const packets = dice.count(2000);
	const chunks = dice.list(
		500,
		(index) => start + (dice.chance(0.5) ? (index * 97) % data.length : dice.number(index, 20)),
	);
	const stbl = concat(
		table(
			'stts',
			2,
			dice.list(20, () => [dice.number(packets), dice.number(160)]),
		),
		table(
			'stsc',
			3,
			dice.list(5, (run) => [1 + run, dice.number(Math.ceil(packets / chunks.length)), 1]),
		),
		fullBox('stsz', 0, ...sizes(dice, packets)),
		table(
			'stco',
			1,
			chunks.map((chunk) => [chunk]),
		),
	);
	const movie = box('moov', mvhd(dice), trak(dice, stbl), fillers(dice));
	return concat(FTYP, box('mdat', data), fillers(dice), movie);
}

/** Fragments whose data lie anywhere and whose clocks jump. */
export function mp4Fragments(dice: Dice): Uint8Array {
	const mvex = box('mvex', fullBox('trex', 0, u32(TRACK, 1, dice.number(160), dice.number(1), 0)));
	const empty = concat(
		table('stts', 2, []),
		table('stsc', 3, []),
		fullBox('stsz', 0, u32(0, 0)),
		table('stco', 1, []),
	);
	const movie = box('moov', mvhd(dice), mvex, trak(dice, empty));
	const fragments = dice.list(60, () => {
		const count = dice.number(dice.count(50));
		const flags = dice.of([0x1, 0x201, 0x301]);
		const columns = flags === 0x1 ? 0 : flags === 0x201 ? 1 : 2;
		const rows = Array.from({ length: columns * Math.min(count, 200) }, () => dice.number(1));
		const traf = box(
			'traf',
			fullBox('tfhd', 0x20000, u32(dice.chance(0.9) ? TRACK : 1)),
			fullBox('tfdt', 0, u32(dice.number(dice.below(1e6)))),
			fullBox('trun', flags, u32(count, dice.number(200)), u32(...rows)),
		);
		return concat(box('moof', fillers(dice), traf), box('mdat', sound(dice)));
	});
	return concat(FTYP, movie, ...fragments);
}

/** Nothing again and again, or noise. */
function sound(dice: Dice): Uint8Array {
	return dice.chance(0.6)
		? new Uint8Array(dice.count(5000)).fill(0x7c)
		: dice.noise(dice.count(5000));
}

function sizes(dice: Dice, packets: number): Uint8Array[] {
	if (dice.chance(0.6)) return [u32(dice.number(1), dice.number(packets))];
	return [u32(0, packets), u32(...Array.from({ length: packets }, () => dice.number(13, 12)))];
}

function trak(dice: Dice, tables: Uint8Array): Uint8Array {
	const edits = dice.chance(0.5)
		? []
		: [
				box(
					'edts',
					table(
						'elst',
						3,
						dice.list(300, () => [
							dice.number(dice.of([10, 3_600_000])),
							dice.chance(0.4) ? 0xffffffff : dice.number(dice.below(1e5)),
							0x10000,
						]),
					),
				),
			];
	const stbl = box('stbl', fillers(dice), fullBox('stsd', 0, u32(1), entry(dice)), tables);
	const mdia = box(
		'mdia',
		fullBox('mdhd', 0, u32(0, 0, dice.number(dice.of(RATES)), 0)),
		fullBox('hdlr', 0, u32(0), ascii('soun'), u32(0)),
		box('minf', stbl),
	);
	return box('trak', fullBox('tkhd', 0, u32(0, 0, TRACK)), ...edits, mdia);
}

function entry(dice: Dice): Uint8Array {
	const codec = dice.of(CODECS);
	const rate = dice.of([8000, 16_000, 48_000]);
	const channels = dice.number(1, 16);
	const fields = concat(u32(0), u16(0, 1), u32(0, 0), u16(channels, 16), u32(0), u32(rate << 16));
	const long = u32(dice.of(RATES));
	const cookie = concat(
		u32(dice.number(4096)),
		Uint8Array.of(0, dice.of([16, 24, 32]), 40, 10, 14, dice.of([1, 2, 8])),
		u16(255),
		u32(0, 0),
		long,
	);
	return box(codec, fields, ...(codec === 'alac' ? [fullBox('alac', 0, cookie)] : []));
}

const mvhd = (dice: Dice): Uint8Array => fullBox('mvhd', 0, u32(0, 0, dice.number(1000), 0));

function fillers(dice: Dice): Uint8Array {
	return dice.chance(0.9) ? new Uint8Array(0) : concat(...dice.list(3000, () => box('free')));
}

function table(type: string, columns: number, rows: number[][]): Uint8Array {
	const values = rows.flat();
	return fullBox(type, 0, u32(values.length / columns), u32(...values));
}
