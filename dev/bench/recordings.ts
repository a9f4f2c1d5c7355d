import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';

/** Where they are. */
export const FOLDER = path.join('.cache', 'bench');
/** Seconds. */
export const TEN_MINUTES = 600;
const EIGHTEEN_TIMES = 17;

const VOICES = ['en-gb', 'en-us', 'de', 'fr', 'es', 'it', 'en-gb-scotland', 'nl'];
const WORDS = `Please call me back before five o'clock: my number is four four one, nine eight three.
We talked about the weather, about trains that never come, and about what the doctor said on Monday.
Nobody knew whether the meeting would take place, but all agreed that it should.
One, two, three. Four, five, six, seven. Eight, nine, and the rest of them tomorrow at noon.`;

/** How ffmpeg makes a recording of each kind out of sound; the name ends in the kind. */
const ENCODINGS: Record<string, string[]> = {
	'.mp3': ['-c:a', 'libmp3lame', '-q:a', '5'],
	'.m4a': ['-c:a', 'aac', '-b:a', '96k'],
	'.opus': ['-c:a', 'libopus', '-b:a', '32k', '-f', 'ogg'],
	'.flac': ['-c:a', 'flac'],
};

/** Ten minutes of people who talk in a room, as one of the kinds; made when first asked for. */
export function tenMinutes(kind: string, channels: 1 | 2): string {
	return made(`ten-minutes-${channels}${kind}`, (file) => {
		ffmpeg('-i', speech(), '-ac', `${channels}`, ...ENCODINGS[kind]!, file);
	});
}

/** How ffmpeg makes three hours out of ten minutes, without coding them anew where that will do. */
const LONG: Record<string, { of: string; how: string[] }> = {
	'.mp3': { of: '.mp3', how: ['-c', 'copy'] },
	'-moov-last.m4a': { of: '.m4a', how: ['-c', 'copy'] },
	'-moov-first.m4a': { of: '.m4a', how: ['-c', 'copy', '-movflags', '+faststart'] },
	'.opus': { of: '.opus', how: ['-c', 'copy', '-f', 'ogg'] },
	'.webm': { of: '.opus', how: ['-c', 'copy'] },
	'.flac': { of: '.flac', how: ['-c:a', 'flac'] },
	'.wav': { of: '.flac', how: ['-ac', '1', '-ar', '16000'] },
};

export const LONG_KINDS = Object.keys(LONG);

/** Ten minutes of what three hours of a kind are made of. */
export function tenMinutesLike(kind: string): string {
	return tenMinutes(LONG[kind]!.of, 2);
}

/** Three hours of the same. */
export function threeHours(kind: string): string {
	return made(`three-hours${kind}`, (file) => {
		const { of, how } = LONG[kind]!;
		ffmpeg('-stream_loop', `${EIGHTEEN_TIMES}`, '-i', tenMinutes(of, 2), ...how, file);
	});
}

/** 44.1 kHz stereo with the noise of a room, as speech without any is easier than what people record. */
function speech(): string {
	return made('speech.wav', (file) => {
		const parts = VOICES.map((voice, index) => {
			const part = path.join(FOLDER, `voice-${index}.wav`);
			run('espeak-ng', '-v', voice, '-s', `${140 + 5 * index}`, '-w', part, WORDS);
			return part;
		});
		const list = parts.flatMap((part) => ['-i', part]);
		const graph =
			`concat=n=${parts.length}:v=0:a=1,aresample=44100,aloop=-1:size=2e7,` +
			`atrim=duration=${TEN_MINUTES},pan=stereo|c0=0.8*c0|c1=0.5*c0[voices];` +
			`anoisesrc=color=pink:amplitude=0.003:seed=1:r=44100,volume=1[left];` +
			`anoisesrc=color=pink:amplitude=0.003:seed=2:r=44100,volume=1[right];` +
			`[left][right]join=inputs=2:channel_layout=stereo[room];` +
			`[voices][room]amix=inputs=2:duration=first:normalize=0`;
		ffmpeg(...list, '-filter_complex', graph, '-c:a', 'pcm_s16le', file);
		for (const part of parts) rmSync(part);
	});
}

function made(name: string, make: (file: string) => void): string {
	const file = path.join(FOLDER, name);
	if (existsSync(file)) return file;
	mkdirSync(FOLDER, { recursive: true });
	// Under another name until it is whole; the extension says what it is.
	const unfinished = path.join(FOLDER, `unfinished-${name}`);
	make(unfinished);
	renameSync(unfinished, file);
	return file;
}

function ffmpeg(...args: string[]): void {
	run('ffmpeg', '-nostdin', '-loglevel', 'error', '-y', ...args);
}

function run(program: string, ...args: string[]): void {
	execFileSync(program, args, { stdio: ['ignore', 'ignore', 'inherit'] });
}
