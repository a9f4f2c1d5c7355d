import { TruncatedAudioError } from '../../../core/audio/errors';
import { cutMp3 } from '../../../core/audio/formats/mp3/cut';
import type { Limits, Piece } from '../../../core/audio/cut';
import { readFrames } from '../../../core/audio/formats/mp3/frames';
import { isTagFrame } from '../../../core/audio/codecs/mp3/tagFrame';
import { bytesSource, type ByteSource } from '../../../core/audio/source/bytes';
import { decode, type Recording } from '../../../dev/service/decode';
import { hearDigits } from '../../../dev/service/dtmf';
import { concat } from './recordings';

export interface Digit {
	digit: string;
	start: number;
	end: number;
}

/** What the fixtures of digits say, once. */
export const DIGITS = '0123456789ABCD*#';

export async function decoded(bytes: Uint8Array): Promise<Recording> {
	const recording = await decode(bytes);
	if (!recording) throw new Error('The service would refuse this.');
	return recording;
}

/** The digits that each piece answers for, at their times in the recording. */
export async function digitsOf(pieces: Piece[]): Promise<Digit[]> {
	const heard: Digit[] = [];
	for (const { bytes, offset, start, end } of pieces) {
		const { samples, sampleRate } = await decoded(bytes);
		for (const tone of hearDigits(samples, sampleRate)) {
			const middle = (tone.start + tone.end) / 2 + offset;
			if (middle < start || middle >= end) continue;
			heard.push({ digit: tone.digit, start: tone.start + offset, end: tone.end + offset });
		}
	}
	return heard;
}

/** Whether the digits are these, each within so many seconds of its time. */
export function expectDigits(heard: Digit[], expected: Digit[], tolerance = 0.02): void {
	expect(heard.map(({ digit }) => digit).join('')).toBe(
		expected.map(({ digit }) => digit).join(''),
	);
	const late = heard.map(({ start }, index) => Math.abs(start - expected[index]!.start));
	expect(Math.max(...late)).toBeLessThan(tolerance);
}

/** An MP3 as often as it takes for so many seconds, as one recording: with the first tag frame only. */
export async function repeatMp3(bytes: Uint8Array, seconds: number): Promise<Uint8Array> {
	const head: Uint8Array[] = [];
	const sound: Uint8Array[] = [];
	let duration = 0;
	for await (const frames of readFrames(bytesSource(bytes))) {
		for (const frame of frames) {
			(isTagFrame(frame) ? head : sound).push(frame.bytes);
			if (!isTagFrame(frame)) duration += frame.samples / frame.sampleRate;
		}
	}
	const times = Math.ceil(seconds / duration);
	return concat(...head, ...Array.from({ length: times }, () => sound).flat());
}

/** All pieces, also of an MP3 that breaks off. */
export async function mp3Pieces(bytes: Uint8Array, limits: Limits): Promise<Piece[]> {
	const pieces: Piece[] = [];
	try {
		for await (const piece of cutMp3(bytesSource(bytes), limits)) pieces.push(piece);
	} catch (error) {
		if (!(error instanceof TruncatedAudioError)) throw error;
	}
	return pieces;
}

/** A source that may be read forward only, as from a stream. */
export class ForwardSource implements ByteSource {
	private latest = 0;
	largestRead = 0;

	constructor(private readonly bytes: Uint8Array) {}

	get size(): number {
		return this.bytes.length;
	}

	async read(position: number, length: number): Promise<Uint8Array> {
		if (position < this.latest) throw new RangeError(`${position} lies before ${this.latest}`);
		this.latest = position;
		this.largestRead = Math.max(this.largestRead, length);
		return this.bytes.slice(position, position + length);
	}
}

/** What must hold of the pieces of any recording. */
export function expectWellCut(pieces: Piece[], limits: Limits): void {
	let end = 0;
	for (const [index, piece] of pieces.entries()) {
		expect(piece.bytes.length).toBeLessThanOrEqual(limits.maxBytes);
		expect(piece.end - piece.offset).toBeLessThanOrEqual(limits.maxSeconds);
		expect(piece.offset).toBeLessThanOrEqual(piece.start);
		expect(piece.end).toBeGreaterThan(piece.start);
		if (index > 0) expect(piece.start).toBeCloseTo(end - piece.overlap, 6);
		end = piece.end;
	}
}
