import { DamagedAudioError, TruncatedAudioError } from '../../errors';
import type { StreamInfo } from '../../streamInfo';
import type { ByteSource } from '../../source/bytes';
import type { Frame } from '../../codecs/mp3/frameHeader';
import { isTagFrame } from '../../codecs/mp3/tagFrame';
import { readFrames } from './frames';

/**
 * Reads what an MP3 file holds by counting its frames, since headers state wrong lengths: tags are
 * skipped; a Xing, Info or VBRI frame carries no sound.
 *
 * @throws DamagedAudioError when no frames are found
 */
export async function inspectMp3(source: ByteSource): Promise<StreamInfo> {
	let first: Frame | undefined;
	let duration = 0;
	let bytes = 0;
	try {
		for await (const batch of readFrames(source)) {
			const frames = batch.filter((frame) => !isTagFrame(frame));
			first ??= frames[0];
			for (const { size } of frames) bytes += size;
			if (first) duration += (frames.length * batch[0]!.samples) / batch[0]!.sampleRate;
		}
	} catch (error) {
		// What comes before the break can be heard.
		if (!(error instanceof TruncatedAudioError)) throw error;
	}
	if (!first) throw new DamagedAudioError('it has no MP3 frames');
	return {
		codec: 'mp3',
		channels: first.channels,
		sampleRate: first.sampleRate,
		duration,
		bitRate: Math.round((bytes * 8) / duration),
	};
}
