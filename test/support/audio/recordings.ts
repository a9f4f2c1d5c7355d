import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const FOLDER = join(__dirname, '../../fixtures/audio');

/** A small committed recording (test/fixtures/audio/make.sh). */
export function recording(name: string): Uint8Array {
	return new Uint8Array(readFileSync(join(FOLDER, name)));
}

export function concat(...parts: Uint8Array[]): Uint8Array {
	return new Uint8Array(Buffer.concat(parts));
}

export function ascii(text: string): Uint8Array {
	return new Uint8Array(Buffer.from(text, 'latin1'));
}

export function uint32(value: number): Uint8Array {
	const bytes = new Uint8Array(4);
	new DataView(bytes.buffer).setUint32(0, value, true);
	return bytes;
}

export function uint16(...values: number[]): Uint8Array {
	return concat(...values.map((value) => Uint8Array.of(value & 0xff, value >> 8)));
}

/** A RIFF chunk; its size may be stated wrongly, and an odd one is padded. */
export function chunk(id: string, body: Uint8Array, statedSize = body.length): Uint8Array {
	return concat(ascii(id), uint32(statedSize), body, new Uint8Array(body.length % 2));
}

/** The "fmt " of PCM. */
export function pcmFormat({ tag = 1, channels = 1, rate = 8000, bits = 16 } = {}): Uint8Array {
	const blockAlign = (channels * bits) / 8;
	return chunk(
		'fmt ',
		concat(
			uint16(tag, channels),
			uint32(rate),
			uint32(rate * blockAlign),
			uint16(blockAlign, bits),
		),
	);
}

/** A RIFF WAVE file of chunks. */
export function wav(...chunks: Uint8Array[]): Uint8Array {
	const body = concat(...chunks);
	return concat(ascii('RIFF'), uint32(body.length + 4), ascii('WAVE'), body);
}

/** Silence as WAV: 16 bits, mono. */
export function silence(seconds: number, rate = 8000): Uint8Array {
	return wav(pcmFormat({ rate }), chunk('data', new Uint8Array(Math.round(seconds * rate) * 2)));
}

/** An ID3v2 tag with a picture of so many bytes. */
export function id3Tag(pictureBytes: number, { hasFooter = false } = {}): Uint8Array {
	// Looks like MPEG frames all over: what is in a tag must not be taken for sound.
	const picture = new Uint8Array(pictureBytes).map(
		(_, index) => [0xff, 0xfb, 0x90, 0x64][index % 4]!,
	);
	const syncsafe = (size: number): Uint8Array =>
		Uint8Array.of((size >> 21) & 0x7f, (size >> 14) & 0x7f, (size >> 7) & 0x7f, size & 0x7f);
	const frame = concat(ascii('APIC'), syncsafe(picture.length), uint16(0), picture);
	const header = (mark: string): Uint8Array =>
		concat(ascii(mark), Uint8Array.of(4, 0, hasFooter ? 0x10 : 0), syncsafe(frame.length));
	return concat(header('ID3'), frame, hasFooter ? header('3DI') : new Uint8Array(0));
}
