import { DamagedAudioError } from '../../errors';
import {
	parseAudioSpecificConfig,
	readProgramConfig,
	requireLowComplexity,
} from './audioSpecificConfig';
import { SAMPLE_RATES, bandsFor, type Bands } from './bands';
import { BitReader } from '../bitReader';
import { ChannelStream, skipGain } from './channelStream';
import { MAX_BANDS, ZERO } from './codebooks';
import type { NoiseSource } from './noise';
import { SHORT_WINDOWS, filterbankFor, type Filterbank } from './filterbank';
import { undoIntensity, undoMidSide } from './stereo';

/** What a decoder must know when there is no AudioSpecificConfig, as in ADTS. */
export interface CoreConfig {
	/** Audio object type; AAC-LC when left out. */
	objectType?: number;
	/** 0 to 12. */
	sampleRateIndex: number;
	/** Hertz, where it is not in the table. */
	coreSampleRate?: number;
	/** 0 when the first frame states them. */
	channelConfiguration: number;
	/** 1024 (when left out) or 960. */
	frameLength?: number;
}

export interface AacDecoderOptions {
	/** Give one channel, the mean of all but those for low frequency effects. Saves time, too. */
	isMono?: boolean;
}

/** Syntactic elements of a raw data block (ISO/IEC 14496-3, table 4.85). */
const SINGLE_CHANNEL = 0;
const CHANNEL_PAIR = 1;
const COUPLING_CHANNEL = 2;
const LOW_FREQUENCY = 3;
const DATA_STREAM = 4;
const PROGRAM_CONFIG = 5;
const FILL = 6;
const END = 7;

/** More than any access unit of the channels that are decoded here. */
const MAX_PACKET_BYTES = 65536;
/** More channels than any layout in use. */
const MAX_CHANNELS = 16;
/** The standard's samples are 16-bit numbers. */
const FULL_SCALE = 32768;
/** The values of `ms_mask_present` (4.6.8.1). */
const MASK_IS_GIVEN = 1;
const MASK_IS_FULL = 2;
const MASK_IS_RESERVED = 3;

/** A channel of the output and what it keeps from frame to frame. */
interface Channel {
	stream: ChannelStream;
	overlap: Float32Array;
	output: Float32Array;
	isLowFrequency: boolean;
}

/**
 * Decodes AAC-LC (ISO/IEC 14496-3, subpart 4), and of HE-AAC the LC core at its own sample rate.
 * Coupling channels are skipped; dynamic range control is not applied.
 */
export class AacDecoder {
	/** Samples that each access unit gives, per channel. */
	readonly frameLength: number;
	/** Hertz. */
	readonly sampleRate: number;
	/** Bytes that the latest access unit took. */
	consumedBytes = 0;

	private readonly reader = new BitReader('an AAC frame');
	private readonly bands: Bands;
	private readonly filterbank: Filterbank;
	private readonly noise: NoiseSource = { seed: 0x1f2e3d4c };
	private readonly isMono: boolean;
	/** Of all frames so far. */
	private readonly channels: Channel[] = [];
	/** How many of them the current frame has. */
	private channelsInFrame = 0;
	/** How many the latest good frame had. */
	private outputChannels = 0;
	private readonly monoOverlap: Float32Array;
	private readonly monoOutput: Float32Array;
	private readonly sideMask = new Uint8Array(SHORT_WINDOWS * MAX_BANDS);
	/** Coupling channels and anything else that must be read but is not heard. */
	private readonly unheard: ChannelStream;

	/**
	 * @param config an AudioSpecificConfig, parsed or as bytes, or what an ADTS header states
	 * @throws DamagedAudioError when the configuration makes no sense or is of a profile other than LC
	 */
	constructor(config: Uint8Array | CoreConfig, { isMono = false }: AacDecoderOptions = {}) {
		const core: CoreConfig =
			config instanceof Uint8Array ? parseAudioSpecificConfig(config) : config;
		if (core.objectType !== undefined) requireLowComplexity(core.objectType);
		const sampleRate = core.coreSampleRate ?? SAMPLE_RATES[core.sampleRateIndex];
		if (sampleRate === undefined) throw new DamagedAudioError('its AAC sample rate is unknown');
		this.sampleRate = sampleRate;
		this.frameLength = core.frameLength ?? 1024;
		this.bands = bandsFor(core.sampleRateIndex, this.frameLength);
		this.filterbank = filterbankFor(this.frameLength);
		this.isMono = isMono;
		this.monoOverlap = new Float32Array(this.frameLength);
		this.monoOutput = new Float32Array(this.frameLength);
		this.unheard = new ChannelStream(this.bands, this.noise);
	}

	/**
	 * Decodes one access unit (`raw_data_block`) to planar samples, of which loud recordings have some
	 * beyond ±1; they are valid until the next call. There are as many channels as the frame has, in its order.
	 *
	 * @throws DamagedAudioError when it is damaged; the next one can be decoded all the same, and
	 *   `conceal` fills the gap
	 */
	decode(accessUnit: Uint8Array): Float32Array[] {
		if (accessUnit.length > MAX_PACKET_BYTES)
			throw new DamagedAudioError('an AAC frame is too long');
		this.reader.load(accessUnit);
		this.channelsInFrame = 0;
		this.readElements();
		for (const { stream } of this.channelsOfFrame()) stream.shapeNoise();
		this.outputChannels = this.channelsInFrame;
		return this.isMono ? [this.synthesizeMono()] : this.synthesizeAll();
	}

	/** A frame in place of one that is damaged or lost: the one before fades out. */
	conceal(): Float32Array[] {
		if (this.isMono) return [takeOverlap(this.monoOverlap, this.monoOutput)];
		if (this.outputChannels === 0) return [new Float32Array(this.frameLength)];
		return this.channels
			.slice(0, this.outputChannels)
			.map(({ overlap, output }) => takeOverlap(overlap, output));
	}

	/** `raw_data_block` (table 4.3). */
	private readElements(): void {
		const { reader } = this;
		for (;;) {
			// Some writers leave out the end.
			if (reader.left < 3 && this.channelsInFrame > 0) break;
			const element = reader.read(3);
			reader.check();
			if (element === END) break;
			if (element === FILL) this.skipFill();
			else if (element === PROGRAM_CONFIG) readProgramConfig(reader);
			else this.readTagged(element);
			reader.check();
		}
		if (this.channelsInFrame === 0) throw new DamagedAudioError('an AAC frame has no channels');
		reader.align();
		this.consumedBytes = reader.position / 8;
	}

	private readTagged(element: number): void {
		this.reader.read(4);
		if (element === SINGLE_CHANNEL) this.nextChannel(false).read(this.reader, false);
		else if (element === LOW_FREQUENCY) this.nextChannel(true).read(this.reader, false);
		else if (element === CHANNEL_PAIR) this.readPair();
		else if (element === COUPLING_CHANNEL) this.skipCoupling();
		else if (element === DATA_STREAM) this.skipData();
	}

	/** `channel_pair_element` (table 4.5). */
	private readPair(): void {
		const { reader, sideMask } = this;
		const left = this.nextChannel(false);
		const right = this.nextChannel(false);
		const hasCommonWindow = reader.flag();
		let mask = 0;
		if (hasCommonWindow) {
			left.readInfo(reader);
			right.copyInfo(left);
			mask = reader.read(2);
			this.readSideMask(left, mask);
		}
		left.read(reader, hasCommonWindow);
		const isShared = mask === 0 ? undefined : sideMask;
		right.read(reader, hasCommonWindow, isShared && { channel: left, isShared });
		if (mask !== 0) undoMidSide(left, right, sideMask);
		undoIntensity(left, right, mask === MASK_IS_GIVEN ? sideMask : undefined);
	}

	private readSideMask({ groups, maxBand }: ChannelStream, mask: number): void {
		if (mask === MASK_IS_RESERVED) throw new DamagedAudioError('an AAC pair has an unknown mask');
		this.sideMask.fill(mask === MASK_IS_FULL ? 1 : 0);
		if (mask !== MASK_IS_GIVEN) return;
		for (let group = 0; group < groups; group++) {
			for (let band = 0; band < maxBand; band++) {
				this.sideMask[group * MAX_BANDS + band] = this.reader.read(1);
			}
		}
	}

	/** `coupling_channel_element` (table 4.8). */
	private skipCoupling(): void {
		const { reader, unheard } = this;
		const isIndependent = reader.flag();
		let gains = reader.read(3) + 1;
		for (let coupled = gains; coupled > 0; coupled--) {
			const isPair = reader.flag();
			reader.read(4);
			if (isPair && reader.read(2) === 3) gains++;
		}
		reader.read(1 + 1 + 2);
		unheard.read(reader, false);
		for (let gain = 1; gain < gains; gain++) {
			if (isIndependent || reader.flag()) {
				skipGain(reader);
				continue;
			}
			for (let group = 0; group < unheard.groups; group++) {
				for (let band = 0; band < unheard.maxBand; band++) {
					if (unheard.codebooks[group * MAX_BANDS + band] !== ZERO) skipGain(reader);
				}
			}
		}
	}

	/** `data_stream_element` (table 4.10). */
	private skipData(): void {
		const { reader } = this;
		const isAligned = reader.flag();
		let count = reader.read(8);
		if (count === 255) count += reader.read(8);
		if (isAligned) reader.align();
		reader.skip(count * 8);
	}

	/** `fill_element` (table 4.11): padding, dynamic range, or what HE-AAC adds to the core. */
	private skipFill(): void {
		const { reader } = this;
		let count = reader.read(4);
		if (count === 15) count += reader.read(8) - 1;
		reader.skip(count * 8);
	}

	private nextChannel(isLowFrequency: boolean): ChannelStream {
		const index = this.channelsInFrame++;
		if (index >= MAX_CHANNELS) throw new DamagedAudioError('an AAC frame has too many channels');
		this.channels[index] ??= {
			stream: new ChannelStream(this.bands, this.noise),
			overlap: new Float32Array(this.isMono ? 0 : this.frameLength),
			output: new Float32Array(this.isMono ? 0 : this.frameLength),
			isLowFrequency,
		};
		this.channels[index].isLowFrequency = isLowFrequency;
		return this.channels[index].stream;
	}

	private channelsOfFrame(): Channel[] {
		return this.channels.slice(0, this.channelsInFrame);
	}

	private synthesizeAll(): Float32Array[] {
		return this.channelsOfFrame().map(({ stream, overlap, output }) => {
			takeOverlap(overlap, output);
			this.filterbank.synthesize(stream.spectrum, stream, 1 / FULL_SCALE, output, overlap);
			return output;
		});
	}

	private synthesizeMono(): Float32Array {
		const inFrame = this.channelsOfFrame();
		const heard = inFrame.filter(({ isLowFrequency }) => !isLowFrequency);
		const streams = (heard.length > 0 ? heard : inFrame).map(({ stream }) => stream);
		const gain = 1 / FULL_SCALE / streams.length;
		const output = takeOverlap(this.monoOverlap, this.monoOutput);
		const [first, ...others] = streams;
		// Channels seen through the same windows can be mixed before the transform.
		for (const stream of others) {
			if (hasSameWindows(stream, first!)) addTo(first!.spectrum, stream.spectrum);
			else this.filterbank.synthesize(stream.spectrum, stream, gain, output, this.monoOverlap);
		}
		this.filterbank.synthesize(first!.spectrum, first!, gain, output, this.monoOverlap);
		return output;
	}
}

/** What a frame left for the next one; nothing is left behind. */
function takeOverlap(overlap: Float32Array, output: Float32Array): Float32Array {
	output.set(overlap);
	overlap.fill(0);
	return output;
}

function hasSameWindows(a: ChannelStream, b: ChannelStream): boolean {
	return (
		a.windowSequence === b.windowSequence &&
		a.windowShape === b.windowShape &&
		a.previousShape === b.previousShape
	);
}

function addTo(target: Float64Array, addend: Float64Array): void {
	for (let k = 0; k < target.length; k++) target[k]! += addend[k]!;
}
