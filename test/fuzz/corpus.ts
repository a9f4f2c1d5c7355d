import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

const FOLDER = join(__dirname, '../fixtures/audio');
/** Recordings; what else lies beside them was made of them, or makes them. */
const RECORDINGS = /\.(wav|mp3|m4a|mp4|mov|3gp|aac|flac|aiff|ogg|opus|webm|mkv|amr)$/;

/** Recordings of twenty seconds: each takes the time of many cases. */
const LONG = /^truncated\b/;

/** A recording that other programs made, whole. */
export interface Recording {
	/** Its path below test/fixtures/audio. */
	name: string;
	bytes: Uint8Array;
}

/** The recordings of test/fixtures/audio, in an order that is the same everywhere. */
export function corpus(): Recording[] {
	return readdirSync(FOLDER, { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile() && RECORDINGS.test(entry.name))
		.map((entry) => join(entry.parentPath, entry.name))
		.sort()
		.map((path) => ({ name: relative(FOLDER, path), bytes: new Uint8Array(readFileSync(path)) }))
		.filter(({ name }) => !LONG.test(name));
}
