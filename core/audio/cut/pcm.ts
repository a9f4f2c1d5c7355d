import { TruncatedAudioError } from '../errors';
import { type PcmBlock } from '../pcm';
import type { Limits, Piece } from './piece';
import type { IsRepeated } from './repetition';
import { SampleStrip } from './sampleStrip';

const FULL_SCALE = 0x8000;
const HIGHEST = 0x7fff;
const LOWEST = -0x8000;

/**
 * Cuts decoded sound into WAV files of 16 bits, mono, at the rate it comes in.
 *
 * @param isRepeated whether it is known of a stretch that it goes round in a few sounds
 * @throws TruncatedAudioError after the last piece, when the decoder threw it
 */
export async function* cutPcm(
	blocks: AsyncIterable<PcmBlock>,
	limits: Limits,
	isRepeated?: IsRepeated,
): AsyncGenerator<Piece> {
	let strip: SampleStrip | undefined;
	let truncation: TruncatedAudioError | undefined;
	const converter = new Int16Converter();
	try {
		for await (const { samples, sampleRate } of blocks) {
			strip ??= new SampleStrip({ channels: 1, sampleRate, sampleBytes: 2 }, limits, isRepeated);
			strip.push(converter.convert(samples));
			while (strip.isFull()) yield strip.cut();
		}
	} catch (error) {
		if (!(error instanceof TruncatedAudioError)) throw error;
		truncation = error;
	}
	if (strip) yield* strip.cutRest();
	if (truncation) throw truncation;
}

/** Turns samples into the bytes of 16-bit PCM. */
class Int16Converter {
	private view = new DataView(new ArrayBuffer(0));

	/** Decoders overshoot where the sound was at full scale: that is clipped. Valid until the next call. */
	convert(samples: Float32Array): Uint8Array {
		const length = samples.length * 2;
		if (this.view.byteLength < length) this.view = new DataView(new ArrayBuffer(length));
		const { view } = this;
		for (let index = 0; index < samples.length; index++) {
			// NaN becomes silence.
			const level = (samples[index]! || 0) * FULL_SCALE;
			const clipped = level > HIGHEST ? HIGHEST : level < LOWEST ? LOWEST : level;
			// Rounded by hand, above 0, where truncation rounds down: twice as fast.
			view.setInt16(index * 2, ((clipped - LOWEST + 0.5) | 0) + LOWEST, true);
		}
		return new Uint8Array(view.buffer, 0, length);
	}
}
