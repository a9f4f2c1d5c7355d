import { TruncatedAudioError, UnreadableAudioError } from '../../../core/audio/errors';
import type { StreamInfo } from '../../../core/audio/streamInfo';
import { createHash } from 'node:crypto';

import { type PcmBlock } from '../../../core/audio/pcm';
import { bytesSource, type ByteSource } from '../../../core/audio/source/bytes';
import expected from '../../fixtures/audio/pcm/expected.json';
import { recording } from './recordings';

type Decode = (source: ByteSource) => AsyncGenerator<PcmBlock>;

export interface Decoded {
	samples: Float32Array;
	/** Hertz; 0 when nothing was decoded. */
	sampleRate: number;
	/** What was thrown at the end. */
	error?: unknown;
}

/** Decodes all that can be decoded, and sees that blocks are as they must be. */
export async function decodeAll(decode: Decode, input: Uint8Array | ByteSource): Promise<Decoded> {
	const source = input instanceof Uint8Array ? bytesSource(input) : input;
	const blocks: Float32Array[] = [];
	const rates = new Set<number>();
	let error: unknown;
	try {
		for await (const { samples, sampleRate } of decode(source)) {
			if (samples.length === 0 || samples.length > 8192) {
				throw new RangeError(`a block of ${samples.length} samples`);
			}
			blocks.push(samples.slice());
			rates.add(sampleRate);
		}
	} catch (thrown) {
		error = thrown;
	}
	if (rates.size > 1) throw new RangeError('several sample rates');
	return {
		samples: Float32Array.from(blocks.flatMap((block) => [...block])),
		sampleRate: [...rates][0] ?? 0,
		...(error !== undefined && { error }),
	};
}

/** Files of test/fixtures/audio/pcm/ and what they decode to, told by other programs (make.sh). */
export const EXPECTED: [string, { channels: number; samples: number; sha256: string }][] =
	Object.entries(expected);

export const pcmRecording = (name: string): Uint8Array => recording(`pcm/${name}`);

/** The hash in expected.json of decoded samples. */
export function hashOf(samples: Float32Array, channels: number): string {
	const scale = channels * (channels > 2 ? 2 ** 15 : 2 ** 23);
	const sums = Int32Array.from(samples, (sample) => Math.round(sample * scale));
	return createHash('sha256').update(sums).digest('hex');
}

/** Numbers in [0, 1), the same for the same seed (mulberry32). */
export function randomNumbers(seed: number): () => number {
	let state = seed;
	return () => {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	};
}

/** Damages a recording in many ways, and sees that it is told as damage and as nothing else. */
export async function expectDamageToBeTold(
	inspect: (source: ByteSource) => Promise<StreamInfo>,
	decode: Decode,
	whole: Uint8Array,
	cases: number,
): Promise<void> {
	const next = randomNumbers(whole.length);
	const below = (limit: number): number => Math.floor(next() * limit);
	const isTold = (error: unknown): boolean =>
		error instanceof UnreadableAudioError || error instanceof TruncatedAudioError;
	for (let index = 0; index < cases; index++) {
		const bytes = whole.slice();
		const reach = next() < 0.6 ? Math.min(120, bytes.length) : bytes.length;
		for (let count = below(8); count > 0; count--) {
			bytes[below(reach)] = [0, 0xff, 0x80, 0x7f, below(256)][below(5)]!;
		}
		const cut = bytes.subarray(0, next() < 0.3 ? below(bytes.length + 1) : bytes.length);
		try {
			const info = await inspect(bytesSource(cut));
			const numbers = [info.duration, info.bitRate, info.sampleRate, info.channels];
			if (!numbers.every((number) => Number.isFinite(number) && number >= 0)) {
				throw new RangeError(`case ${index}: ${JSON.stringify(info)}`);
			}
		} catch (error) {
			if (!isTold(error)) throw new Error(`case ${index}`, { cause: error });
		}
		const { error, samples } = await decodeAll(decode, cut);
		if (error !== undefined && !isTold(error)) throw new Error(`case ${index}`, { cause: error });
		// Samples beyond the range of their bits come of damage only; what is not a number never comes.
		if (samples.some((sample) => !Number.isFinite(sample))) throw new Error(`case ${index}`);
	}
}
