import { encoderDelay, isTagFrame, statedFrames } from '../../codecs/mp3/tagFrame';
import type { Limits, Piece } from '../../cut';
import { DamagedAudioError, TruncatedAudioError } from '../../errors';
import { readAll, type ByteSource } from '../../source/bytes';
import { readFrames } from './frames';
import { FrameStrip, MAX_CHANGES } from './strip';

const TOO_MANY_KINDS = 'too many recordings are joined in it';
/** Some encoders also count the frame that holds the count. */
const MISCOUNTED_FRAMES = 1;

/**
 * Cuts an MP3 between frames without decoding it. The stretch that a piece answers for decodes
 * to the very samples that the whole recording has there. Times are as in players, which leave
 * out the encoder's delay. Reads forward once; a recording that fits one piece is read a second time,
 * to be passed on unchanged.
 *
 * @throws DamagedAudioError when no frames are found
 * @throws TruncatedAudioError after the last piece of a recording that breaks off
 */
export async function* cutMp3(source: ByteSource, limits: Limits): AsyncGenerator<Piece> {
	let strip: FrameStrip | undefined;
	let isWhole = source.size <= limits.maxBytes;
	let delay = 0;
	let missing = 0;
	let changes = 0;
	let truncation: TruncatedAudioError | undefined;
	try {
		for await (const frames of readFrames(source)) {
			for (const frame of frames) {
				if (isTagFrame(frame)) {
					if (!strip) delay = encoderDelay(frame) / frame.sampleRate;
					// Where several recordings are joined, each states its own.
					missing += statedFrames(frame);
					continue;
				}
				missing--;
				if (strip && !strip.canTake(frame)) {
					isWhole = false;
					if (++changes > MAX_CHANGES) throw new TruncatedAudioError(TOO_MANY_KINDS);
					yield* strip.cutRest(false);
					strip = new FrameStrip(frame, strip.end, limits);
				}
				strip ??= new FrameStrip(frame, -delay, limits);
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
