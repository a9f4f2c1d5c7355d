import { HeldBytes } from './heldBytes';
import { findCut } from './pauses';
import { MARGIN_SECONDS, type Limits, type Piece } from './piece';
import { PieceMemory } from './pieceMemory';
import { PowerMeter } from './powerMeter';
import { whatIsWorthSending, type IsRepeated } from './repetition';
import { WAV_HEADER_BYTES, WAV_MIME_TYPE, wavFile, type PcmFormat } from './wavFile';

/** PCM from whose front pieces are cut; each becomes a WAV file. */
export class SampleStrip {
	private readonly held = new HeldBytes();
	private readonly meter: PowerMeter;
	private readonly memory = new PieceMemory();
	/** Bytes that were dropped. */
	private gone = 0;
	private overlap = 0;

	constructor(
		private readonly format: PcmFormat,
		private readonly limits: Limits,
		private readonly isRepeated: IsRepeated = () => false,
	) {
		this.meter = new PowerMeter(format);
	}

	/** Takes samples, any number of bytes. */
	push(bytes: Uint8Array): void {
		this.held.push(bytes);
		this.meter.measure(this.held.view());
	}

	isFull(): boolean {
		return this.exceeds(this.limits.maxSeconds);
	}

	/** The next piece, ending at the best place. */
	cut(): Piece {
		const powers = this.meter.powers.slice(0, this.longest());
		const { at, overlap } = findCut(powers, this.meter.stepSeconds);
		const { stepBytes } = this.meter;
		const piece = this.pieceTo(at * stepBytes);
		this.beginAt(at - overlap);
		this.overlap = overlap * this.meter.stepSeconds;
		return piece;
	}

	/** What is left, in as few pieces as possible. */
	*cutRest(): Generator<Piece> {
		// A recording that was never cut may fill a request.
		const margin = this.gone === 0 ? 0 : MARGIN_SECONDS;
		while (this.exceeds(this.limits.maxSeconds - margin)) yield this.cut();
		this.meter.measureRest(this.held.view());
		const { length } = this.held;
		if (length > 0) yield { ...this.pieceTo(length), isOnly: this.gone === 0 };
	}

	private exceeds(seconds: number): boolean {
		const { powers, stepSeconds, stepBytes } = this.meter;
		const { length } = this.held;
		const isLong = powers.length * stepSeconds > seconds || this.isHeavy(length);
		return isLong && length > stepBytes;
	}

	private isHeavy(bytes: number): boolean {
		return bytes + WAV_HEADER_BYTES > this.limits.maxBytes;
	}

	/** How many steps the longest possible piece has. */
	private longest(): number {
		const { stepSeconds, stepBytes } = this.meter;
		const bySeconds = Math.floor((this.limits.maxSeconds - MARGIN_SECONDS) / stepSeconds);
		const byBytes = Math.floor((this.limits.maxBytes - WAV_HEADER_BYTES) / stepBytes);
		return Math.max(1, Math.min(bySeconds, byBytes));
	}

	private pieceTo(end: number): Piece {
		const { stepBytes, stepSeconds } = this.meter;
		const [start, finish] = [this.timeOf(0), this.timeOf(end)];
		const powers = this.meter.powers.slice(0, Math.ceil(end / stepBytes));
		const samples = this.held.view(0, end);
		const bytes = wavFile(this.format, samples, this.memory);
		return {
			bytes,
			release: () => this.memory.giveBack(bytes),
			format: 'wav',
			mimeType: WAV_MIME_TYPE,
			start,
			end: finish,
			offset: start,
			overlap: this.overlap,
			...whatIsWorthSending(
				samples,
				this.format,
				powers,
				(step) => Math.min(finish, start + step * stepSeconds),
				this.isRepeated(start, finish),
			),
			isOnly: false,
		};
	}

	private beginAt(step: number): void {
		const from = step * this.meter.stepBytes;
		this.held.drop(from);
		this.gone += from;
		this.meter.drop(step);
	}

	private timeOf(byte: number): number {
		const { channels, sampleRate, sampleBytes } = this.format;
		return (this.gone + byte) / (channels * sampleBytes * sampleRate);
	}
}
