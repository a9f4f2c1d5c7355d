import { flacParts, type Coding, type Frame } from '../../support/audio/flacWriter';
import { concat } from '../../support/audio/recordings';
import type { Dice } from '../dice';

const RATES = [1, 6000, 8000, 16000, 44100, 48000, 192_000, 384_000, 655_350];

/** Frames of every size, prediction and number of channels, some many times, with holes, false headers and wrong numbers. */
export function flac(dice: Dice): Uint8Array {
	const size = dice.of([16, 192, 192, 1152, 4096]);
	const channels = dice.of([1, 1, 2, 8]);
	const bitsPerSample = dice.of([8, 16, 16, 24, 32]);
	const { head, frames } = flacParts({
		frames: dice.list(3, () => frame(dice, size, channels)),
		bitsPerSample,
		sampleRate: dice.of(RATES),
		isVariable: dice.chance(0.3),
		totalSamples: dice.number(size, 32),
	});
	const parts = frames.flatMap((bytes) => {
		const times = dice.chance(0.7) ? 1 : dice.count(500);
		const whole = Array<Uint8Array>(times).fill(bytes);
		const hole = dice.chance(0.8) ? 0 : dice.below(dice.of([20, 70_000]));
		const filler = dice.chance(0.5) ? 0xff : dice.below(256);
		// The beginning of a frame, and nothing of the rest.
		const isFalse = dice.chance(0.2);
		const head = Array<Uint8Array>(isFalse ? dice.count(200) : 0).fill(bytes.subarray(0, 9));
		return [...whole, ...head, new Uint8Array(hole).fill(filler)];
	});
	return concat(head, ...parts);
}

function frame(dice: Dice, size: number, channels: number): Frame {
	const level = dice.chance(0.3) ? 0 : dice.below(100);
	return {
		channels: Array.from({ length: channels }, () => Array<number>(size).fill(level)),
		codings: Array.from({ length: channels }, () => coding(dice, size)),
	};
}

function coding(dice: Dice, size: number): Coding {
	if (dice.chance(0.5)) return {};
	const order = 1 + dice.below(Math.min(size - 1, 32));
	const coefficients = Array<number>(order).fill(0);
	coefficients[0] = 1;
	return dice.chance(0.5)
		? { fixed: 1 + dice.below(4), parameters: [dice.below(3)] }
		: { linear: { coefficients, shift: 0, precision: 8 }, parameters: [-1] };
}
