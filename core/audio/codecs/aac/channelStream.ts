import { DamagedAudioError } from '../../errors';
import type { Bands } from './bands';
import type { BitReader } from '../bitReader';
import {
	INTENSITY_IN_PHASE,
	INTENSITY_OUT_OF_PHASE,
	MAX_BANDS,
	NOISE,
	RESERVED,
	ZERO,
} from './codebooks';
import { EIGHT_SHORT, ONLY_LONG, SHORT_WINDOWS, type Windowing } from './filterbank';
import { huffmanTable, readSymbol } from './huffman';
import { SCALE_FACTOR_CODEBOOK } from './huffmanTables';
import { drawNoise, type NoiseSource } from './noise';
import { dequantise, quarterPower } from './powers';
import { addPulses, readPulses, type Pulses } from './pulses';
import { readCoefficients } from './spectralData';
import { TemporalNoiseShaping } from './tns';

const MAX_FRAME_LENGTH = 1024;

const SCALE_FACTORS = huffmanTable(SCALE_FACTOR_CODEBOOK);
/** The symbol for "as before". */
const NO_DIFFERENCE = 60;
const MAX_SCALE_FACTOR = 255;
/** The scale factor that means 1. */
const UNITY_SCALE_FACTOR = 100;
const NOISE_OFFSET = 90;
const FIRST_NOISE_BITS = 9;
/** What noise energies and intensity positions are limited to. */
const NOISE_RANGE = { low: -100, high: 155 };
const INTENSITY_RANGE = { low: -155, high: 100 };

/** What filters may raise coefficients to: still finite as a 32-bit float. */
const MAX_SHAPED = 1e30;
/** The channel that may have drawn the same noise before, in a pair. */
export interface Twin {
	channel: ChannelStream;
	/** Bands in which both channels share the same noise. */
	isShared: Uint8Array;
}

/** One channel's part of a frame: `individual_channel_stream` (ISO/IEC 14496-3, 4.4.2.7, table 4.50). */
export class ChannelStream implements Windowing {
	windowSequence = ONLY_LONG;
	windowShape = 0;
	previousShape = 0;
	maxBand = 0;
	groups = 1;
	/** Windows in each group. */
	readonly groupLengths = new Uint8Array(SHORT_WINDOWS);
	/** Codebook of each band. */
	readonly codebooks = new Uint8Array(SHORT_WINDOWS * MAX_BANDS);
	/** Scale factor, noise energy or intensity position of each band. */
	readonly scaleFactors = new Int16Array(SHORT_WINDOWS * MAX_BANDS);
	/** Coefficients; those of short windows one window after the other. */
	readonly spectrum = new Float64Array(MAX_FRAME_LENGTH);

	private readonly quantised = new Int16Array(MAX_FRAME_LENGTH);
	private readonly noiseSeeds = new Int32Array(SHORT_WINDOWS * MAX_BANDS);
	private readonly tns = new TemporalNoiseShaping();
	private hasTns = false;

	constructor(
		private readonly bands: Bands,
		private readonly noise: NoiseSource,
	) {
		this.groupLengths[0] = 1;
	}

	/** Offsets of the bands in a window. */
	get offsets(): Uint16Array {
		return this.windowSequence === EIGHT_SHORT ? this.bands.short : this.bands.long;
	}

	/** Distance of windows in the spectrum. */
	get windowLength(): number {
		return this.offsets.at(-1)!;
	}

	/** `ics_info` (table 4.6). */
	readInfo(reader: BitReader): void {
		reader.skip(1);
		this.previousShape = this.windowShape;
		this.windowSequence = reader.read(2);
		this.windowShape = reader.read(1);
		this.groups = 1;
		this.groupLengths[0] = 1;
		if (this.windowSequence === EIGHT_SHORT) {
			this.maxBand = reader.read(4);
			for (let window = 1; window < SHORT_WINDOWS; window++) {
				if (!reader.flag()) this.groupLengths[this.groups++] = 0;
				this.groupLengths[this.groups - 1]!++;
			}
		} else {
			this.maxBand = reader.read(6);
			if (reader.flag()) throw new DamagedAudioError('an AAC-LC frame uses prediction');
		}
		if (this.maxBand >= this.offsets.length) {
			this.maxBand = 0;
			throw new DamagedAudioError('an AAC frame has too many bands');
		}
	}

	/** Takes over the windows of the other channel of a pair. */
	copyInfo(other: ChannelStream): void {
		this.previousShape = this.windowShape;
		this.windowSequence = other.windowSequence;
		this.windowShape = other.windowShape;
		this.maxBand = other.maxBand;
		this.groups = other.groups;
		this.groupLengths.set(other.groupLengths);
	}

	/** Reads the channel and leaves its dequantised coefficients in `spectrum`. */
	read(reader: BitReader, hasCommonWindow: boolean, twin?: Twin): void {
		const globalGain = reader.read(8);
		if (!hasCommonWindow) this.readInfo(reader);
		this.readSections(reader);
		this.readScaleFactors(reader, globalGain);
		const pulses = reader.flag() ? this.readPulses(reader) : undefined;
		this.hasTns = reader.flag();
		if (this.hasTns) this.tns.read(reader, this.windowSequence === EIGHT_SHORT);
		if (reader.flag()) throw new DamagedAudioError('an AAC-LC frame uses gain control');
		this.readSpectrum(reader);
		reader.check();
		if (pulses) addPulses(this.quantised, pulses);
		this.dequantise(twin);
	}

	/**
	 * Shapes the finished spectrum; to be called once, after stereo has been undone.
	 *
	 * @throws DamagedAudioError when the result is beyond all reason
	 */
	shapeNoise(): void {
		if (!this.hasTns) return;
		const isShort = this.windowSequence === EIGHT_SHORT;
		const limit = isShort ? this.bands.shortTnsLimit : this.bands.longTnsLimit;
		this.tns.apply(this.spectrum, {
			offsets: this.offsets,
			windows: isShort ? SHORT_WINDOWS : 1,
			lastBand: Math.min(limit, this.maxBand),
		});
		const { spectrum } = this;
		for (let line = 0; line < spectrum.length; line++) {
			const isReasonable = Math.abs(spectrum[line]!) < MAX_SHAPED;
			if (!isReasonable) throw new DamagedAudioError('an AAC filter overflows');
		}
	}

	/** `section_data` (table 4.52). */
	private readSections(reader: BitReader): void {
		const bits = this.windowSequence === EIGHT_SHORT ? 3 : 5;
		const escape = (1 << bits) - 1;
		for (let group = 0; group < this.groups; group++) {
			const first = group * MAX_BANDS;
			for (let band = 0; band < this.maxBand;) {
				const codebook = reader.read(4);
				if (codebook === RESERVED) throw new DamagedAudioError('an AAC codebook is unknown');
				let end = band;
				let increment: number;
				do {
					increment = reader.read(bits);
					end += increment;
				} while (increment === escape && end <= this.maxBand);
				reader.check();
				if (end > this.maxBand) throw new DamagedAudioError('an AAC section is too long');
				this.codebooks.fill(codebook, first + band, first + end);
				band = end;
			}
		}
	}

	/** `scale_factor_data` (table 4.53; 4.6.2). */
	private readScaleFactors(reader: BitReader, globalGain: number): void {
		let scaleFactor = globalGain;
		let intensity = 0;
		let noise = globalGain - NOISE_OFFSET;
		let isFirstNoise = true;
		for (let group = 0; group < this.groups; group++) {
			const first = group * MAX_BANDS;
			for (let band = first; band < first + this.maxBand; band++) {
				const codebook = this.codebooks[band]!;
				if (codebook === ZERO) continue;
				if (codebook === NOISE && isFirstNoise) {
					noise += reader.read(FIRST_NOISE_BITS) - (1 << (FIRST_NOISE_BITS - 1));
					isFirstNoise = false;
					this.scaleFactors[band] = clamp(noise, NOISE_RANGE);
					continue;
				}
				const difference = readSymbol(reader, SCALE_FACTORS) - NO_DIFFERENCE;
				if (codebook === NOISE) {
					noise += difference;
					this.scaleFactors[band] = clamp(noise, NOISE_RANGE);
				} else if (codebook === INTENSITY_IN_PHASE || codebook === INTENSITY_OUT_OF_PHASE) {
					intensity += difference;
					this.scaleFactors[band] = clamp(intensity, INTENSITY_RANGE);
				} else {
					scaleFactor += difference;
					if (scaleFactor < 0 || scaleFactor > MAX_SCALE_FACTOR) {
						throw new DamagedAudioError('an AAC scale factor is out of range');
					}
					this.scaleFactors[band] = scaleFactor;
				}
			}
		}
		reader.check();
	}

	private readPulses(reader: BitReader): Pulses {
		if (this.windowSequence !== EIGHT_SHORT) return readPulses(reader, this.offsets);
		throw new DamagedAudioError('an AAC frame has pulses in short windows');
	}

	/** `spectral_data` (table 4.56). */
	private readSpectrum(reader: BitReader): void {
		const { offsets, windowLength, codebooks, maxBand } = this;
		let start = 0;
		for (let group = 0; group < this.groups; group++) {
			const windows = this.groupLengths[group]!;
			const first = group * MAX_BANDS;
			for (let band = 0; band < maxBand;) {
				const codebook = codebooks[first + band]!;
				let end = band + 1;
				// A single window's bands lie side by side.
				if (windows === 1) while (end < maxBand && codebooks[first + end] === codebook) end++;
				if (codebook !== ZERO && codebook < RESERVED) {
					for (let window = 0; window < windows; window++) {
						const origin = start + window * windowLength;
						readCoefficients(
							reader,
							codebook,
							this.quantised,
							origin + offsets[band]!,
							origin + offsets[end]!,
						);
					}
				}
				band = end;
			}
			start += windows * windowLength;
		}
	}

	/** Inverse quantisation and scaling (4.6.1, 4.6.2.3), noise substitution (4.6.13). */
	private dequantise(twin?: Twin): void {
		const { offsets, windowLength, codebooks, quantised, spectrum } = this;
		spectrum.fill(0);
		let start = 0;
		for (let group = 0; group < this.groups; group++) {
			const windows = this.groupLengths[group]!;
			for (let band = 0; band < this.maxBand; band++) {
				const index = group * MAX_BANDS + band;
				const codebook = codebooks[index]!;
				if (codebook === ZERO || codebook > NOISE) continue;
				if (codebook === NOISE) {
					this.drawNoise(index, band, start, windows, twin);
					continue;
				}
				const scale = quarterPower(this.scaleFactors[index]! - UNITY_SCALE_FACTOR);
				for (let window = 0; window < windows; window++) {
					const origin = start + window * windowLength;
					const [from, to] = [origin + offsets[band]!, origin + offsets[band + 1]!];
					dequantise(quantised, spectrum, from, to, scale);
				}
			}
			start += windows * windowLength;
		}
	}

	private drawNoise(
		index: number,
		band: number,
		start: number,
		windows: number,
		twin: Twin | undefined,
	): void {
		const { offsets, windowLength, spectrum, noise } = this;
		const isShared = twin?.isShared[index] === 1 && twin.channel.codebooks[index] === NOISE;
		let seed = isShared ? twin.channel.noiseSeeds[index]! : noise.seed;
		this.noiseSeeds[index] = seed;
		const level = quarterPower(this.scaleFactors[index]!);
		for (let window = 0; window < windows; window++) {
			const from = start + window * windowLength + offsets[band]!;
			const to = start + window * windowLength + offsets[band + 1]!;
			seed = drawNoise(spectrum, from, to, level, seed);
		}
		if (!isShared) noise.seed = seed;
	}
}

/** Reads and discards one code of the scale factors' codebook: gains of coupling channels. */
export function skipGain(reader: BitReader): void {
	readSymbol(reader, SCALE_FACTORS);
}

const clamp = (value: number, { low, high }: { low: number; high: number }): number =>
	Math.min(Math.max(value, low), high);
