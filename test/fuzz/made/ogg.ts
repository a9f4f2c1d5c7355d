import { CONTINUED, FIRST, LAST, pageBytes } from '../../support/audio/oggFiles';
import { ascii, concat, uint16, uint32 } from '../../support/audio/recordings';
import type { Dice } from '../dice';
import { anySetup, vorbisHead, vorbisSetup } from './vorbis';

/** Chained streams of pages that jump in time, lack packets, or are not there at all. */
function chained(dice: Dice, headers: () => Uint8Array[], packet: () => Uint8Array): Uint8Array {
	const streams = dice.chance(0.7) ? 1 : dice.count(60);
	return concat(
		...Array.from({ length: streams }, (_, serial) => {
			let granule = 0;
			const head = headers().map((body, index) =>
				page(dice, [body], { flags: index === 0 ? FIRST : 0, granule: 0, serial }),
			);
			const sound = dice.list(30, () => {
				granule += dice.number(dice.of([960, 48_000, 480_000]), 40);
				const one = packet();
				const count = dice.count(255);
				const lies = dice.chance(0.2) ? dice.of([CONTINUED, LAST, FIRST]) : 0;
				return page(dice, Array<Uint8Array>(count).fill(one), { flags: lies, granule, serial });
			});
			return concat(...head, ...sound);
		}),
	);
}

function page(
	dice: Dice,
	packets: Uint8Array[],
	place: { flags: number; granule: number; serial: number },
): Uint8Array {
	const lacing: number[] = [];
	const bodies: Uint8Array[] = [];
	for (const packet of packets) {
		const segments = Math.floor(packet.length / 255);
		if (lacing.length + segments >= 255) break;
		lacing.push(...Array<number>(segments).fill(255), packet.length % 255);
		bodies.push(packet);
	}
	const bytes = pageBytes({ ...place, lacing, body: concat(...bodies) });
	return dice.chance(0.98) ? bytes : concat(bytes, dice.noise(dice.below(100)));
}

/** Opus with any number of streams in packets without anything in them. */
export function oggOpus(dice: Dice): Uint8Array {
	const channels = dice.of([1, 1, 2, 8, 255]);
	const family = channels > 2 || dice.chance(0.2) ? 1 : 0;
	const streams = dice.of([1, channels, 255]);
	const head = concat(
		ascii('OpusHead'),
		Uint8Array.of(1, channels),
		uint16(dice.number(312, 16)),
		uint32(48_000),
		uint16(dice.number(0, 16)),
		Uint8Array.of(family),
		...(family ? [Uint8Array.of(streams, 0), new Uint8Array(channels)] : []),
	);
	const held = family ? streams : 1;
	return chained(
		dice,
		() => [head, concat(ascii('OpusTags'), new Uint8Array(8))],
		() => {
			const first = dice.below(32) << 3;
			const frames = 1 + dice.below(48);
			// All but the last packet state their length, here 0.
			const inner = dice.chance(0.5) ? [first, 0] : [first | 3, frames, 0];
			const all = Array<number[]>(held - 1)
				.fill(inner)
				.flat();
			return concat(Uint8Array.from([...all, ...inner.slice(0, -1)]), dice.noise(dice.below(3)));
		},
	);
}

/** Vorbis with setups as large as their bytes may make them, and packets that say nothing. */
export function oggVorbis(dice: Dice): Uint8Array {
	const channels = dice.of([1, 2, 6, 8, 255]);
	const comments = concat(Uint8Array.of(3), ascii('vorbis'), new Uint8Array(9));
	return chained(
		dice,
		() => {
			const rate = dice.number(dice.of([8000, 48_000, 384_000]));
			const head = vorbisHead(channels, rate, dice.of([0xb8, 0xdd, 0xd6, 0x66]));
			return [head, comments, vorbisSetup(anySetup(dice, channels))];
		},
		() => {
			const sound = dice.chance(0.5) ? dice.noise(dice.count(60)) : new Uint8Array(dice.count(30));
			if (dice.chance(0.3)) sound.fill(0xff);
			sound[0]! &= 0xfe;
			return sound;
		},
	);
}
