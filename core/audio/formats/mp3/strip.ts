import { isSameKind, type Frame, type FrameHeader } from '../../codecs/mp3/frameHeader';
import { granulePowers, mainDataBegin, mainDataBytes } from '../../codecs/mp3/sideInfo';
import { HeldBytes } from '../../cut/heldBytes';
import { findCut, whatIsHeard } from '../../cut/pauses';
import { MARGIN_SECONDS, type Limits, type Piece } from '../../cut/piece';
import { PieceMemory } from '../../cut/pieceMemory';

/** How much speech stands out from the noise around it (20 dB): estimates of the same noise differ by half of that. */
const SOUND_RATIO = 100;

/**
 * How many times a piece may end early because frames of another kind follow, or others after a gap: each makes
 * a request.
 */
export const MAX_CHANGES = 100;

/** What is kept of a frame besides its bytes. */
interface HeldFrame {
	size: number;
	/** How far it reaches back into the main data of earlier frames, and how much it has itself, in bytes. */
	mainDataBegin: number;
	mainDataBytes: number;
}

/** Frames of one kind from whose front pieces are cut. */
export class FrameStrip {
	private frames: HeldFrame[] = [];
	/** The bytes of all frames. */
	private readonly bytes = new HeldBytes();
	/** Of the sound decoded from each frame; a step is a frame. */
	private powers: number[] = [];
	/** The frame with which the next piece begins; those before it are its pre-roll. */
	private first = 0;
	private overlap = 0;
	/** Frames that were dropped. */
	private gone = 0;
	/** Of the latest granule: a decoder outputs it about a granule later. */
	private latePower = 0;
	private readonly stepSeconds: number;
	private readonly memory = new PieceMemory();

	constructor(
		private readonly kind: Frame,
		private readonly begin: number,
		private readonly limits: Limits,
	) {
		this.stepSeconds = kind.samples / kind.sampleRate;
	}

	/** Where the frames end in the recording, in seconds. */
	get end(): number {
		return this.timeOf(this.frames.length);
	}

	canTake(frame: Frame): boolean {
		return isSameKind(frame, this.kind);
	}

	push(frame: Frame): void {
		const powers = [this.latePower, ...granulePowers(frame)];
		this.latePower = powers.pop()!;
		this.powers.push(powers.reduce((sum, power) => sum + power) / powers.length);
		this.bytes.push(frame.bytes);
		this.frames.push({
			size: frame.size,
			mainDataBegin: mainDataBegin(frame),
			mainDataBytes: mainDataBytes(frame),
		});
	}

	isFull(): boolean {
		return this.exceeds(this.limits.maxSeconds);
	}

	/** The next piece, ending at the best place. */
	cut(): Piece {
		const { at, overlap } = findCut(
			this.powers.slice(this.first, this.longest()),
			this.stepSeconds,
		);
		const end = this.first + at;
		const piece = this.pieceTo(end);
		this.beginAt(end - overlap);
		this.overlap = overlap * this.stepSeconds;
		return piece;
	}

	/** All that is left, in one piece. @param isLast whether nothing follows */
	rest(isLast = true): Piece {
		const isOnly = isLast && this.begin <= 0 && this.gone === 0;
		return { ...this.pieceTo(this.frames.length), isOnly };
	}

	/** What is left, in as few pieces as possible. */
	*cutRest(isLast = true): Generator<Piece> {
		// A recording that was never cut may fill a request.
		const margin = this.gone === 0 ? 0 : MARGIN_SECONDS;
		while (this.exceeds(this.limits.maxSeconds - margin)) yield this.cut();
		yield this.rest(isLast);
	}

	private exceeds(seconds: number): boolean {
		const { length } = this.frames;
		const isLong = length * this.stepSeconds > seconds || this.bytes.length > this.limits.maxBytes;
		return isLong && length > this.first + 1;
	}

	/** How many frames, pre-roll included, the longest possible piece has. */
	private longest(): number {
		const most = Math.floor((this.limits.maxSeconds - MARGIN_SECONDS) / this.stepSeconds);
		let bytes = 0;
		const heavy = this.frames.findIndex(({ size }) => (bytes += size) > this.limits.maxBytes);
		return Math.max(this.first + 1, Math.min(most, heavy === -1 ? this.frames.length : heavy));
	}

	private pieceTo(end: number): Piece {
		// What is decoded before the recording begins is the encoder's delay.
		const timeOf = (step: number): number => Math.max(0, this.timeOf(this.first + step));
		const sound = this.bytes.view(0, sizeOf(this.frames.slice(0, end)));
		const bytes = this.memory.take(sound.length);
		bytes.set(sound);
		return {
			bytes,
			release: () => this.memory.giveBack(bytes),
			format: 'mp3',
			mimeType: 'audio/mpeg',
			start: timeOf(0),
			end: timeOf(end - this.first),
			offset: this.timeOf(0),
			overlap: this.overlap,
			...whatIsHeard(this.powers.slice(this.first, end), timeOf, SOUND_RATIO),
			isOnly: false,
		};
	}

	/** Drops everything before the pre-roll of the next piece. */
	private beginAt(next: number): void {
		const from = preRollStart(this.frames, next, this.kind);
		this.bytes.drop(sizeOf(this.frames.slice(0, from)));
		this.frames = this.frames.slice(from);
		this.powers = this.powers.slice(from);
		this.first = next - from;
		this.gone += from;
	}

	private timeOf(frame: number): number {
		return this.begin + (this.gone + frame) * this.stepSeconds;
	}
}

/**
 * The frame from which a decoder must begin so that frame `next` comes out as in the whole recording. Its
 * filters remember two granules; the earliest of these needs the main data that lie in frames
 * before it, the bit reservoir (ISO/IEC 11172-3, 2.4.3.4).
 */
function preRollStart(
	frames: readonly HeldFrame[],
	next: number,
	{ isMpeg1 }: FrameHeader,
): number {
	let at = Math.max(0, next - (isMpeg1 ? 1 : 2));
	for (let missing = frames[at]!.mainDataBegin; missing > 0 && at > 0;) {
		at--;
		missing -= frames[at]!.mainDataBytes;
	}
	return at;
}

/** Bytes of frames. */
function sizeOf(frames: readonly HeldFrame[]): number {
	return frames.reduce((sum, { size }) => sum + size, 0);
}
