import { DamagedAudioError } from '../../errors';
import type { LsbBitReader } from '../lsbBitReader';
import { type Codebook, NO_ENTRY } from './codebook';
import { codebookAt } from './floor';

/** A residue takes up to eight passes over the spectrum, each finer than the last. */
const PASSES = 8;

/** Reads a residue's configuration (Vorbis I, section 8.6.1). */
export function readResidue(bits: LsbBitReader, codebooks: Codebook[]): Residue {
	const type = bits.read(16);
	const begin = bits.read(24);
	const end = bits.read(24);
	const partitionSize = bits.read(24) + 1;
	const classifications = bits.read(6) + 1;
	const classBook = codebookAt(codebooks, bits.read(8));
	const cascades = Array.from({ length: classifications }, () => {
		const low = bits.read(3);
		return low | ((bits.flag() ? bits.read(5) : 0) << 3);
	});
	const books = cascades.map((cascade) =>
		Array.from({ length: PASSES }, (_, pass) =>
			(cascade & (1 << pass)) !== 0 ? codebookAt(codebooks, bits.read(8)) : undefined,
		),
	);
	const isPossible =
		type <= 2 &&
		begin <= end &&
		classBook.dimensions > 0 &&
		books.flat().every((book) => !book || (book.vectors && partitionSize % book.dimensions === 0));
	if (!isPossible) throw new DamagedAudioError('its Vorbis setup is broken');
	return new Residue(type, begin, end, partitionSize, classBook, books);
}

/** The fine structure of spectra, as vectors from codebooks (section 8). */
export class Residue {
	private classes = new Uint8Array(0);
	private interleaved = new Float32Array(0);
	/** By class a bit for each pass that has a book, and those of all classes in a packet. */
	private readonly cascades: number[];
	private usedPasses = 0;

	constructor(
		private readonly type: number,
		private readonly begin: number,
		private readonly end: number,
		private readonly partitionSize: number,
		private readonly classBook: Codebook,
		/** By class and pass. */
		private readonly books: (Codebook | undefined)[][],
	) {
		this.cascades = books.map((passes) =>
			passes.reduce((bits, book, pass) => (book ? bits | (1 << pass) : bits), 0),
		);
	}

	/**
	 * Reads the spectra of some channels (section 8.6.2), which must be zero; where the packet ends too early,
	 * what was read counts.
	 *
	 * @param isSilent channels whose spectrum is not coded
	 */
	read(bits: LsbBitReader, spectra: Float32Array[], isSilent: boolean[]): void {
		if (this.type !== 2) {
			const coded = spectra.filter((_, channel) => !isSilent[channel]);
			this.readVectors(bits, coded, this.type === 0);
			return;
		}
		if (isSilent.every(Boolean)) return;
		if (spectra.length === 1) {
			this.readVectors(bits, spectra, false);
			return;
		}
		this.readInterleaved(bits, spectra);
	}

	/** Type 2: all channels as one (section 8.6.5). */
	private readInterleaved(bits: LsbBitReader, spectra: Float32Array[]): void {
		const channels = spectra.length;
		const size = spectra[0]!.length;
		if (this.interleaved.length < size * channels) {
			this.interleaved = new Float32Array(size * channels);
		}
		const vector = this.interleaved.subarray(0, size * channels).fill(0);
		this.readVectors(bits, [vector], false);
		for (const [channel, spectrum] of spectra.entries()) {
			for (let at = channel, line = 0; line < size; at += channels, line++) {
				spectrum[line] = vector[at]!;
			}
		}
	}

	private readVectors(bits: LsbBitReader, vectors: Float32Array[], isStrided: boolean): void {
		const { partitionSize, classBook, books } = this;
		const size = vectors[0]?.length ?? 0;
		const begin = Math.min(this.begin, size);
		const partitions = Math.floor((Math.min(this.end, size) - begin) / partitionSize);
		const perCodeword = classBook.dimensions;
		if (this.classes.length < vectors.length * partitions) {
			this.classes = new Uint8Array(vectors.length * partitions);
		}
		this.usedPasses = 1;
		for (let pass = 0; pass < PASSES; pass++) {
			if ((this.usedPasses & (1 << pass)) === 0) continue;
			for (let first = 0; first < partitions; first += perCodeword) {
				const last = Math.min(first + perCodeword, partitions);
				if (pass === 0) {
					for (let channel = 0; channel < vectors.length; channel++) {
						if (!this.readClasses(bits, channel * partitions, first, last)) return;
					}
				}
				for (let partition = first; partition < last; partition++) {
					const at = begin + partition * partitionSize;
					for (let channel = 0; channel < vectors.length; channel++) {
						const book = books[this.classes[channel * partitions + partition]!]![pass];
						if (!book) continue;
						const isRead = isStrided
							? addStrided(bits, book, vectors[channel]!, at, partitionSize)
							: addVectors(bits, book, vectors[channel]!, at, partitionSize);
						if (!isRead) return;
					}
				}
			}
		}
	}

	/** One codeword holds the classes of several partitions, the last one in the lowest digit. */
	private readClasses(bits: LsbBitReader, offset: number, first: number, last: number): boolean {
		let codeword = this.classBook.decode(bits);
		if (codeword === NO_ENTRY) return false;
		const base = this.books.length;
		for (let partition = first + this.classBook.dimensions - 1; partition >= first; partition--) {
			if (partition < last) {
				const kind = codeword % base;
				this.classes[offset + partition] = kind;
				this.usedPasses |= this.cascades[kind]!;
			}
			codeword = Math.floor(codeword / base);
		}
		return true;
	}
}

/** Types 1 and 2: a vector's values lie side by side (section 8.6.4). */
function addVectors(
	bits: LsbBitReader,
	book: Codebook,
	spectrum: Float32Array,
	from: number,
	size: number,
): boolean {
	const { dimensions } = book;
	const vectors = book.vectors!;
	for (let at = from; at < from + size;) {
		const entry = book.decode(bits);
		if (entry === NO_ENTRY) return false;
		const end = (entry + 1) * dimensions;
		for (let value = entry * dimensions; value < end; value++) spectrum[at++]! += vectors[value]!;
	}
	return true;
}

/** Type 0: a vector's values are spread over the partition (section 8.6.3). */
function addStrided(
	bits: LsbBitReader,
	book: Codebook,
	spectrum: Float32Array,
	from: number,
	size: number,
): boolean {
	const { dimensions } = book;
	const vectors = book.vectors!;
	const stride = size / dimensions;
	for (let at = from; at < from + stride; at++) {
		const entry = book.decode(bits);
		if (entry === NO_ENTRY) return false;
		for (let value = 0; value < dimensions; value++) {
			spectrum[at + value * stride]! += vectors[entry * dimensions + value]!;
		}
	}
	return true;
}
