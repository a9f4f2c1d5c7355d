import { DamagedAudioError } from '../../errors';
import type { Decoder } from '../codec';
import { bitLength, LsbBitReader } from '../lsbBitReader';
import { dct4, type Dct4 } from './dct';
import type { Mapping, Mode, VorbisHead } from './setup';

/** The most points a floor has. */
const MAX_FLOOR_POINTS = 65;

/**
 * Decodes audio packets (Vorbis I, section 4.3) to mono. All channels have the same window, so they are mixed
 * as spectra, and one transform serves for all.
 */
export class VorbisDecoder implements Decoder {
	readonly sampleRate: number;
	private readonly channels: number;
	private readonly blockSizes: [number, number];
	private readonly modeBits: number;
	private readonly bits = new LsbBitReader();
	private readonly transforms: [Dct4, Dct4];
	/** Rising slopes of the window for short and long blocks. */
	private readonly slopes: [Float64Array, Float64Array];
	private readonly spectra: Float32Array[];
	private readonly floors: Int32Array[];
	private readonly isSilent: boolean[];
	private readonly mix: Float64Array;
	/** Transformed spectra of this block and the last one. */
	private current: Float64Array;
	private previous: Float64Array;
	/** Samples of the last block, 0 for none. */
	private previousSize = 0;

	constructor(
		{ channels, sampleRate, blockSizes }: VorbisHead,
		private readonly modes: Mode[],
	) {
		const [short, long] = blockSizes;
		this.channels = channels;
		this.sampleRate = sampleRate;
		this.blockSizes = blockSizes;
		this.modeBits = bitLength(modes.length - 1);
		this.transforms = [dct4(short / 2), dct4(long / 2)];
		this.slopes = [slope(short / 2), slope(long / 2)];
		this.spectra = Array.from({ length: channels }, () => new Float32Array(long / 2));
		this.floors = Array.from({ length: channels }, () => new Int32Array(MAX_FLOOR_POINTS));
		this.isSilent = Array.from({ length: channels }, () => true);
		this.mix = new Float64Array(long / 2);
		this.current = new Float64Array(long / 2);
		this.previous = new Float64Array(long / 2);
	}

	samplesIn(packets: readonly Uint8Array[]): number {
		let samples = 0;
		let previous = this.previousSize;
		for (const packet of packets) {
			const mode = this.modeOf(packet);
			if (!mode) continue;
			const size = this.sizeOf(mode);
			if (previous > 0) samples += (previous + size) / 4;
			previous = size;
		}
		return samples;
	}

	decode(packet: Uint8Array): Float32Array[] {
		const mode = this.modeOf(packet);
		if (!mode) throw new DamagedAudioError('a Vorbis packet is broken');
		const size = this.sizeOf(mode);
		this.bits.open(packet);
		// The shapes of neighbouring blocks, which only long blocks name, are known from the blocks themselves.
		this.bits.read(1 + this.modeBits + (mode.isLong ? 2 : 0));
		if (this.readSpectrum(mode.mapping, size / 2)) {
			this.transforms[mode.isLong ? 1 : 0].transform(this.mix, this.current);
		} else {
			this.current.fill(0, 0, size / 2);
		}
		const samples = this.overlap(size);
		[this.current, this.previous] = [this.previous, this.current];
		this.previousSize = size;
		return [samples];
	}

	reset(): void {
		this.previousSize = 0;
	}

	/** Undefined for anything but an audio packet. */
	private modeOf(packet: Uint8Array): Mode | undefined {
		const first = packet[0];
		if (first === undefined || (first & 1) !== 0) return undefined;
		return this.modes[(first >> 1) & ((1 << this.modeBits) - 1)];
	}

	private sizeOf(mode: Mode): number {
		return this.blockSizes[mode.isLong ? 1 : 0];
	}

	/** Reads all channels' spectra and puts their mean into `mix`; false when all are silent. */
	private readSpectrum({ couplings, submaps }: Mapping, lines: number): boolean {
		const { bits, floors, isSilent, mix } = this;
		this.readFloors(submaps);
		if (isSilent.every(Boolean)) return false;
		const hasNoFloor = [...isSilent];
		for (const { magnitude, angle } of couplings) {
			if (!isSilent[magnitude] || !isSilent[angle]) {
				isSilent[magnitude] = false;
				isSilent[angle] = false;
			}
		}
		const spectra = this.spectra.map((spectrum, channel) =>
			isSilent[channel] ? spectrum.subarray(0, lines) : spectrum.subarray(0, lines).fill(0),
		);
		for (const { residue, channels } of submaps) {
			residue.read(
				bits,
				channels.map((channel) => spectra[channel]!),
				channels.map((channel) => isSilent[channel]!),
			);
		}
		for (let index = couplings.length - 1; index >= 0; index--) {
			const { magnitude, angle } = couplings[index]!;
			if (!isSilent[magnitude]) decouple(spectra[magnitude]!, spectra[angle]!);
		}
		mix.fill(0, 0, lines);
		for (const { floor, channels } of submaps) {
			for (const channel of channels) {
				if (!hasNoFloor[channel]) floor.shape(floors[channel]!, spectra[channel]!, mix);
			}
		}
		if (this.channels > 1) {
			for (let line = 0; line < lines; line++) mix[line]! /= this.channels;
		}
		return true;
	}

	/** Floors come in the order of channels, whatever submap they belong to. */
	private readFloors(submaps: Mapping['submaps']): void {
		for (let channel = 0; channel < this.channels; channel++) {
			const submap = submaps.find(({ channels }) => channels.includes(channel))!;
			this.isSilent[channel] = !submap.floor.read(this.bits, this.floors[channel]!);
		}
	}

	/**
	 * Adds the second half of the last block to the first half of this one (section 4.3.8): what lies between
	 * their middles. Both halves are unfolded from their transforms as they are needed.
	 */
	private overlap(size: number): Float32Array {
		const { previous, current, previousSize } = this;
		if (previousSize === 0) return new Float32Array(0);
		const lastQuarter = previousSize / 4;
		const quarter = size / 4;
		const slopes = this.slopes[previousSize === size && size === this.blockSizes[1] ? 1 : 0];
		const half = slopes.length / 2;
		const samples = new Float32Array(lastQuarter + quarter);
		let at = 0;
		// The last block alone: -t[q-1-r].
		for (; at < lastQuarter - half; at++) samples[at] = -previous[lastQuarter - 1 - at]!;
		// `at` from the middle of both slopes, where the last block is folded and this one too.
		for (let k = 0; k < half; k++, at++) {
			const rising = slopes[k]!;
			const falling = slopes[2 * half - 1 - k]!;
			samples[at] = -previous[half - 1 - k]! * falling + current[2 * quarter - half + k]! * rising;
		}
		for (let k = 0; k < half; k++, at++) {
			const rising = slopes[half + k]!;
			const falling = slopes[half - 1 - k]!;
			samples[at] = -previous[k]! * falling - current[2 * quarter - 1 - k]! * rising;
		}
		// This block alone.
		for (let k = half; k < quarter; k++, at++) samples[at] = -current[2 * quarter - 1 - k]!;
		return samples;
	}
}

const slopes = new Map<number, Float64Array>();

/** Section 4.3.1: a slope that together with its mirror image keeps the power. */
function slope(size: number): Float64Array {
	const known =
		slopes.get(size) ??
		Float64Array.from({ length: size }, (_, index) =>
			Math.sin((Math.PI / 2) * Math.sin(((index + 0.5) / size) * (Math.PI / 2)) ** 2),
		);
	slopes.set(size, known);
	return known;
}

/** Section 4.3.5: from magnitude and angle to two channels, in place. */
function decouple(magnitudes: Float32Array, angles: Float32Array): void {
	for (let line = 0; line < magnitudes.length; line++) {
		const magnitude = magnitudes[line]!;
		const angle = angles[line]!;
		const other = magnitude > 0 ? magnitude - Math.abs(angle) : magnitude + Math.abs(angle);
		if (angle > 0) {
			angles[line] = other;
		} else {
			angles[line] = magnitude;
			magnitudes[line] = other;
		}
	}
}
