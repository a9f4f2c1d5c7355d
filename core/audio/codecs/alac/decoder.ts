import { DamagedAudioError } from '../../errors';
import { BitReader } from '../bitReader';
import type { Decoder } from '../codec';
import { FIRST_ORDER, predict } from './prediction';
import { readErrors, type RiceConfig } from './rice';

/** The ALACSpecificConfig. */
export interface AlacConfig extends RiceConfig {
	frameLength: number;
	bitDepth: number;
	/** `pb`. */
	historyMultiplier: number;
	channels: number;
	sampleRate: number;
}

const CONFIG_BYTES = 24;
/** Encoders write 4096. */
const MAX_FRAME_LENGTH = 65536;
const MAX_CHANNELS = 8;
const BIT_DEPTHS = [16, 20, 24, 32];
const MAX_LIMIT = 24;

/** Elements of a frame; they are named as those of AAC. */
const SINGLE_CHANNEL = 0;
const CHANNEL_PAIR = 1;
const LOW_FREQUENCY = 3;
const DATA_STREAM = 4;
const FILL = 6;
const END = 7;

const RUN_TWICE = 15;

/** How the samples of one channel in an element are predicted. */
interface Prediction {
	mode: number;
	shift: number;
	historyFactor: number;
	order: number;
	coefficients: Int32Array;
}

/** Decodes Apple Lossless (github.com/macosforge/alac, "ALACMagicCookieDescription" and the format it describes). */
export class AlacDecoder implements Decoder {
	/** Hertz. */
	readonly sampleRate: number;
	private readonly config: AlacConfig;
	private readonly reader = new BitReader('a frame');
	/** Samples of the element being read, and the low bits that are stored separately. */
	private readonly samples: readonly [Int32Array, Int32Array];
	private readonly lowBits: readonly [Int32Array, Int32Array];
	private readonly noCoefficients = new Int32Array(0);

	/**
	 * @param config an ALACSpecificConfig, as {@link parseAlacConfig} reads it
	 */
	constructor(config: AlacConfig) {
		this.config = config;
		this.sampleRate = this.config.sampleRate;
		const { frameLength } = this.config;
		this.samples = [new Int32Array(frameLength), new Int32Array(frameLength)];
		this.lowBits = [new Int32Array(frameLength), new Int32Array(frameLength)];
	}

	/** The last frame of a track may be shorter. */
	samplesIn(packets: readonly Uint8Array[]): number {
		return packets.length * this.config.frameLength;
	}

	/**
	 * Decodes one frame to planar samples, -1 to 1; the arrays are new.
	 *
	 * @throws DamagedAudioError when it is damaged; the next one can be decoded all the same
	 */
	decode(frame: Uint8Array): Float32Array[] {
		const { reader } = this;
		const planes: Float32Array[] = [];
		reader.load(frame);
		while (planes.length < this.config.channels) {
			const element = reader.read(3);
			if (element === END) break;
			if (element === SINGLE_CHANNEL || element === LOW_FREQUENCY) this.readElement(1, planes);
			else if (element === CHANNEL_PAIR) this.readElement(2, planes);
			else if (element === DATA_STREAM) this.skipDataStream();
			else if (element === FILL) this.skipFill();
			else throw new DamagedAudioError('a frame has unknown parts');
		}
		if (planes.length === 0) throw new DamagedAudioError('a frame has no channels');
		if (planes.some(({ length }) => length !== planes[0]!.length)) {
			throw new DamagedAudioError('a frame has channels of unequal length');
		}
		return planes;
	}

	private readElement(channels: 1 | 2, planes: Float32Array[]): void {
		const { reader, config } = this;
		reader.read(16);
		const hasLength = reader.flag();
		const lowBits = reader.read(2) * 8;
		const isCompressed = !reader.flag();
		const length = hasLength ? reader.read(32) : config.frameLength;
		if (length === 0 || length > config.frameLength) {
			throw new DamagedAudioError('a frame has a wrong length');
		}
		if (isCompressed) this.readCompressed(channels, length, lowBits);
		else this.readPlain(channels, length);
		const scale = 2 ** (1 - config.bitDepth);
		for (let channel = 0; channel < channels; channel++) {
			const samples = this.samples[channel]!;
			const plane = new Float32Array(length);
			for (let index = 0; index < length; index++) plane[index] = samples[index]! * scale;
			planes.push(plane);
		}
	}

	private readPlain(channels: number, length: number): void {
		const { bitDepth } = this.config;
		for (let index = 0; index < length; index++) {
			for (let channel = 0; channel < channels; channel++) {
				this.samples[channel]![index] = this.reader.readSigned(bitDepth);
			}
		}
	}

	private readCompressed(channels: number, length: number, lowBits: number): void {
		const { reader, config } = this;
		const bits = config.bitDepth - lowBits + channels - 1;
		if (bits < 1 || bits > 32) throw new DamagedAudioError('a frame has a wrong number of bits');
		const mixShift = reader.read(8);
		const mixWeight = reader.read(8);
		const predictions: Prediction[] = [];
		for (let channel = 0; channel < channels; channel++) predictions.push(this.readPrediction());
		if (lowBits > 0) {
			for (let index = 0; index < length; index++) {
				for (let channel = 0; channel < channels; channel++) {
					this.lowBits[channel]![index] = reader.read(lowBits);
				}
			}
		}
		for (let channel = 0; channel < channels; channel++) {
			const { mode, shift, historyFactor, order, coefficients } = predictions[channel]!;
			const samples = this.samples[channel]!;
			const multiplier = (historyFactor * config.historyMultiplier) >> 2;
			readErrors(reader, samples, length, bits, multiplier, config);
			if (mode === RUN_TWICE) predict(samples, length, bits, this.noCoefficients, FIRST_ORDER, 0);
			predict(samples, length, bits, coefficients, order, shift);
		}
		if (channels === 2 && mixWeight !== 0) this.unmix(length, mixShift, mixWeight);
		if (lowBits > 0) this.appendLowBits(channels, length, lowBits);
	}

	private readPrediction(): Prediction {
		const { reader } = this;
		const mode = reader.read(4);
		const shift = reader.read(4);
		const historyFactor = reader.read(3);
		const order = reader.read(5);
		if (shift === 0 && order > 0) throw new DamagedAudioError('a frame has a wrong prediction');
		const coefficients = new Int32Array(order);
		for (let tap = order - 1; tap >= 0; tap--) coefficients[tap] = reader.readSigned(16);
		return { mode, shift, historyFactor, order, coefficients };
	}

	/** Left and right from a weighted mean and their difference. */
	private unmix(length: number, shift: number, weight: number): void {
		if (shift > 31) throw new DamagedAudioError('a frame has wrong stereo');
		const [first, second] = this.samples;
		for (let index = 0; index < length; index++) {
			const difference = second[index]!;
			const right = (first[index]! - (Math.imul(difference, weight) >> shift)) | 0;
			first[index] = right + difference;
			second[index] = right;
		}
	}

	private appendLowBits(channels: number, length: number, bits: number): void {
		for (let channel = 0; channel < channels; channel++) {
			const samples = this.samples[channel]!;
			const low = this.lowBits[channel]!;
			for (let index = 0; index < length; index++) {
				samples[index] = (samples[index]! << bits) | low[index]!;
			}
		}
	}

	private skipDataStream(): void {
		const { reader } = this;
		reader.read(4);
		const isAligned = reader.flag();
		let bytes = reader.read(8);
		if (bytes === 255) bytes += reader.read(8);
		if (isAligned) reader.align();
		reader.skip(bytes * 8);
	}

	private skipFill(): void {
		const { reader } = this;
		let bytes = reader.read(4);
		if (bytes === 15) bytes += reader.read(8) - 1;
		reader.skip(bytes * 8);
	}
}

/** Reads an ALACSpecificConfig, 24 bytes. @throws DamagedAudioError when it makes no sense */
export function parseAlacConfig(bytes: Uint8Array): AlacConfig {
	if (bytes.length < CONFIG_BYTES)
		throw new DamagedAudioError('its ALAC configuration is too short');
	const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	const config = {
		frameLength: view.getUint32(0),
		bitDepth: view.getUint8(5),
		historyMultiplier: view.getUint8(6),
		initialHistory: view.getUint8(7),
		limit: view.getUint8(8),
		channels: view.getUint8(9),
		sampleRate: view.getUint32(20),
	};
	const { frameLength, bitDepth, channels, sampleRate, limit } = config;
	if (
		frameLength === 0 ||
		frameLength > MAX_FRAME_LENGTH ||
		!BIT_DEPTHS.includes(bitDepth) ||
		channels === 0 ||
		channels > MAX_CHANNELS ||
		sampleRate === 0 ||
		limit > MAX_LIMIT
	) {
		throw new DamagedAudioError('its ALAC configuration makes no sense');
	}
	return config;
}
