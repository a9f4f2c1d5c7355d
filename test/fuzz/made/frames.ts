import { concat, ascii } from '../../support/audio/recordings';
import type { Dice } from '../dice';

/** Runs of frames, and between them what is none: garbage, tags, the beginnings of others. */
function runs(dice: Dice, frame: () => Uint8Array): Uint8Array {
	return concat(
		...dice.list(100, () => {
			const bytes = frame();
			const run = Array<Uint8Array>(dice.count(300)).fill(bytes);
			const between = dice.of([
				new Uint8Array(0),
				new Uint8Array(0),
				dice.noise(dice.below(300)),
				new Uint8Array(dice.below(5000)).fill(0xff),
				concat(ascii('ID3'), Uint8Array.of(4, 0, 0, 0, 0, dice.below(4), dice.below(128))),
				bytes.subarray(0, dice.below(bytes.length)),
			]);
			return concat(...run, between);
		}),
	);
}

/** MP3 whose frames change their kind. */
export function mp3(dice: Dice): Uint8Array {
	return runs(dice, () => {
		const version = dice.of([0, 2, 3, 3]);
		const rate = dice.below(3);
		const head = Uint8Array.of(
			0xff,
			0xe0 | (version << 3) | 3,
			((1 + dice.below(14)) << 4) | (rate << 2) | (dice.below(2) << 1),
			dice.below(4) << 6,
		);
		const loud = dice.chance(0.5) ? dice.noise(40) : new Uint8Array(40);
		return concat(head, loud, new Uint8Array(dice.of([1500, 60, 8, 1])));
	});
}

/** ADTS with blocks that hold next to nothing. */
export function adts(dice: Dice): Uint8Array {
	const rate = dice.below(13);
	return runs(dice, () => {
		const blocks = 1 + dice.below(4);
		const block = dice.of([Uint8Array.of(0, 0, 0, 7), Uint8Array.of(0xe0), dice.noise(30)]);
		const body = concat(...Array<Uint8Array>(blocks).fill(block));
		const size = 7 + body.length;
		const channels = dice.below(8);
		const head = [
			0xff,
			0xf1,
			0x40 | (rate << 2) | (channels >> 2),
			((channels & 3) << 6) | (size >> 11),
			(size >> 3) & 0xff,
			((size & 7) << 5) | 0x1f,
			0xfc | (blocks - 1),
		];
		return concat(Uint8Array.from(head), body);
	});
}

/** AMR of all types of frames, most of them empty. */
export function amr(dice: Dice): Uint8Array {
	const mark = ascii(dice.chance(0.5) ? '#!AMR\n' : '#!AMR-WB\n');
	const frames = new Uint8Array(dice.count(3000)).fill(0x7c);
	return concat(mark, frames, dice.noise(dice.below(500)), frames);
}
