import { DamagedAudioError, TruncatedAudioError } from '../../errors';
import { isSameKind, type FrameHeader } from './frameHeader';
import { readFrames, type Frame } from './frames';
import { granulePowers, mainDataBegin, mainDataBytes } from './sideInfo';
import { encoderDelay, isTagFrame, statedFrames } from './tagFrame';
import { readAll, type ByteSource } from '../../source/bytes';
import { HeldBytes } from '../../cut/heldBytes';
import { findCut, whatIsHeard } from '../../cut/pauses';
import { MARGIN_SECONDS, type Limits, type Piece } from '../../cut/piece';
import { PieceMemory } from '../../cut/pieceMemory';

/** Some encoders count the frame in which they note it. */
const MISCOUNTED_FRAMES = 1;
/** How much speech stands out from the noise around it (20 dB): estimates of the same noise differ by half of that. */
const SOUND_RATIO = 100;

/**
 * Cuts an MP3 between frames without decoding it. The stretch that a piece answers for decodes
 * to the very samples that the whole recording has there. Times are those of players, which leave
 * out the encoder's delay. Reads forward once; a recording that is one piece is read a second time,
 * to be given as it is.
 *
 * @throws DamagedAudioError when no frames are found
 * @throws TruncatedAudioError behind the last piece of a recording that breaks off
 */
export async function* cutMp3(source: ByteSource, limits: Limits): AsyncGenerator<Piece> {
	let strip: Strip | undefined;
	let isWhole = source.size <= limits.maxBytes;
	let delay = 0;
	let missing = 0;
	let truncation: TruncatedAudioError | undefined;
	try {
		for await (const frames of readFrames(source)) {
			for (const frame of frames) {
				if (isTagFrame(frame)) {
					if (!strip) delay = encoderDelay(frame) / frame.sampleRate;
					// Of several recordings joined, each states its own.
					missing += statedFrames(frame);
					continue;
				}
				missing--;
				if (strip && !strip.canTake(frame)) {
					isWhole = false;
					yield* strip.cutRest();
					strip = new Strip(frame, strip.end, limits);
				}
				strip ??= new Strip(frame, -delay, limits);
				strip.push(frame);
				if (strip.isFull()) {
					isWhole = false;
					yield strip.cut();
				}
			}
		}
	} catch (error) {
		if (!(error instanceof TruncatedAudioError)) throw error;
		truncation = error;
	}
	if (!strip) throw new DamagedAudioError('it has no MP3 frames');
	if (isWhole) {
		const bytes = await readAll(source);
		yield { ...strip.rest(), bytes, release: undefined, offset: 0 };
	} else {
		yield* strip.cutRest();
	}
	if (truncation) throw truncation;
	if (missing > MISCOUNTED_FRAMES) throw new TruncatedAudioError('it ends before its sound does');
}

/** What is kept of a frame beside its bytes. */
interface HeldFrame {
	size: number;
	/** How far it reaches back into the main data of those before it, and how much it has itself, in bytes. */
	mainDataBegin: number;
	mainDataBytes: number;
}

/** Frames of one kind of which pieces are cut off at the front. */
class Strip {
	private frames: HeldFrame[] = [];
	/** Those of all the frames. */
	private readonly bytes = new HeldBytes();
	/** Of what is decoded where the frame is; a step is a frame. */
	private powers: number[] = [];
	/** The frame with which the next piece begins; those before it are its pre-roll. */
	private first = 0;
	private overlap = 0;
	/** Frames that were let go of. */
	private gone = 0;
	/** Of the latest granule: a decoder gives it out about a granule later. */
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

	/** All that is left in one piece. */
	rest(): Piece {
		return { ...this.pieceTo(this.frames.length), isOnly: this.begin <= 0 && this.gone === 0 };
	}

	*cutRest(): Generator<Piece> {
		// What was never cut may fill a request.
		const margin = this.gone === 0 ? 0 : MARGIN_SECONDS;
		while (this.exceeds(this.limits.maxSeconds - margin)) yield this.cut();
		yield this.rest();
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
			start: timeOf(0),
			end: timeOf(end - this.first),
			offset: this.timeOf(0),
			overlap: this.overlap,
			...whatIsHeard(this.powers.slice(this.first, end), timeOf, SOUND_RATIO),
			isOnly: false,
		};
	}

	/** Lets go of everything before the pre-roll of the next piece. */
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
 * The frame from which a decoder must begin so that frame `next` comes out as in the whole. Its
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
