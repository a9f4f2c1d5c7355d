import { ascii, concat } from '../../support/audio/recordings';
import type { Dice } from '../dice';

const CODECS = ['A_OPUS', 'A_PCM/INT/LIT', 'A_MPEG/L3', 'A_AAC', 'A_VORBIS', 'A_FLAC'];

/** An element with eight bytes of size (RFC 8794, section 6). */
function element(id: number[], ...parts: Uint8Array[]): Uint8Array {
	const body = concat(...parts);
	const size = new Uint8Array(8);
	new DataView(size.buffer).setBigUint64(0, BigInt(body.length) | (1n << 56n));
	return concat(Uint8Array.from(id), size, body);
}

function unsigned(value: number): Uint8Array {
	const bytes = new Uint8Array(8);
	new DataView(bytes.buffer).setBigUint64(0, BigInt(value));
	return bytes;
}

function float(value: number): Uint8Array {
	const bytes = new Uint8Array(8);
	new DataView(bytes.buffer).setFloat64(0, value);
	return bytes;
}

/** Clusters whose times jump, blocks laced to the brim, descriptions again and again. */
export function matroska(dice: Dice): Uint8Array {
	const description = (): Uint8Array => tracks(dice);
	const info = element(
		[0x15, 0x49, 0xa9, 0x66],
		element([0x2a, 0xd7, 0xb1], unsigned(dice.number(1_000_000))),
		element([0x44, 0x89], float(dice.number(10_000))),
	);
	let time = 0;
	const clusters = dice.list(100, () => {
		time += dice.number(dice.of([20, 5000, 9000]), 40);
		const blocks = dice.list(20, (index) => block(dice, index * dice.of([20, 150])));
		const again = dice.chance(0.05) ? description() : new Uint8Array(0);
		return concat(
			element([0x1f, 0x43, 0xb6, 0x75], element([0xe7], unsigned(time)), ...blocks),
			again,
		);
	});
	const header = element([0x1a, 0x45, 0xdf, 0xa3], element([0x42, 0x82], ascii('webm')));
	return concat(header, element([0x18, 0x53, 0x80, 0x67], info, description(), ...clusters));
}

function tracks(dice: Dice): Uint8Array {
	const head = concat(
		ascii('OpusHead'),
		Uint8Array.of(1, 1, 0, 0, 0x80, 0xbb, 0, 0, 0, 0, dice.of([0, 0, 1]), dice.of([1, 255]), 0, 0),
	);
	const audio = element(
		[0xe1],
		element([0xb5], float(dice.number(dice.of([8000, 48_000, 768_000])))),
		element([0x9f], unsigned(dice.number(1, 16))),
		element([0x62, 0x64], unsigned(dice.of([8, 16, 32]))),
	);
	const entry = element(
		[0xae],
		element([0xd7], unsigned(1)),
		element([0x83], unsigned(2)),
		element([0x86], ascii(dice.of(CODECS))),
		element([0x63, 0xa2], head),
		...dice.list(dice.of([1, 400]), () => audio),
	);
	return element([0x16, 0x54, 0xae, 0x6b], ...dice.list(dice.of([1, 300]), () => entry));
}

/** Frames of one or a few bytes, 256 of them where lacing says so. */
function block(dice: Dice, time: number): Uint8Array {
	const lacing = dice.of([0, 0, 4, 2]);
	const frames = lacing === 0 ? 1 : 256;
	const frame = dice.of([Uint8Array.of(24), Uint8Array.of(0x83, 48), dice.noise(4)]);
	const sizes = lacing === 2 ? new Uint8Array(frames - 1).fill(frame.length) : new Uint8Array(0);
	return element(
		[0xa3],
		Uint8Array.of(0x81, (time >> 8) & 0xff, time & 0xff, lacing),
		...(lacing === 0 ? [] : [Uint8Array.of(frames - 1), sizes]),
		...Array<Uint8Array>(frames).fill(frame),
	);
}
