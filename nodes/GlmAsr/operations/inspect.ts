import { inspectAudio } from '../../../core';
import { yieldToEventLoop } from '../connection';
import type { Operation } from '../runItems';

/** Reads what each recording is; nothing is sent. */
export function inspectOperation(): Operation {
	return async function* (recording, _, signal) {
		yield { item: { json: { audio: await inspectAudio(recording, yieldToEventLoop, signal) } } };
	};
}
