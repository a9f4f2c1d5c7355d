import { TruncatedAudioError, UnreadableAudioError } from '../../../core/audio/errors';
import { type PcmBlock } from '../../../core/audio/pcm';
import type { ByteSource } from '../../../core/audio/source/bytes';
import { hearDigits } from '../../../dev/service/dtmf';
import { ascii, concat, recording, uint32 } from './recordings';

/** A recording out of test/fixtures/audio/ogg. */
export const xiph = (name: string): Uint8Array => recording(`ogg/${name}`);

/** The digits that the recordings of tones hold, and when each begins. */
export const TONES: [digit: string, start: number][] = [
	['1', 0.2],
	['5', 0.4],
	['9', 0.6],
	['0', 0.8],
	['#', 1.0],
];
export const TONES_SECONDS = 1.32;

/** All that a decoder made, and the error it ended with, if any. */
export interface Decoded {
	samples: Float32Array;
	sampleRate: number;
	seconds: number;
	error: unknown;
}

export async function decodeAll(blocks: AsyncIterable<PcmBlock>): Promise<Decoded> {
	const parts: Float32Array[] = [];
	let sampleRate = 0;
	let error: unknown;
	try {
		for await (const block of blocks) {
			parts.push(block.samples.slice());
			sampleRate = block.sampleRate;
		}
	} catch (thrown) {
		error = thrown;
	}
	const samples = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
	let at = 0;
	for (const part of parts) {
		samples.set(part, at);
		at += part.length;
	}
	return { samples, sampleRate, seconds: samples.length / (sampleRate || 1), error };
}

/** Digits and beginnings, rounded to what is asked of them: 0.02 s. */
export function heard({ samples, sampleRate }: Decoded): [digit: string, start: number][] {
	return hearDigits(samples, sampleRate).map(({ digit, start }) => [
		digit,
		Math.round(start * 25) / 25,
	]);
}

export const later = (seconds: number): [string, number][] =>
	TONES.map(([digit, start]) => [digit, Math.round((start + seconds) * 25) / 25]);

/** A page of Ogg as a test takes it apart and puts it together. */
export interface TestPage {
	flags: number;
	granule: number;
	serial: number;
	lacing: number[];
	body: Uint8Array;
}

export const FIRST = 2;
export const LAST = 4;
export const CONTINUED = 1;

export function pagesOf(file: Uint8Array): TestPage[] {
	const pages: TestPage[] = [];
	const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
	for (let at = 0; at < file.length;) {
		const segments = view.getUint8(at + 26);
		const lacing = [...file.subarray(at + 27, at + 27 + segments)];
		const start = at + 27 + segments;
		at = start + lacing.reduce((sum, length) => sum + length, 0);
		pages.push({
			flags: view.getUint8(start - segments - 27 + 5),
			granule: Number(view.getBigInt64(start - segments - 27 + 6, true)),
			serial: view.getUint32(start - segments - 27 + 14, true),
			lacing,
			body: file.subarray(start, at),
		});
	}
	return pages;
}

/** The checksum is left out: nobody compares it here. */
export function pageBytes({ flags, granule, serial, lacing, body }: TestPage): Uint8Array {
	const position = new Uint8Array(8);
	new DataView(position.buffer).setBigInt64(0, BigInt(granule), true);
	return concat(
		ascii('OggS'),
		Uint8Array.of(0, flags),
		position,
		uint32(serial),
		new Uint8Array(8),
		Uint8Array.of(lacing.length, ...lacing),
		body,
	);
}

/** The packets of one logical stream. */
export function packetsOf(pages: TestPage[]): Uint8Array[] {
	const packets: Uint8Array[] = [];
	let parts: Uint8Array[] = [];
	for (const { lacing, body } of pages) {
		let at = 0;
		for (const length of lacing) {
			parts.push(body.subarray(at, at + length));
			at += length;
			if (length === 255) continue;
			packets.push(concat(...parts));
			parts = [];
		}
	}
	return packets;
}

/** Numbers between 0 and 1, the same ones each time (xorshift). */
export function seeded(seed: number): () => number {
	let state = seed;
	return () => {
		state ^= state << 13;
		state ^= state >>> 17;
		state ^= state << 5;
		return (state >>> 0) / 2 ** 32;
	};
}

/** A copy with bytes changed, left out, doubled or cut off. */
export function mutated(file: Uint8Array, random: () => number): Uint8Array {
	const below = (limit: number): number => Math.floor(random() * limit);
	let bytes: Uint8Array = file.slice();
	for (let change = below(4); change >= 0; change--) {
		const at = below(random() < 0.5 ? Math.min(bytes.length, 300) : bytes.length);
		const kind = below(5);
		if (kind <= 1) bytes[at] = below(256);
		else if (kind === 2) bytes.fill([0, 0xff, 0x7f][below(3)]!, at, at + 8);
		else if (kind === 3) bytes = concat(bytes.subarray(0, at), bytes.subarray(at + below(200)));
		else bytes = concat(bytes.subarray(0, at + below(200)), bytes.subarray(at));
	}
	return random() < 0.2 ? bytes.subarray(0, below(bytes.length)) : bytes;
}

/** A source that counts its reads and fails when there are more than a parser that moves forward needs. */
export function watchedSource(bytes: Uint8Array): ByteSource & { reads: [number, number][] } {
	const reads: [number, number][] = [];
	return {
		size: bytes.length,
		reads,
		read: async (position, length) => {
			reads.push([position, length]);
			if (reads.length > 20_000) throw new Error('It reads for ever.');
			return bytes.subarray(position, position + length);
		},
	};
}

/** Errors that are thrown on purpose. */
export function isExpected(error: unknown): boolean {
	return (
		error === undefined ||
		error instanceof UnreadableAudioError ||
		error instanceof TruncatedAudioError
	);
}
