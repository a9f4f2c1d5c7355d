import { bandsFor } from '../../../core/audio/codecs/aac/bands';
import {
	SCALE_FACTOR_CODEBOOK,
	SPECTRAL_CODEBOOKS,
	type Codebook,
} from '../../../core/audio/codecs/aac/huffmanTables';
import { concat } from './recordings';

/** Writes bits, most significant first. */
export class BitWriter {
	private readonly bits: number[] = [];

	put(value: number, count: number): this {
		for (let bit = count - 1; bit >= 0; bit--) this.bits.push(Math.floor(value / 2 ** bit) % 2);
		return this;
	}

	align(): this {
		while (this.bits.length % 8 !== 0) this.bits.push(0);
		return this;
	}

	append(bytes: Uint8Array): this {
		for (const byte of bytes) this.put(byte, 8);
		return this;
	}

	bytes(): Uint8Array {
		this.align();
		return Uint8Array.from({ length: this.bits.length / 8 }, (_, index) =>
			this.bits.slice(index * 8, index * 8 + 8).reduce((byte, bit) => byte * 2 + bit, 0),
		);
	}
}

/** Numbers that look random and are the same in each run. */
export function randomSource(seed: number): (below: number) => number {
	let state = seed >>> 0;
	return (below) => {
		state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) >>> 0;
		return Math.floor((((state ^ (state >>> 13)) >>> 0) / 2 ** 32) * below);
	};
}

type Random = ReturnType<typeof randomSource>;

/** Values of an element's id (ISO/IEC 14496-3, table 4.85). */
export const ID = { SCE: 0, CPE: 1, CCE: 2, LFE: 3, DSE: 4, PCE: 5, FIL: 6, END: 7 };

/** What `ics_info` says, and what decoders must know to read on. */
export interface Info {
	sequence: number;
	shape: number;
	maxBand: number;
	/** Windows in each group. */
	groups: number[];
}

const EIGHT_SHORT = 2;

/** Which sequences may follow each one. */
const NEXT_SEQUENCES = [[0, 0, 1], [2], [2, 3], [0, 0, 1]];

/** Frames of random content that use all that AAC-LC has. */
export class RandomStream {
	/** The latest window sequence of each channel. */
	private readonly sequences: number[] = [];

	constructor(
		private readonly random: Random,
		private readonly sampleRateIndex: number,
		private readonly frameLength = 1024,
		private readonly options = { hasNoise: true },
	) {}

	/** A single channel element, with the id in front. */
	single(writer: BitWriter, { channel = 0, id = ID.SCE, tag = 0 } = {}): void {
		writer.put(id, 3).put(tag, 4);
		this.channel(writer, this.info(channel));
	}

	/** A channel pair element, with the id in front; takes two channels. */
	pair(writer: BitWriter, { channel = 0, tag = 0 } = {}): void {
		const { random } = this;
		writer.put(ID.CPE, 3).put(tag, 4);
		const isCommon = random(4) > 0 && this.sequences[channel] === this.sequences[channel + 1];
		if (!isCommon) {
			writer.put(0, 1);
			this.channel(writer, this.info(channel));
			this.channel(writer, this.info(channel + 1));
			return;
		}
		// Both channels must have come from the same sequence, or the windows do not fit.
		const info = this.info(channel);
		this.sequences[channel + 1] = info.sequence;
		writer.put(1, 1);
		this.writeInfo(writer, info);
		const mask = random(2);
		writer.put(mask, 2);
		if (mask === 1) {
			for (let band = 0; band < info.groups.length * info.maxBand; band++) writer.put(random(2), 1);
		}
		this.channel(writer, info, { isCommon: true });
		this.channel(writer, info, { isCommon: true, isRight: true });
	}

	/** A coupling channel element, with the id in front. */
	coupling(writer: BitWriter, channel: number): void {
		const { random } = this;
		writer.put(ID.CCE, 3).put(random(16), 4);
		const isIndependent = random(2);
		const coupled = random(3);
		writer.put(isIndependent, 1).put(coupled, 3);
		let gains = 0;
		for (let target = 0; target <= coupled; target++) {
			const isPair = random(2);
			writer.put(isPair, 1).put(random(16), 4);
			gains++;
			if (isPair) {
				const sides = random(4);
				writer.put(sides, 2);
				if (sides === 3) gains++;
			}
		}
		writer.put(isIndependent, 1).put(0, 1).put(random(4), 2);
		const info = this.info(channel);
		const codebooks = this.channel(writer, info);
		for (let gain = 1; gain < gains; gain++) {
			const isOne = isIndependent ? 1 : random(2);
			if (!isIndependent) writer.put(isOne, 1);
			const count = isOne ? 1 : codebooks.filter((codebook) => codebook !== 0).length;
			for (let index = 0; index < count; index++) {
				putSymbol(writer, SCALE_FACTOR_CODEBOOK, 55 + random(10));
			}
		}
	}

	private info(channel: number): Info {
		const { random } = this;
		const choices = NEXT_SEQUENCES[this.sequences[channel] ?? 0]!;
		const sequence = choices[random(choices.length)]!;
		this.sequences[channel] = sequence;
		const isShort = sequence === EIGHT_SHORT;
		const groups = [1];
		for (let window = 1; isShort && window < 8; window++) {
			if (random(2)) groups[groups.length - 1]!++;
			else groups.push(1);
		}
		const bands = this.offsets(sequence).length - 1;
		return { sequence, shape: random(2), maxBand: random(bands + 1), groups };
	}

	private offsets(sequence: number): Uint16Array {
		const bands = bandsFor(this.sampleRateIndex, this.frameLength);
		return sequence === EIGHT_SHORT ? bands.short : bands.long;
	}

	private writeInfo(writer: BitWriter, { sequence, shape, maxBand, groups }: Info): void {
		writer.put(0, 1).put(sequence, 2).put(shape, 1);
		if (sequence !== EIGHT_SHORT) {
			writer.put(maxBand, 6).put(0, 1);
			return;
		}
		writer.put(maxBand, 4);
		const bits = groups.flatMap((length) => [0, ...new Array<number>(length - 1).fill(1)]);
		for (const bit of bits.slice(1)) writer.put(bit, 1);
	}

	/** `individual_channel_stream`; returns the codebooks of all bands. */
	private channel(
		writer: BitWriter,
		info: Info,
		{ isCommon = false, isRight = false } = {},
	): number[] {
		const { random } = this;
		const isShort = info.sequence === EIGHT_SHORT;
		const gain = 110 + random(20);
		writer.put(gain, 8);
		if (!isCommon) this.writeInfo(writer, info);
		const codebooks = info.groups.flatMap(() => this.sections(writer, info, isRight));
		this.scaleFactors(writer, codebooks, gain);
		const offsets = this.offsets(info.sequence);
		const hasPulses = !isShort && info.maxBand > 0 && random(4) === 0;
		writer.put(hasPulses ? 1 : 0, 1);
		if (hasPulses) this.pulses(writer, offsets, info.maxBand);
		const hasTns = random(3) === 0;
		writer.put(hasTns ? 1 : 0, 1);
		if (hasTns) this.noiseShaping(writer, isShort);
		writer.put(0, 1);
		info.groups.forEach((windows, group) => {
			for (let band = 0; band < info.maxBand; band++) {
				const width = offsets[band + 1]! - offsets[band]!;
				const codebook = codebooks[group * info.maxBand + band]!;
				if (codebook > 0 && codebook < 12) this.coefficients(writer, codebook, width * windows);
			}
		});
		return codebooks;
	}

	private sections(writer: BitWriter, { sequence, maxBand }: Info, isRight: boolean): number[] {
		const { random, options } = this;
		const bits = sequence === EIGHT_SHORT ? 3 : 5;
		const escape = 2 ** bits - 1;
		const codebooks: number[] = [];
		while (codebooks.length < maxBand) {
			const kinds = [...Array(12).keys()];
			if (options.hasNoise) kinds.push(13);
			if (isRight) kinds.push(14, 15);
			const codebook = kinds[random(kinds.length)]!;
			const length =
				1 +
				random(random(3) ? Math.min(6, maxBand - codebooks.length) : maxBand - codebooks.length);
			writer.put(codebook, 4);
			for (let rest = length; ; rest -= escape) {
				writer.put(Math.min(rest, escape), bits);
				if (rest < escape) break;
			}
			codebooks.push(...new Array<number>(length).fill(codebook));
		}
		return codebooks;
	}

	private scaleFactors(writer: BitWriter, codebooks: number[], gain: number): void {
		const { random } = this;
		let scaleFactor = gain;
		let isFirstNoise = true;
		for (const codebook of codebooks) {
			if (codebook === 0) continue;
			if (codebook === 13 && isFirstNoise) {
				isFirstNoise = false;
				writer.put(256 + 20 + random(40), 9);
				continue;
			}
			let difference = random(20) === 0 ? random(41) - 20 : random(9) - 4;
			if (codebook < 12) {
				if (Math.abs(scaleFactor + difference - 120) > 40)
					difference = Math.sign(120 - scaleFactor);
				scaleFactor += difference;
			}
			putSymbol(writer, SCALE_FACTOR_CODEBOOK, 60 + difference);
		}
	}

	private pulses(writer: BitWriter, offsets: Uint16Array, maxBand: number): void {
		const { random } = this;
		const count = 1 + random(4);
		const band = random(maxBand);
		// Behind the last band there is nothing to raise.
		const end = offsets[maxBand]!;
		let place = offsets[band]!;
		writer.put(count - 1, 2).put(band, 6);
		for (let pulse = 0; pulse < count; pulse++) {
			const step = random(Math.min(32, end - place));
			place += step;
			writer.put(step, 5).put(random(16), 4);
		}
	}

	private noiseShaping(writer: BitWriter, isShort: boolean): void {
		const { random } = this;
		for (let window = 0; window < (isShort ? 8 : 1); window++) {
			const filters = random(isShort ? 2 : 4);
			writer.put(filters, isShort ? 1 : 2);
			if (filters === 0) continue;
			const resolution = 3 + random(2);
			writer.put(resolution - 3, 1);
			for (let filter = 0; filter < filters; filter++) {
				const order = random(isShort ? 8 : 13);
				writer.put(random(isShort ? 16 : 30), isShort ? 4 : 6).put(order, isShort ? 3 : 5);
				if (order === 0) continue;
				const compress = random(2);
				writer.put(random(2), 1).put(compress, 1);
				const bits = resolution - compress;
				for (let index = 0; index < order; index++) {
					// Small ones: filters of many large ones would explode.
					writer.put((random(3) - 1 + 2 ** bits) % 2 ** bits, bits);
				}
			}
		}
	}

	private coefficients(writer: BitWriter, codebook: number, count: number): void {
		const { random } = this;
		const { symbols } = SPECTRAL_CODEBOOKS[codebook - 1]!;
		const dimension = codebook < 5 ? 4 : 2;
		const base = Math.round(symbols.length ** (1 / dimension));
		const isSigned = [1, 2, 5, 6].includes(codebook);
		for (let index = 0; index < count; index += dimension) {
			const symbol = random(3)
				? random(symbols.length)
				: Math.floor(isSigned ? symbols.length / 2 : 0);
			putSymbol(writer, SPECTRAL_CODEBOOKS[codebook - 1]!, symbol);
			if (isSigned) continue;
			const values = Array.from(
				{ length: dimension },
				(_, place) => Math.floor(symbol / base ** (dimension - 1 - place)) % base,
			);
			for (const value of values) if (value !== 0) writer.put(random(2), 1);
			if (codebook === 11) for (const value of values) if (value === 16) this.escape(writer);
		}
	}

	private escape(writer: BitWriter): void {
		const prefix = this.random(this.random(50) === 0 ? 9 : 3);
		writer
			.put(2 ** prefix - 1, prefix)
			.put(0, 1)
			.put(this.random(2 ** (prefix + 4)), prefix + 4);
	}
}

const codes = new Map<Codebook, Map<number, [code: number, length: number]>>();

function putSymbol(writer: BitWriter, codebook: Codebook, symbol: number): void {
	if (!codes.has(codebook)) codes.set(codebook, codesOf(codebook));
	writer.put(...codes.get(codebook)!.get(symbol)!);
}

function codesOf({ counts, symbols }: Codebook): Map<number, [number, number]> {
	const bySymbol = new Map<number, [number, number]>();
	let code = 0;
	counts.forEach((count, index) => {
		code *= 2;
		for (let rest = count; rest > 0; rest--)
			bySymbol.set(symbols[bySymbol.size]!, [code++, index + 1]);
	});
	return bySymbol;
}

/** An ADTS frame around raw data blocks (1.A.3.2), with checksums if wanted, which nobody checks. */
export function adtsFrame(
	blocks: Uint8Array[],
	{ sampleRateIndex = 4, channelConfiguration = 1, hasCrc = false, objectType = 2 } = {},
): Uint8Array {
	const crc = new Uint8Array(hasCrc ? 2 : 0);
	const behind = blocks.length > 1 ? crc : new Uint8Array(0);
	const body = concat(
		...blocks.slice(1).map(() => crc),
		crc,
		...blocks.flatMap((block) => [block, behind]),
	);
	const header = new BitWriter()
		.put(0xfff0 + (hasCrc ? 0 : 1), 16)
		.put(objectType - 1, 2)
		.put(sampleRateIndex, 4)
		.put(channelConfiguration, 4)
		.put(0, 4)
		.put(body.length + 7, 13)
		.put(0x7ff, 11)
		.put(blocks.length - 1, 2);
	return concat(header.bytes(), body);
}
