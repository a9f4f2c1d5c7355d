import { DamagedAudioError, UnsupportedAudioError } from '../../errors';
import { bitLength, type LsbBitReader } from '../lsbBitReader';
import { type Codebook, NO_ENTRY } from './codebook';

const MAX_POINTS = 65;
/** By multiplier: how many values an amplitude has (Vorbis I, section 7.2.2.1). */
const RANGES = [256, 128, 86, 64];
/** Amplitudes in steps of 140/256 dB up to 0 dB (section 10.1). */
const AMPLITUDES = Float32Array.from({ length: 256 }, (_, index) =>
	Math.pow(10, ((index - 255) * (140 / 256)) / 20),
);

interface FloorClass {
	dimensions: number;
	subclassBits: number;
	masterBook: Codebook | undefined;
	/** Undefined where an amplitude is not coded. */
	subclassBooks: (Codebook | undefined)[];
}

/** Reads a floor's configuration (section 7.2.2). */
export function readFloor(bits: LsbBitReader, codebooks: Codebook[]): Floor {
	const type = bits.read(16);
	if (type === 0)
		throw new UnsupportedAudioError('its Vorbis stream is of a very old kind (floor 0)');
	if (type !== 1) throw new DamagedAudioError('its Vorbis setup is broken');
	const partitions = Array.from({ length: bits.read(5) }, () => bits.read(4));
	const classes = Array.from({ length: Math.max(-1, ...partitions) + 1 }, () =>
		readClass(bits, codebooks),
	);
	const multiplier = bits.read(2) + 1;
	const rangeBits = bits.read(4);
	const positions = [0, 2 ** rangeBits];
	for (const partition of partitions) {
		for (let index = 0; index < classes[partition]!.dimensions; index++) {
			positions.push(bits.read(rangeBits));
		}
	}
	if (positions.length > MAX_POINTS || new Set(positions).size < positions.length) {
		throw new DamagedAudioError('its Vorbis setup is broken');
	}
	return new Floor(
		partitions.map((partition) => classes[partition]!),
		multiplier,
		positions,
	);
}

function readClass(bits: LsbBitReader, codebooks: Codebook[]): FloorClass {
	const dimensions = bits.read(3) + 1;
	const subclassBits = bits.read(2);
	const masterBook = subclassBits > 0 ? codebookAt(codebooks, bits.read(8)) : undefined;
	const subclassBooks = Array.from({ length: 1 << subclassBits }, () => {
		const book = bits.read(8);
		return book === 0 ? undefined : codebookAt(codebooks, book - 1);
	});
	return { dimensions, subclassBits, masterBook, subclassBooks };
}

/** The codebook that a configuration names. */
export function codebookAt(codebooks: Codebook[], index: number): Codebook {
	const codebook = codebooks[index];
	if (!codebook) throw new DamagedAudioError('its Vorbis setup is broken');
	return codebook;
}

/** A spectrum's envelope as a line through points (floor 1, section 7). */
export class Floor {
	/** Indexes of the points from left to right. */
	private readonly order: number[];
	/** For each point the nearest ones before it in the list that lie left and right of it. */
	private readonly left: number[];
	private readonly right: number[];
	private readonly range: number;

	constructor(
		private readonly partitions: FloorClass[],
		private readonly multiplier: number,
		private readonly positions: number[],
	) {
		this.range = RANGES[multiplier - 1]!;
		this.order = positions.map((_, index) => index).sort((a, b) => positions[a]! - positions[b]!);
		this.left = positions.map((_, index) => this.neighbour(index, -1));
		this.right = positions.map((_, index) => this.neighbour(index, 1));
	}

	private neighbour(index: number, side: -1 | 1): number {
		let nearest = side < 0 ? 0 : 1;
		for (let other = 0; other < index; other++) {
			const distance = (this.positions[other]! - this.positions[index]!) * side;
			const best = (this.positions[nearest]! - this.positions[index]!) * side;
			if (distance > 0 && distance < best) nearest = other;
		}
		return nearest;
	}

	/** Reads a channel's envelope (section 7.2.3) into `amplitudes`; false when the channel is silent. */
	read(bits: LsbBitReader, amplitudes: Int32Array): boolean {
		if (!bits.flag()) return false;
		const amplitudeBits = bitLength(this.range - 1);
		amplitudes[0] = Math.min(bits.read(amplitudeBits), this.range - 1);
		amplitudes[1] = Math.min(bits.read(amplitudeBits), this.range - 1);
		let at = 2;
		for (const { dimensions, subclassBits, masterBook, subclassBooks } of this.partitions) {
			let subclasses = 0;
			if (masterBook) subclasses = masterBook.decode(bits);
			if (subclasses === NO_ENTRY) return false;
			for (let index = 0; index < dimensions; index++) {
				const book = subclassBooks[subclasses & ((1 << subclassBits) - 1)];
				subclasses >>= subclassBits;
				const value = book ? book.decode(bits) : 0;
				if (value === NO_ENTRY) return false;
				amplitudes[at++] = value;
			}
		}
		this.resolve(amplitudes);
		return !bits.isPastEnd;
	}

	/** Amplitudes are coded as differences from what lies on the line so far; -1 marks a point without one (7.2.4, step 1). */
	private resolve(amplitudes: Int32Array): void {
		const { positions, range } = this;
		const isUsed = new Uint8Array(positions.length);
		isUsed[0] = isUsed[1] = 1;
		for (let index = 2; index < positions.length; index++) {
			const left = this.left[index]!;
			const right = this.right[index]!;
			const predicted = pointOnLine(
				positions[left]!,
				amplitudes[left]!,
				positions[right]!,
				amplitudes[right]!,
				positions[index]!,
			);
			const coded = amplitudes[index]!;
			const above = range - predicted;
			const room = 2 * Math.min(above, predicted);
			if (coded === 0) {
				amplitudes[index] = predicted;
				continue;
			}
			isUsed[left] = isUsed[right] = isUsed[index] = 1;
			let value: number;
			if (coded >= room) value = above > predicted ? coded : range - coded - 1;
			else value = predicted + (coded % 2 === 1 ? -(coded + 1) / 2 : coded / 2);
			amplitudes[index] = Math.max(0, Math.min(range - 1, value));
		}
		for (let index = 2; index < positions.length; index++) {
			if (isUsed[index] === 0) amplitudes[index] = -1;
		}
	}

	/** Adds a channel's spectrum, shaped by its envelope, to `sum` (7.2.4, step 2). */
	shape(amplitudes: Int32Array, spectrum: Float32Array, sum: Float64Array): void {
		const { positions, multiplier } = this;
		const end = spectrum.length;
		let x = 0;
		let y = amplitudes[0]! * multiplier;
		for (const index of this.order) {
			if (index === 0 || amplitudes[index]! < 0) continue;
			const nextX = positions[index]!;
			const nextY = amplitudes[index]! * multiplier;
			addLine(x, y, nextX, nextY, Math.min(nextX, end), spectrum, sum);
			x = nextX;
			y = nextY;
		}
		const amplitude = AMPLITUDES[y]!;
		for (; x < end; x++) sum[x]! += spectrum[x]! * amplitude;
	}
}

/** Section 9.2.6. */
function pointOnLine(x0: number, y0: number, x1: number, y1: number, x: number): number {
	const offset = Math.floor((Math.abs(y1 - y0) * (x - x0)) / (x1 - x0));
	return y1 < y0 ? y0 - offset : y0 + offset;
}

/** Draws a line of amplitudes in whole steps (section 9.2.7). */
function addLine(
	x0: number,
	y0: number,
	x1: number,
	y1: number,
	end: number,
	spectrum: Float32Array,
	sum: Float64Array,
): void {
	const width = x1 - x0;
	const height = y1 - y0;
	const base = Math.trunc(height / width);
	const remainder = Math.abs(height) - Math.abs(base * width);
	const step = height < 0 ? base - 1 : base + 1;
	let y = y0;
	let error = 0;
	for (let x = x0; x < end; x++) {
		sum[x]! += spectrum[x]! * AMPLITUDES[y]!;
		error += remainder;
		if (error >= width) {
			error -= width;
			y += step;
		} else {
			y += base;
		}
	}
}
