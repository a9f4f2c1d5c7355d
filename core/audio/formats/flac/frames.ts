import { crc16 } from '../../codecs/flac/crc';
import {
	MAX_HEADER_BYTES,
	parseFrameHeader,
	type FrameHeader,
} from '../../codecs/flac/frameHeader';
import type { ByteSource } from '../../source/bytes';
import type { FlacFile } from './metadata';
import { Window } from './window';

/** A frame as a packet, and where it belongs. */
export interface FlacFrame {
	bytes: Uint8Array;
	/** Samples per channel. */
	blockSize: number;
	/** The sample with which it begins. */
	position: number;
	/** Where in the file it begins. */
	offset: number;
	/** Bytes before it that are not a frame, as far as is known. */
	holeBytes: number;
}

/** How many bytes are kept ready for a frame of unknown size. */
const USUAL_FRAME_BYTES = 32 * 1024;
/** How far the next header is looked for, and how many times the size of plain samples. */
const MIN_SEARCH_BYTES = 256 * 1024;
const MAX_SEARCH_BYTES = 4 * 1024 * 1024;
const LONGEST_RATIO = 2;
/** Bytes that may be looked through for the end of false frames: false headers would take for ever. */
const MAX_VAIN_BYTES = 16 * 1024 * 1024;
/** How many of those bytes each byte of a good frame makes up for. */
const REGAINED_RATIO = 16;
/** Bytes that are looked through, and places that are looked at, before others have their turn. */
const STRETCH_BYTES = 256 * 1024;
const STRETCH_PLACES = 1024;
/** What other programs put after the last frame; zeros are padding. */
const END_MARKS = ['TAG', 'APETAGEX', 'LYRICS', 'ID3', '\0'];

/**
 * Finds one frame after the other. A frame does not state its length: it ends where the header of the
 * next one is (RFC 9639, 9.1), or where the remainder of its CRC is 0 (9.3).
 */
export class FrameFinder {
	/** Whether the file ends within a frame. */
	isCutShort = false;
	private readonly window: Window;
	private readonly usualBytes: number;
	/** The sample with which the next frame should begin; unknown before the first one. */
	private expected: number | undefined;
	private vainBytes = 0;
	/** Whether the next frame follows the latest one directly; else others may be lost in its packet. */
	private isConfirmed = true;
	private swallowedBytes = 0;

	constructor(
		source: ByteSource,
		private readonly file: FlacFile,
	) {
		this.window = new Window(source, file.firstFrame);
		this.usualBytes = file.stream.maxFrameBytes || USUAL_FRAME_BYTES;
	}

	async next(): Promise<FlacFrame | undefined> {
		const { window } = this;
		const from = window.offset;
		for (let count = 0; this.vainBytes <= MAX_VAIN_BYTES; this.skipToSync()) {
			if (++count % STRETCH_PLACES === 0) await window.touch();
			await window.have(MAX_HEADER_BYTES);
			if (window.length === 0) return undefined;
			const header = parseFrameHeader(window.bytes, window.at, this.file.stream);
			if (!header) {
				if (window.offset === from) this.isCutShort = !this.isEndMark(window.at);
				continue;
			}
			const size = await this.sizeOf(header);
			if (size === undefined) continue;
			const holeBytes = window.offset - from + this.swallowedBytes;
			this.swallowedBytes = this.isConfirmed ? 0 : size - this.ownSize(size);
			this.vainBytes = Math.max(0, this.vainBytes - REGAINED_RATIO * size);
			const { offset } = window;
			const bytes = window.bytes.subarray(window.at, window.at + size);
			window.at += size;
			this.isCutShort = !this.isConfirmed;
			const { blockSize, position } = header;
			this.expected = position + blockSize;
			return { bytes, blockSize, position, offset, holeBytes };
		}
		return undefined;
	}

	/** Bytes of the current frame; undefined when it turns out not to be one, or to be cut off. */
	private async sizeOf(header: FrameHeader): Promise<number | undefined> {
		const { window } = this;
		const { blockSize, channels, bitsPerSample } = header;
		const plain = (blockSize * channels * bitsPerSample) / 8;
		const longest = Math.min(Math.max(LONGEST_RATIO * plain, MIN_SEARCH_BYTES), MAX_SEARCH_BYTES);
		const isExpected = this.expected === undefined || header.position === this.expected;
		const end = header.position + blockSize;
		let crc = new RunningCrc(window);
		/** Where a frame begins that is not the next one: those in between may be lost. */
		let laterFrame: number | undefined;
		let at = header.size;
		this.isConfirmed = true;
		for (let wanted = this.usualBytes; ; wanted += Math.min(wanted, STRETCH_BYTES)) {
			await window.touch();
			const bytes = window.bytes;
			await window.have(Math.min(wanted, longest) + MAX_HEADER_BYTES);
			if (window.bytes !== bytes) crc = new RunningCrc(window);
			const isAll = window.isAtEnd && window.length <= longest;
			// A header may be cut off by the end of what has been read.
			const known = window.length - (window.isAtEnd ? 0 : MAX_HEADER_BYTES);
			const limit = Math.min(longest, known);
			for (at = this.nextSync(at); at < limit; at = this.nextSync(at + 1)) {
				const next = parseFrameHeader(window.bytes, window.at + at, this.file.stream);
				if (!next) continue;
				this.isConfirmed = next.position === end;
				if (this.isConfirmed || crc.upTo(at) === 0) return at;
				if (next.position > end) laterFrame ??= at;
			}
			at = limit;
			if (!isAll && limit < longest) continue;
			this.vainBytes += limit;
			if (isAll && laterFrame === undefined) return this.sizeOfLast(isExpected);
			this.isConfirmed = false;
			return isExpected ? (laterFrame ?? limit) : undefined;
		}
	}

	/** How many of these bytes belong to the frame they begin with. */
	private ownSize(size: number): number {
		const crc = new RunningCrc(this.window);
		for (let own = 1; own <= size; own++) {
			if (crc.upTo(own) === 0) return own;
		}
		return 0;
	}

	/** The last frame ends where its checksum says so and nothing but other programs' tags follow. */
	private sizeOfLast(isExpected: boolean): number | undefined {
		const { window } = this;
		const crc = new RunningCrc(window);
		let isComplete = false;
		for (let size = 1; size <= window.length; size++) {
			if (crc.upTo(size) !== 0) continue;
			if (size === window.length || this.isEndMark(window.at + size)) return size;
			isComplete = true;
		}
		if (!isExpected) return undefined;
		// Something else follows, which the frame does not need.
		this.isConfirmed = !isComplete;
		this.isCutShort = true;
		return isComplete ? window.length : undefined;
	}

	/** How far from the window's beginning the next byte is that may begin a header. */
	private nextSync(from: number): number {
		const { bytes, at } = this.window;
		const found = bytes.indexOf(0xff, at + from);
		return found === -1 ? Infinity : found - at;
	}

	private skipToSync(): void {
		const { window } = this;
		window.at = Math.min(window.bytes.length, window.at + this.nextSync(1));
	}

	private isEndMark(at: number): boolean {
		const { bytes } = this.window;
		return END_MARKS.some((mark) =>
			[...mark].every((letter, index) => bytes[at + index] === letter.charCodeAt(0)),
		);
	}
}

/** The CRC remainder of a window's bytes from its beginning, computed as far as needed. */
class RunningCrc {
	private remainder = 0;
	private size = 0;
	private readonly bytes: Uint8Array;

	constructor({ bytes, at }: Window) {
		this.bytes = bytes.subarray(at);
	}

	/** @param size never less than before */
	upTo(size: number): number {
		this.remainder = crc16(this.bytes, this.size, size, this.remainder);
		this.size = size;
		return this.remainder;
	}
}
