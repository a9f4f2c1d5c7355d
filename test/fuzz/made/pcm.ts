import { ascii, chunk, concat, uint16, uint32 } from '../../support/audio/recordings';
import { u16, u32 } from '../../support/audio/mp4Files';
import type { Dice } from '../dice';

const TAGS = [1, 1, 2, 3, 6, 7, 0x11, 0x31, 0x55, 0xfffe];

/** WAV of any codec, with channels, rates and blocks of every size. */
export function wav(dice: Dice): Uint8Array {
	const format = (): Uint8Array =>
		chunk(
			'fmt ',
			concat(
				uint16(dice.of(TAGS), dice.number(1, 16)),
				uint32(dice.number(dice.of([8000, 16_000, 384_000]))),
				uint32(dice.number(32_000)),
				uint16(
					dice.number(dice.of([2, 5, 33, 65, 256, 2048]), 16),
					dice.of([4, 8, 16, 24, 32, 64]),
				),
				uint16(dice.number(2, 16)),
				uint16(dice.number(505, 16)),
				dice.noise(20),
			),
		);
	const junk = dice.chance(0.2) ? dice.list(2000, () => chunk('junk', new Uint8Array(0))) : [];
	const data = dice.chance(0.5) ? dice.noise(dice.count(20_000)) : new Uint8Array(20_000);
	const formats = dice.chance(0.9) ? [format()] : dice.list(100, format);
	const body = concat(...junk, ...formats, chunk('data', data, dice.number(data.length)));
	return concat(ascii('RIFF'), uint32(body.length + 4), ascii('WAVE'), body);
}

/** AIFF and AIFF-C, likewise. */
export function aiff(dice: Dice): Uint8Array {
	const part = (id: string, body: Uint8Array): Uint8Array =>
		concat(ascii(id), u32(body.length), body);
	// 80 bits: an exponent that puts 16 bits of a number before the point.
	const rate = concat(u16(0x400e), u16(dice.number(44_100, 16)), new Uint8Array(6));
	const type = dice.of(['NONE', 'sowt', 'fl32', 'ulaw', 'alaw', 'ima4', 'in24', 'GSM ']);
	const description = concat(
		u16(dice.number(1, 16)),
		u32(dice.number(10_000)),
		u16(dice.of([4, 8, 16, 24, 32])),
		rate,
		ascii(type),
		u16(0),
	);
	const data = concat(u32(dice.number(0), 0), dice.noise(dice.count(20_000)));
	const body = concat(part('COMM', description), part('SSND', data));
	return concat(ascii('FORM'), u32(body.length + 4), ascii('AIFC'), body);
}
