import { isTagFrame } from '../../codecs/mp3/tagFrame';
import type { Limits, Piece } from '../../cut';
import { DamagedAudioError, TruncatedAudioError } from '../../errors';
import type { PacketGroup, PacketTrack } from '../../track/packets';
import { framesIn } from './frames';
import { FrameStrip, MAX_CHANGES } from './strip';

const TOO_MANY_GAPS = 'its sound is in too many parts';

/**
 * Cuts the MP3 that another container holds, without decoding it: each piece is an MP3 of its own.
 *
 * @throws DamagedAudioError when no frames are found
 * @throws TruncatedAudioError after the last piece of a recording that breaks off
 */
export async function* cutMp3Packets(track: PacketTrack, limits: Limits): AsyncGenerator<Piece> {
	let strip: FrameStrip | undefined;
	let changes = 0;
	let clock: Clock | undefined;
	let truncation: TruncatedAudioError | undefined;
	try {
		for await (const groups of track.groups()) {
			for (const group of groups) {
				clock ??= new Clock(group);
				const time = clock.secondsAt(group);
				for (const frame of group.packets.flatMap((packet) => framesIn(packet).frames)) {
					if (isTagFrame(frame)) continue;
					const late = strip && time !== undefined ? time - strip.end : 0;
					const isLate = late > track.gaps.min && late <= track.gaps.max;
					if (strip && (isLate || !strip.canTake(frame))) {
						if (++changes > MAX_CHANGES) throw new TruncatedAudioError(TOO_MANY_GAPS);
						yield* strip.cutRest(false);
						strip = new FrameStrip(frame, isLate ? time! : strip.end, limits);
					}
					strip ??= new FrameStrip(frame, time ?? 0, limits);
					strip.push(frame);
					if (strip.isFull()) yield strip.cut();
				}
			}
		}
	} catch (error) {
		if (!(error instanceof TruncatedAudioError)) throw error;
		truncation = error;
	}
	if (!strip) throw new DamagedAudioError(truncation?.message ?? 'it has no MP3 frames');
	yield* strip.cutRest();
	if (truncation) throw truncation;
}

/** Turns the times of packets into seconds of the recording. */
class Clock {
	private readonly origin: number;
	private readonly silence: number;

	constructor({ stream, start = 0 }: PacketGroup) {
		const [edit] = stream.edits ?? [];
		// Without edits the recording begins with its first packet.
		this.origin = edit?.start ?? start;
		this.silence = edit?.silence ?? 0;
	}

	/** Negative where the encoder's delay is not heard; undefined where the container states no time. */
	secondsAt({ stream, start }: PacketGroup): number | undefined {
		return start === undefined
			? undefined
			: (start - this.origin + this.silence) / stream.timescale;
	}
}
