import { DamagedAudioError, TruncatedAudioError } from '../../errors';
import type { StreamInfo } from '../../streamInfo';
import { type PcmBlock } from '../../pcm';
import type { ByteSource } from '../../source/bytes';
import { PADDING_BYTES } from '../../codecs/flac/bits';
import { FrameDecoder, type FrameEnd } from '../../codecs/flac/frame';
import {
	MAX_HEADER_BYTES,
	parseFrameHeader,
	type FrameHeader,
} from '../../codecs/flac/frameHeader';
import { readFlacStream, type FlacStream } from '../../codecs/flac/streamInfo';

const READ_BYTES = 128 * 1024;
/** What is kept ready for a frame whose size nobody stated. */
const USUAL_FRAME_BYTES = 32 * 1024;
/** More than eight channels of 65,535 samples of 32 bits take. */
const MAX_FRAME_BYTES = 4 * 1024 * 1024;
/** Where the last frame is looked for. */
const TAIL_BYTES = 256 * 1024;
const YIELD_SAMPLES = 8192;
/** What other programs put behind the last frame; zeros fill up. */
const END_MARKS = ['TAG', 'APETAGEX', 'LYRICS', 'ID3', '\0'];
/** As many samples as can have been in a byte: 65,535 in a frame of 10 bytes. */
const MAX_SAMPLES_PER_BYTE = 6553;
/**
 * Samples that may be decoded in vain beyond those that were not: false headers, each with a large block, would
 * take for ever.
 */
const MAX_VAIN_SAMPLES = 2 ** 23;
const VAIN_FRAME_SAMPLES = 4096;
/** Silence takes next to no bytes: others get a turn when so many samples came of one read. */
const SAMPLES_PER_READ = 2 ** 19;

/**
 * Reads what a FLAC file says of its sound (RFC 9639). Where the encoder did not know the length, the last
 * frame tells it.
 *
 * @throws DamagedAudioError when there is no usable STREAMINFO
 */
export async function inspectFlac(source: ByteSource): Promise<StreamInfo> {
	const stream = await readFlacStream(source);
	const samples = stream.totalSamples || (await findEnd(source, stream));
	if (samples === 0) throw new DamagedAudioError('it has no FLAC frames');
	const duration = samples / stream.sampleRate;
	return {
		codec: 'flac',
		channels: stream.channels,
		sampleRate: stream.sampleRate,
		duration,
		bitRate: Math.round(((source.size - stream.firstFrame) * 8) / duration),
	};
}

/**
 * Decodes FLAC to mono at its own sample rate. A damaged frame becomes silence of its length.
 *
 * @throws DamagedAudioError when there is no frame that can be decoded
 * @throws TruncatedAudioError behind all that could be decoded, when frames are damaged or missing
 */
export async function* decodeFlac(source: ByteSource): AsyncGenerator<PcmBlock> {
	const stream = await readFlacStream(source);
	const { sampleRate } = stream;
	const frames = new FrameReader(source, stream);
	let position = 0;
	let given = 0;
	let hasHole = false;
	for (let frame = await frames.next(); frame; frame = await frames.next()) {
		const { samples, holeBytes } = frame;
		const missing = holeBytes > 0 ? Math.max(0, frame.position - position) : 0;
		if (missing > 0) hasHole = true;
		// What follows keeps its time.
		const silence = missing <= holeBytes * MAX_SAMPLES_PER_BYTE ? missing : 0;
		for (let from = 0; from < silence; from += YIELD_SAMPLES) {
			yield { samples: new Float32Array(Math.min(silence - from, YIELD_SAMPLES)), sampleRate };
		}
		for (let from = 0; from < samples.length; from += YIELD_SAMPLES) {
			yield { samples: samples.subarray(from, from + YIELD_SAMPLES), sampleRate };
		}
		position = frame.position + samples.length;
		given += silence + samples.length;
	}
	if (given === 0) throw new DamagedAudioError('it has no FLAC frame that can be decoded');
	if (stream.totalSamples > 0 ? given < stream.totalSamples : frames.isCutShort) {
		throw new TruncatedAudioError('the file ends before its sound does');
	}
	if (hasHole) throw new TruncatedAudioError('parts of the file are damaged');
}

interface DecodedFrame {
	/** Good until the next frame is read. */
	samples: Float32Array;
	/** The sample with which it begins. */
	position: number;
	/** Bytes before it that are no frame. */
	holeBytes: number;
}

/** Finds and decodes one frame after the other. */
class FrameReader {
	/** Whether there is more behind the last frame, and it is nothing that other programs put there. */
	isCutShort = false;
	private readonly decoder = new FrameDecoder();
	private readonly window: Window;
	private frameBytes: number;
	private vainSamples = 0;
	private samplesOfRead = 0;

	constructor(
		source: ByteSource,
		private readonly stream: FlacStream,
	) {
		this.window = new Window(source, stream.firstFrame);
		this.frameBytes = Math.min(stream.maxFrameBytes || USUAL_FRAME_BYTES, MAX_FRAME_BYTES);
	}

	async next(): Promise<DecodedFrame | undefined> {
		const { window, stream } = this;
		if (this.samplesOfRead >= SAMPLES_PER_READ) await this.giveTurn();
		for (const from = window.offset; ; window.skipTo(0xff)) {
			const wanted = this.frameBytes + MAX_HEADER_BYTES;
			if (window.length < wanted) await window.have(wanted);
			if (window.length === 0) return undefined;
			const holeBytes = window.offset - from;
			const header = parseFrameHeader(window.bytes, window.at, stream);
			const frameEnd = header && (await this.decode(header));
			if (header && typeof frameEnd === 'object') {
				this.isCutShort = false;
				this.frameBytes = Math.max(this.frameBytes, frameEnd.end - window.at);
				this.samplesOfRead += header.blockSize;
				this.vainSamples = Math.max(0, this.vainSamples - header.blockSize * header.channels);
				window.at = frameEnd.end;
				const samples = this.decoder.mono.subarray(0, header.blockSize);
				return { samples, position: header.position, holeBytes };
			}
			if (holeBytes === 0) this.isCutShort = !END_MARKS.some((mark) => window.has(mark));
			if (header) this.vainSamples += header.blockSize * header.channels + VAIN_FRAME_SAMPLES;
			if (this.vainSamples > MAX_VAIN_SAMPLES) return undefined;
		}
	}

	private async giveTurn(): Promise<void> {
		this.samplesOfRead = 0;
		await this.window.touch();
	}

	private async decode(header: FrameHeader): Promise<FrameEnd> {
		const { window } = this;
		for (;;) {
			const frameEnd = this.decoder.decode(window.bytes, window.at, window.end, header);
			const length = window.length;
			if (frameEnd !== 'incomplete' || length >= MAX_FRAME_BYTES) return frameEnd;
			await window.have(2 * length);
			if (window.length === length) return frameEnd;
		}
	}
}

/** A stretch of a source that moves forward and grows as needed. */
class Window {
	/** Has room for words behind `end`. */
	bytes = new Uint8Array(PADDING_BYTES);
	/** The byte that is looked at. */
	at = 0;
	end = 0;

	constructor(
		private readonly source: ByteSource,
		/** Where in the source the next read begins. */
		private position: number,
	) {}

	get length(): number {
		return this.end - this.at;
	}

	/** Where in the source the byte is that is looked at. */
	get offset(): number {
		return this.position - this.length;
	}

	/** Whether a Latin-1 text is at the byte that is looked at. */
	has(text: string): boolean {
		return [...text].every((letter, index) => this.bytes[this.at + index] === letter.charCodeAt(0));
	}

	/** Does nothing but wait for the source. */
	async touch(): Promise<void> {
		await this.source.read(this.position, 1);
	}

	/** Reads on until there are so many bytes, or the end of the source is reached. */
	async have(length: number): Promise<void> {
		if (this.length >= length || this.position >= this.source.size) return;
		const more = await this.source.read(this.position, Math.max(length - this.length, READ_BYTES));
		const joined = new Uint8Array(this.length + more.length + PADDING_BYTES);
		joined.set(this.bytes.subarray(this.at, this.end));
		joined.set(more, this.length);
		this.end = this.length + more.length;
		this.position = more.length > 0 ? this.position + more.length : this.source.size;
		this.at = 0;
		this.bytes = joined;
	}

	/** Moves on to the next byte of a value, or to the end. */
	skipTo(value: number): void {
		const next = this.bytes.indexOf(value, this.at + 1);
		this.at = next === -1 || next > this.end ? this.end : next;
	}
}

/** The sample behind the last frame: that of the last header in the tail that continues one before it. */
async function findEnd(source: ByteSource, stream: FlacStream): Promise<number> {
	const length = Math.min(Math.max(TAIL_BYTES, 2 * stream.maxFrameBytes), MAX_FRAME_BYTES);
	const tail = await source.read(Math.max(stream.firstFrame, source.size - length), length);
	const ends = new Set<number>();
	let onlyEnd = 0;
	let lastEnd = 0;
	for (let at = tail.indexOf(0xff); at !== -1; at = tail.indexOf(0xff, at + 1)) {
		const header = parseFrameHeader(tail, at, stream);
		if (!header) continue;
		const end = header.position + header.blockSize;
		if (ends.has(header.position)) lastEnd = end;
		ends.add(end);
		onlyEnd ||= end;
	}
	return lastEnd || onlyEnd;
}
