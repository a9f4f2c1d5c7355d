import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { PcmBlock } from '../../../core/audio/pcm';
import { bytesOf, FFMPEG, inTemporaryFolder, run } from './programs';

/** Sound as planes: an array of samples for each channel. */
export type Planes = Float64Array[];

/**
 * What ffmpeg decodes from a file: 64-bit floats, in which any sample of any format is exact.
 *
 * @param decoder options in front of the input, e.g. which decoder
 */
export function decodedByFfmpeg(path: string, channels: number, decoder: string[] = []): Planes {
	const raw = run([...FFMPEG, ...decoder, '-i', path, '-f', 'f64le', '-']);
	return planesOf(new Float64Array(new Uint8Array(raw).buffer), channels);
}

/**
 * What ffmpeg decodes from several MP3 files, all in one go since starting it takes longest: 32-bit
 * floats, channels interleaved.
 */
export function mp3sDecodedByFfmpeg(files: Uint8Array[]): Float32Array[] {
	return inTemporaryFolder((folder) => {
		const paths = files.map((_, index) => join(folder, String(index)));
		files.forEach((bytes, index) => writeFileSync(`${paths[index]}.mp3`, bytes));
		run([
			...FFMPEG,
			...paths.flatMap((path) => ['-f', 'mp3', '-i', `${path}.mp3`]),
			...paths.flatMap((path, index) => ['-map', String(index), '-f', 'f32le', `${path}.f32`]),
		]);
		return paths.map((path) => new Float32Array(bytesOf(`${path}.f32`).buffer));
	});
}

/** What sox decodes from a file: 32-bit integers, as numbers from -1 to 1. */
export function decodedBySox(path: string, channels: number): Planes {
	const raw = run(['sox', '-V1', '-D', path, '-t', 'raw', '-e', 'signed', '-b', '32', '-']);
	const integers = new Int32Array(new Uint8Array(raw).buffer);
	return planesOf(
		Float64Array.from(integers, (value) => value / 2 ** 31),
		channels,
	);
}

/** A sound at 16 kHz, as far as it lies below an edge in Hz, by sox. */
export function lowPassedBySox(
	samples: ArrayLike<number>,
	sampleRate: number,
	edge: number,
): Float64Array {
	const raw = ['-t', 'f64', '-c', '1'];
	const effects = ['rate', '-v', '16000', 'sinc', `-${edge}`];
	const input = new Uint8Array(Float64Array.from(samples).buffer);
	const output = run(
		['sox', '-V1', ...raw, '-r', String(sampleRate), '-', ...raw, '-', ...effects],
		input,
	);
	return new Float64Array(new Uint8Array(output).buffer);
}

/** The mean of channels: what our decoders give. */
export function meanOf(planes: Planes): Float64Array {
	return planes[0]!.map(
		(_, index) => planes.reduce((sum, plane) => sum + plane[index]!, 0) / planes.length,
	);
}

/** All that one of our decoders gives. */
export async function decodedByUs(blocks: AsyncIterable<PcmBlock>): Promise<Float32Array> {
	const parts: Float32Array[] = [];
	for await (const { samples } of blocks) parts.push(samples.slice());
	const all = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
	let filled = 0;
	for (const part of parts) {
		all.set(part, filled);
		filled += part.length;
	}
	return all;
}

/** Decibels of a signal over its difference from another; Infinity when there is none. */
export function signalToNoise(expected: ArrayLike<number>, actual: ArrayLike<number>): number {
	let signal = 0;
	let noise = 0;
	for (let index = 0; index < expected.length; index++) {
		signal += expected[index]! ** 2;
		noise += (expected[index]! - actual[index]!) ** 2;
	}
	return 10 * Math.log10(signal / noise);
}

/** The largest difference between two signals, at full scale 1. */
export function largestDifference(expected: ArrayLike<number>, actual: ArrayLike<number>): number {
	let largest = 0;
	for (let index = 0; index < expected.length; index++) {
		largest = Math.max(largest, Math.abs(expected[index]! - actual[index]!));
	}
	return largest;
}

function planesOf(interleaved: Float64Array, channels: number): Planes {
	const length = interleaved.length / channels;
	return Array.from({ length: channels }, (_, channel) => {
		const plane = new Float64Array(length);
		for (let index = 0; index < length; index++) {
			plane[index] = interleaved[index * channels + channel]!;
		}
		return plane;
	});
}
