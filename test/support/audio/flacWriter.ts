import { ascii, concat } from './recordings';

/** Writes bits, the most significant first. */
class BitWriter {
	private readonly bits: number[] = [];

	put(value: number, count: number): void {
		let rest = value < 0 ? value + 2 ** count : value;
		const bits: number[] = [];
		for (let index = 0; index < count; index++) {
			bits.unshift(rest % 2);
			rest = Math.floor(rest / 2);
		}
		this.bits.push(...bits);
	}

	bytes(): Uint8Array {
		while (this.bits.length % 8) this.bits.push(0);
		return Uint8Array.from({ length: this.bits.length / 8 }, (_, index) =>
			this.bits.slice(8 * index, 8 * index + 8).reduce((byte, bit) => 2 * byte + bit, 0),
		);
	}
}

/** A remainder bit by bit, as RFC 9639 describes it. */
function crc(bytes: Uint8Array, width: number, polynomial: number): number {
	let remainder = 0;
	for (const byte of bytes) {
		for (let bit = 7; bit >= 0; bit--) {
			const carry = ((remainder >> (width - 1)) ^ (byte >> bit)) & 1;
			remainder = ((remainder << 1) & (2 ** width - 1)) ^ (carry ? polynomial : 0);
		}
	}
	return remainder;
}

/** How a subframe is coded; without more the samples are as they are. */
export interface Coding {
	/** Taps, of which the first belongs to the latest sample; fixed predictors are told by their order. */
	fixed?: number;
	linear?: { coefficients: number[]; shift: number; precision: number };
	/** Bits that all samples have as zeros. */
	wasted?: number;
	partitionOrder?: number;
	/** Bits of Rice parameters. */
	parameterBits?: 4 | 5;
	/** The parameter of each partition in turn; plain numbers of `-width - 1` bits where it is below 0. */
	parameters?: number[];
}

export interface Frame {
	/** By channel as they are coded: a difference where the assignment wants one. */
	channels: number[][];
	codings?: Coding[];
	assignment?: number;
}

export interface Flac {
	frames: Frame[];
	bitsPerSample?: number;
	sampleRate?: number;
	/** Numbers the samples instead of the frames. */
	isVariable?: boolean;
	totalSamples?: number;
	/** Metadata blocks behind STREAMINFO: type and content. */
	metadata?: [number, Uint8Array][];
}

/** Frames of a FLAC file, which is STREAMINFO, other metadata, and these. */
export function flacParts(flac: Flac): { head: Uint8Array; frames: Uint8Array[] } {
	const { frames, bitsPerSample = 16, sampleRate = 16000, isVariable = false } = flac;
	const { metadata = [] } = flac;
	const sizes = frames.map(({ channels }) => channels[0]!.length);
	const info = new BitWriter();
	info.put(isVariable ? 16 : sizes[0]!, 16);
	info.put(Math.max(...sizes), 16);
	info.put(0, 48);
	info.put(sampleRate, 20);
	info.put(frames[0]!.channels.length - 1, 3);
	info.put(bitsPerSample - 1, 5);
	info.put(flac.totalSamples ?? sizes.reduce((sum, size) => sum + size, 0), 36);
	const blocks: [number, Uint8Array][] = [
		[0, concat(info.bytes(), new Uint8Array(16))],
		...metadata,
	];
	const head = concat(
		ascii('fLaC'),
		...blocks.map(([type, content], index) => {
			const header = new BitWriter();
			header.put(index === blocks.length - 1 ? 1 : 0, 1);
			header.put(type, 7);
			header.put(content.length, 24);
			return concat(header.bytes(), content);
		}),
	);
	let position = 0;
	return {
		head,
		frames: frames.map((frame, index) => {
			const bytes = writeFrame(frame, isVariable ? position : index, isVariable, bitsPerSample);
			position += sizes[index]!;
			return bytes;
		}),
	};
}

export function flacFile(flac: Flac): Uint8Array {
	const { head, frames } = flacParts(flac);
	return concat(head, ...frames);
}

function writeFrame(frame: Frame, number: number, isVariable: boolean, bits: number): Uint8Array {
	const { channels, codings = [] } = frame;
	const assignment = frame.assignment ?? channels.length - 1;
	const blockSize = channels[0]!.length;
	const header = new BitWriter();
	header.put(0x3ffe, 14);
	header.put(isVariable ? 1 : 0, 2);
	header.put(7, 4);
	header.put(0, 4);
	header.put(assignment, 4);
	header.put(0, 4);
	for (const byte of codedNumber(number)) header.put(byte, 8);
	header.put(blockSize - 1, 16);
	const head = header.bytes();
	const body = new BitWriter();
	channels.forEach((samples, channel) => {
		const side = [-1, -1, -1, -1, -1, -1, -1, -1, 1, 0, 1][assignment];
		writeSubframe(body, samples, codings[channel] ?? {}, channel === side ? bits + 1 : bits);
	});
	const all = concat(head, Uint8Array.of(crc(head, 8, 0x07)), body.bytes());
	const check = crc(all, 16, 0x8005);
	return concat(all, Uint8Array.of(check >> 8, check & 0xff));
}

/** As UTF-8, carried on to 36 bits. */
function codedNumber(number: number): number[] {
	if (number < 0x80) return [number];
	const tail: number[] = [];
	let rest = number;
	let room = 6;
	do {
		tail.unshift(0x80 | (rest % 64));
		rest = Math.floor(rest / 64);
		room = 6 - tail.length;
	} while (rest >= 2 ** room);
	return [((0xff << (7 - tail.length)) & 0xff) | rest, ...tail];
}

const FIXED = [[], [1], [2, -1], [3, -3, 1], [4, -6, 4, -1]];

function writeSubframe(out: BitWriter, input: number[], coding: Coding, width: number): void {
	const { fixed, linear, wasted = 0 } = coding;
	const samples = input.map((sample) => sample / 2 ** wasted);
	const bits = width - wasted;
	const coefficients = linear?.coefficients ?? FIXED[fixed ?? 0]!;
	const order = coefficients.length;
	const isConstant = samples.every((sample) => sample === samples[0]);
	const isPredicted = linear !== undefined || fixed !== undefined;
	const type = linear ? 31 + order : fixed !== undefined ? 8 + fixed : isConstant ? 0 : 1;
	out.put(type, 7);
	out.put(wasted > 0 ? 1 : 0, 1);
	if (wasted > 0) out.put(1, wasted);
	const plain = isPredicted ? samples.slice(0, order) : isConstant ? [samples[0]!] : samples;
	for (const sample of plain) out.put(sample, bits);
	if (!isPredicted) return;
	if (linear) {
		out.put(linear.precision - 1, 4);
		out.put(linear.shift, 5);
		for (const coefficient of coefficients) out.put(coefficient, linear.precision);
	}
	const residual = samples.slice(order).map((sample, index) => {
		const sum = coefficients.reduce(
			(all, tap, back) => all + tap * samples[index + order - 1 - back]!,
			0,
		);
		return sample - Math.floor(sum / 2 ** (linear?.shift ?? 0));
	});
	writeResidual(out, residual, order, coding);
}

function writeResidual(out: BitWriter, residual: number[], order: number, coding: Coding): void {
	const { partitionOrder = 0, parameterBits = 4, parameters = [5] } = coding;
	const partitionSize = (residual.length + order) / 2 ** partitionOrder;
	out.put(parameterBits - 4, 2);
	out.put(partitionOrder, 4);
	for (let partition = 0, at = 0; partition < 2 ** partitionOrder; partition++) {
		const end = (partition + 1) * partitionSize - order;
		const parameter = parameters[partition % parameters.length]!;
		if (parameter < 0) {
			out.put(2 ** parameterBits - 1, parameterBits);
			out.put(-parameter - 1, 5);
			for (; at < end; at++) out.put(residual[at]!, -parameter - 1);
			continue;
		}
		out.put(parameter, parameterBits);
		for (; at < end; at++) {
			const folded = residual[at]! < 0 ? -2 * residual[at]! - 1 : 2 * residual[at]!;
			const quotient = Math.floor(folded / 2 ** parameter);
			for (let zeros = 0; zeros < quotient; zeros++) out.put(0, 1);
			out.put(1, 1);
			out.put(folded % 2 ** parameter, parameter);
		}
	}
}
