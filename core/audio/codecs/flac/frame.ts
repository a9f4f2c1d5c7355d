import { Bits } from './bits';
import { crc16 } from './crc';
import { LEFT_SIDE, MID_SIDE, SIDE_RIGHT, type FrameHeader } from './frameHeader';
import { FIXED_PREDICTORS, HISTORY, restore, type Predictor, type Samples } from './prediction';
import { decodeResidual } from './residual';

/** What became of a frame: where it ends, or why it does not. */
export type FrameEnd = { end: number } | 'damaged' | 'incomplete';

const FOOTER_BYTES = 2;
const CONSTANT = 0;
const VERBATIM = 1;
const FIXED = 8;
const LINEAR = 32;
const INVALID_PRECISION = 16;

/** Decodes frames (RFC 9639, 9) to the mean of their channels. */
export class FrameDecoder {
	private narrow: Int32Array[] = [];
	private wide: Float64Array[] = [];
	private residual = new Int32Array(0);
	/** The frame's sound; good until the next frame. */
	mono = new Float32Array(0);

	/**
	 * Decodes the frame whose header is at `at`.
	 *
	 * @param to where the bytes end; their buffer has `PADDING_BYTES` more
	 */
	decode(bytes: Uint8Array, at: number, to: number, header: FrameHeader): FrameEnd {
		const bits = new Bits(bytes, at + header.size, to);
		const channels: Samples[] = [];
		for (let channel = 0; channel < header.channels; channel++) {
			const width = header.bitsPerSample + (isSide(header.assignment, channel) ? 1 : 0);
			const samples = this.room(channel, width, header.blockSize);
			if (!this.decodeSubframe(bits, samples, header.blockSize, width)) {
				return bits.isOverrun ? 'incomplete' : 'damaged';
			}
			channels.push(samples);
		}
		const end = Math.ceil(bits.position / 8) + FOOTER_BYTES;
		if (end > to) return 'incomplete';
		// Over the frame with its CRC the remainder is nothing.
		if (crc16(bytes, at, end) !== 0) return 'damaged';
		this.mix(channels, header);
		return { end };
	}

	private room(channel: number, width: number, blockSize: number): Samples {
		const length = HISTORY + blockSize;
		if (width > 32) {
			if (this.residual.length < length) this.residual = new Int32Array(length);
			const samples = this.wide[channel];
			return samples && samples.length >= length
				? samples
				: (this.wide[channel] = new Float64Array(length));
		}
		const samples = this.narrow[channel];
		return samples && samples.length >= length
			? samples
			: (this.narrow[channel] = new Int32Array(length));
	}

	/** A subframe (9.2): its header, the first samples as they are, and the rest as differences from a prediction. */
	private decodeSubframe(bits: Bits, samples: Samples, blockSize: number, width: number): boolean {
		const type = bits.take(7);
		const wasted = bits.take(1) ? bits.takeUnary() + 1 : 0;
		const bitsPerSample = width - wasted;
		if (bits.isOverrun || bitsPerSample < 1) return false;
		const end = HISTORY + blockSize;
		if (type === CONSTANT) {
			samples.fill(bits.takeSigned(bitsPerSample), HISTORY, end);
		} else if (type === VERBATIM) {
			takeSamples(bits, samples, HISTORY, end, bitsPerSample);
		} else if (type >= LINEAR && type < 2 * LINEAR) {
			if (!this.decodeLinear(bits, samples, blockSize, bitsPerSample, type - LINEAR + 1)) {
				return false;
			}
		} else {
			const predictor = type >= FIXED ? FIXED_PREDICTORS[type - FIXED] : undefined;
			const start = HISTORY + type - FIXED;
			if (!predictor || start > end) return false;
			takeSamples(bits, samples, HISTORY, start, bitsPerSample);
			if (!this.predict(bits, predictor, samples, start, end, bitsPerSample)) return false;
		}
		if (bits.isOverrun) return false;
		if (wasted > 0) {
			const factor = 2 ** wasted;
			for (let index = HISTORY; index < end; index++) samples[index]! *= factor;
		}
		return true;
	}

	private decodeLinear(
		bits: Bits,
		samples: Samples,
		blockSize: number,
		bitsPerSample: number,
		order: number,
	): boolean {
		if (order > blockSize) return false;
		const start = HISTORY + order;
		takeSamples(bits, samples, HISTORY, start, bitsPerSample);
		const precision = bits.take(4) + 1;
		const shift = bits.takeSigned(5);
		if (precision === INVALID_PRECISION || shift < 0) return false;
		const coefficients = Array.from({ length: order }, () => bits.takeSigned(precision));
		const end = HISTORY + blockSize;
		return this.predict(bits, { coefficients, shift }, samples, start, end, bitsPerSample);
	}

	private predict(
		bits: Bits,
		predictor: Predictor,
		samples: Samples,
		from: number,
		to: number,
		bitsPerSample: number,
	): boolean {
		const residual = samples instanceof Int32Array ? samples : this.residual;
		const order = predictor.coefficients.length;
		if (!decodeResidual(bits, residual, from, to, order)) return false;
		restore(predictor, residual, samples, from, to, bitsPerSample);
		return true;
	}

	/** Undoes the coding of two channels together (4.2) as far as their mean needs it. */
	private mix(channels: Samples[], { assignment, blockSize, bitsPerSample }: FrameHeader): void {
		if (this.mono.length < blockSize) this.mono = new Float32Array(blockSize);
		const { mono } = this;
		const scale = 1 / (2 ** (bitsPerSample - 1) * channels.length);
		const [first, second] = channels as [Samples, Samples];
		const end = HISTORY + blockSize;
		if (channels.length === 1) {
			for (let at = HISTORY; at < end; at++) mono[at - HISTORY] = first[at]! * scale;
		} else if (assignment === LEFT_SIDE) {
			for (let at = HISTORY; at < end; at++) {
				mono[at - HISTORY] = (2 * first[at]! - second[at]!) * scale;
			}
		} else if (assignment === SIDE_RIGHT) {
			for (let at = HISTORY; at < end; at++) {
				mono[at - HISTORY] = (first[at]! + 2 * second[at]!) * scale;
			}
		} else if (assignment === MID_SIDE) {
			for (let at = HISTORY; at < end; at++) {
				// The mean lost its last bit, which is that of the difference.
				mono[at - HISTORY] = (2 * first[at]! + (second[at]! & 1)) * scale;
			}
		} else {
			for (let at = HISTORY; at < end; at++) {
				let sum = 0;
				for (const samples of channels) sum += samples[at]!;
				mono[at - HISTORY] = sum * scale;
			}
		}
	}
}

function isSide(assignment: number, channel: number): boolean {
	return assignment === SIDE_RIGHT
		? channel === 0
		: (assignment === LEFT_SIDE || assignment === MID_SIDE) && channel === 1;
}

function takeSamples(bits: Bits, samples: Samples, from: number, to: number, width: number): void {
	for (let index = from; index < to; index++) samples[index] = bits.takeSigned(width);
}
