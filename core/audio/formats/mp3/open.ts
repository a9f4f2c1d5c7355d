import type { ByteSource } from '../../source/bytes';
import type { OpenedAudio } from '../format';
import { cutMp3 } from './cut';
import { inspectMp3 } from './inspect';

/** Opens an MP3, which is cut without decoding. */
export function openMp3(source: ByteSource): OpenedAudio {
	return {
		inspect: () => inspectMp3(source),
		sound: { cut: (limits) => cutMp3(source, limits) },
	};
}
