import { inspectAudio } from '../../../core';
import type { Operation } from '../runItems';

/** Reads what each recording is; nothing is sent. */
export function inspectOperation(): Operation {
	return async function* (recording) {
		yield { item: { json: { audio: await inspectAudio(recording) } } };
	};
}
