import { DamagedAudioError } from '../../errors';
import { BitReader } from '../bitReader';
import type { Decoder } from '../codec';
import { crc16 } from './crc';
import { LEFT_SIDE, MID_SIDE, parseFrameHeader, SIDE_RIGHT, type FrameHeader } from './frameHeader';
import { FIXED_PREDICTORS, HISTORY, restore, type Predictor, type Samples } from './prediction';
import { decodeResidual } from './residual';
import type { StreamInfoBlock } from './streamInfo';

const FOOTER_BYTES = 2;
const CONSTANT = 0;
const VERBATIM = 1;
const FIXED = 8;
const LINEAR = 32;
const INVALID_PRECISION = 16;

/** Decodes frames (RFC 9639, 9) to the mean of their channels. */
export class FlacDecoder implements Decoder {
	readonly sampleRate: number;
	private readonly reader = new BitReader('a FLAC frame');
	private narrow: Int32Array[] = [];
	private wide: Float64Array[] = [];
	private residual = new Int32Array(0);
	private mono = new Float32Array(0);

	constructor(private readonly stream: StreamInfoBlock) {
		this.sampleRate = stream.sampleRate;
	}

	samplesIn(packets: readonly Uint8Array[]): number {
		return packets.reduce(
			(sum, packet) => sum + (parseFrameHeader(packet, 0, this.stream)?.blockSize ?? 0),
			0,
		);
	}

	/** What follows the frame in a packet does not matter. */
	decode(packet: Uint8Array): Float32Array[] {
		const { reader } = this;
		const header = parseFrameHeader(packet, 0, this.stream);
		if (!header) throw new DamagedAudioError('a FLAC frame has no header');
		reader.load(packet);
		reader.skip(header.size * 8);
		const channels: Samples[] = [];
		for (let channel = 0; channel < header.channels; channel++) {
			const width = header.bitsPerSample + (isSide(header.assignment, channel) ? 1 : 0);
			const samples = this.room(channel, width, header.blockSize);
			this.decodeSubframe(samples, header.blockSize, width);
			channels.push(samples);
		}
		reader.align();
		const end = reader.position / 8 + FOOTER_BYTES;
		// Over the frame with its CRC the remainder is 0.
		if (end > packet.length || crc16(packet, 0, end) !== 0) {
			throw new DamagedAudioError('a FLAC frame is damaged');
		}
		this.mix(channels, header);
		return [this.mono.subarray(0, header.blockSize)];
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
	private decodeSubframe(samples: Samples, blockSize: number, width: number): void {
		const { reader } = this;
		const type = reader.read(7);
		const wasted = reader.flag() ? reader.readUnary() + 1 : 0;
		const bitsPerSample = width - wasted;
		if (bitsPerSample < 1) throw new DamagedAudioError('a FLAC frame wastes all its bits');
		const end = HISTORY + blockSize;
		if (type === CONSTANT) {
			samples.fill(reader.readSigned(bitsPerSample), HISTORY, end);
		} else if (type === VERBATIM) {
			this.readSamples(samples, end, bitsPerSample);
		} else if (type >= LINEAR && type < 2 * LINEAR) {
			this.decodeLinear(samples, blockSize, bitsPerSample, type - LINEAR + 1);
		} else {
			const predictor = type >= FIXED ? FIXED_PREDICTORS[type - FIXED] : undefined;
			const start = HISTORY + type - FIXED;
			if (!predictor || start > end)
				throw new DamagedAudioError('a FLAC subframe is of no known type');
			this.readSamples(samples, start, bitsPerSample);
			this.predict(predictor, samples, start, end, bitsPerSample);
		}
		reader.check();
		if (wasted > 0) {
			const factor = 2 ** wasted;
			for (let index = HISTORY; index < end; index++) samples[index]! *= factor;
		}
	}

	private decodeLinear(
		samples: Samples,
		blockSize: number,
		bitsPerSample: number,
		order: number,
	): void {
		const { reader } = this;
		if (order > blockSize) throw new DamagedAudioError('a FLAC subframe predicts too far');
		const start = HISTORY + order;
		this.readSamples(samples, start, bitsPerSample);
		const precision = reader.read(4) + 1;
		const shift = reader.readSigned(5);
		if (precision === INVALID_PRECISION || shift < 0) {
			throw new DamagedAudioError('a FLAC subframe has a wrong prediction');
		}
		const coefficients = Array.from({ length: order }, () => reader.readSigned(precision));
		const end = HISTORY + blockSize;
		this.predict({ coefficients, shift }, samples, start, end, bitsPerSample);
	}

	private predict(
		predictor: Predictor,
		samples: Samples,
		from: number,
		to: number,
		bitsPerSample: number,
	): void {
		const residual = samples instanceof Int32Array ? samples : this.residual;
		decodeResidual(this.reader, residual, from, to, predictor.coefficients.length);
		restore(predictor, residual, samples, from, to, bitsPerSample);
	}

	/** The first samples of a subframe as they are. */
	private readSamples(samples: Samples, to: number, width: number): void {
		for (let index = HISTORY; index < to; index++) samples[index] = this.reader.readSigned(width);
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
