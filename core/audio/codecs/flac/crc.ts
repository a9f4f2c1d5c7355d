/** Cyclic redundancy checks of FLAC frames (RFC 9639, 9.1.8 and 9.3): most significant bit first, from zero. */
const CRC8 = table(8, 0x07);
const CRC16 = table(16, 0x8005);

function table(width: number, polynomial: number): Uint16Array {
	const top = 1 << (width - 1);
	return Uint16Array.from({ length: 256 }, (_, byte) => {
		let remainder = byte << (width - 8);
		for (let bit = 0; bit < 8; bit++) {
			remainder = remainder & top ? (remainder << 1) ^ polynomial : remainder << 1;
		}
		return remainder;
	});
}

export function crc8(bytes: Uint8Array, from: number, to: number): number {
	let crc = 0;
	for (let at = from; at < to; at++) crc = CRC8[crc ^ bytes[at]!]! & 0xff;
	return crc;
}

/** @param before the remainder of what comes before, to continue from */
export function crc16(bytes: Uint8Array, from: number, to: number, before = 0): number {
	let crc = before;
	for (let at = from; at < to; at++) {
		crc = ((crc << 8) & 0xffff) ^ CRC16[(crc >> 8) ^ bytes[at]!]!;
	}
	return crc;
}
