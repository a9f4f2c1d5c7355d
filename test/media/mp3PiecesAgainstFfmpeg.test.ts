import { cutMp3 } from '../../core/audio/formats/mp3/cut';
import type { Piece } from '../../core/audio/cut';
import { readFrames } from '../../core/audio/formats/mp3/frames';
import { bytesSource } from '../../core/audio/source/bytes';
import { expectWellCut, ForwardSource } from '../support/audio/cutting';
import { ascii, concat, id3Tag } from '../support/audio/recordings';
import { collect } from '../support/core';
import { Figures } from '../support/media/figures';
import { largestDifference, mp3sDecodedByFfmpeg } from '../support/media/judge';
import { bytesOf, FFMPEG, generated, OUTPUT } from '../support/media/programs';
import { repeated, stereo } from '../support/media/sounds';

/** Programs take their time on a busy machine. */
jest.setTimeout(120_000);

const MAX_BYTES = 25_000_000;
const MAX_SECONDS = [4.2, 13];
const REPETITIONS = 4;
/** Where VBRI lies in its frame, and how long it is without a table. */
const VBRI_OFFSET = 36;
const VBRI_BYTES = 26;

const figures = new Figures('MP3 pieces against the whole, both decoded by ffmpeg');

const MONO = ['-m', 'm'];
const JOINT = ['-m', 'j'];

/** lame's options. */
const BY_LAME: [name: string, channels: number, options: string[]][] = [
	['CBR 128 kbit/s, 48 kHz, joint stereo', 2, ['-b', '128', ...JOINT]],
	['CBR 320 kbit/s, 44.1 kHz, plain stereo', 2, ['-b', '320', '-m', 's', '--resample', '44.1']],
	['CBR 64 kbit/s, 44.1 kHz, joint stereo', 2, ['-b', '64', ...JOINT, '--resample', '44.1']],
	[
		'CBR 96 kbit/s, 32 kHz, each frame mid and side',
		2,
		['-b', '96', '-m', 'f', '--resample', '32'],
	],
	['CBR 112 kbit/s, 44.1 kHz, dual mono', 2, ['-b', '112', '-m', 'd', '--resample', '44.1']],
	['CBR 32 kbit/s, 32 kHz, mono', 1, ['-b', '32', ...MONO, '--resample', '32']],
	['CBR without a bit reservoir', 2, ['-b', '128', ...JOINT, '--nores']],
	['CBR with checksums', 2, ['-b', '80', ...JOINT, '-p', '--resample', '44.1']],
	['CBR in mono with checksums', 1, ['-b', '40', ...MONO, '-p', '--resample', '44.1']],
	['VBR, best', 2, ['-V', '0', ...JOINT]],
	['VBR, usual', 2, ['-V', '4', ...JOINT, '--resample', '44.1']],
	['VBR, smallest, mono', 1, ['-V', '9', ...MONO, '--resample', '32']],
	['VBR of the old kind, with checksums', 2, ['-V', '5', '--vbr-old', ...JOINT, '-p']],
	['ABR 56 kbit/s, mono', 1, ['--abr', '56', ...MONO, '--resample', '44.1']],
	['ABR 130 kbit/s, joint stereo', 2, ['--abr', '130', ...JOINT, '--resample', '44.1']],
	['MPEG-2, CBR 32 kbit/s, 24 kHz, joint stereo', 2, ['-b', '32', ...JOINT, '--resample', '24']],
	['MPEG-2, VBR, 22.05 kHz, joint stereo', 2, ['-V', '7', ...JOINT, '--resample', '22.05']],
	['MPEG-2, CBR 16 kbit/s, 16 kHz, mono', 1, ['-b', '16', ...MONO, '--resample', '16']],
	['MPEG-2, ABR 24 kbit/s, 22.05 kHz, mono', 1, ['--abr', '24', ...MONO, '--resample', '22.05']],
	['MPEG-2 with checksums', 2, ['-b', '48', ...JOINT, '-p', '--resample', '22.05']],
	['MPEG-2.5, CBR 8 kbit/s, 8 kHz, mono', 1, ['-b', '8', ...MONO, '--resample', '8']],
	['MPEG-2.5, VBR, 11.025 kHz, joint stereo', 2, ['-V', '8', ...JOINT, '--resample', '11.025']],
	['MPEG-2.5, ABR 20 kbit/s, 12 kHz, mono', 1, ['--abr', '20', ...MONO, '--resample', '12']],
	['MPEG-2.5 with checksums', 1, ['-b', '24', ...MONO, '-p', '--resample', '11.025']],
	['no tag frame', 2, ['-t', '-b', '64', ...JOINT, '--resample', '44.1']],
	[
		'VBR with ID3v2 and its padding',
		2,
		['-V', '6', ...JOINT, '--id3v2-only', '--tt', 'memo', '--pad-id3v2-size', '150000'],
	],
	[
		'CBR with ID3v2 and ID3v1',
		1,
		['-b', '48', ...MONO, '--add-id3v2', '--tt', 'memo', '--resample', '32'],
	],
];

/** ffmpeg's options. */
const BY_FFMPEG: [name: string, channels: number, options: string[]][] = [
	[
		'Xing and ID3v2 by ffmpeg, VBR',
		2,
		['-c:a', 'libmp3lame', '-q:a', '5', '-metadata', 'title=memo'],
	],
	[
		'Info by ffmpeg, CBR 24 kbit/s, 16 kHz, mono',
		1,
		['-c:a', 'libmp3lame', '-b:a', '24k', '-ar', '16000', '-ac', '1'],
	],
	[
		'no reservoir and no joint stereo by ffmpeg',
		2,
		['-c:a', 'libmp3lame', '-b:a', '128k', '-reservoir', '0', '-joint_stereo', '0'],
	],
	[
		'neither Xing nor ID3 by ffmpeg',
		2,
		['-c:a', 'libmp3lame', '-b:a', '96k', '-write_xing', '0', '-id3v2_version', '0'],
	],
	[
		'the encoder shine, 96 kbit/s',
		2,
		['-c:a', 'libshine', '-b:a', '96k', '-ar', '44100', '-sample_fmt', 's16p'],
	],
];

describe('Pieces of an MP3 decode to the very samples of the whole', () => {
	test.each(BY_LAME)('%s', async (name, channels, options) => {
		await expectEqualPieces(name, byLame(options), channels);
	});

	test.each(BY_FFMPEG)('%s', async (name, channels, options) => {
		await expectEqualPieces(name, byFfmpeg(options), channels);
	});

	test('an ID3v2 tag with a picture that looks like frames', async () => {
		const bytes = concat(id3Tag(100_000), byLame(['-V', '5', ...JOINT]));
		await expectEqualPieces('a picture in ID3v2', bytes, 2);
	});

	test('a VBRI frame, as encoders of Fraunhofer write it', async () => {
		const [, channels, options] = BY_LAME.find(([name]) => name === 'no tag frame')!;
		await expectEqualPieces('VBRI', await withVbri(byLame(options)), channels);
	});
});

function byLame(options: string[]): Uint8Array {
	const sound = repeated(stereo(), REPETITIONS);
	return bytesOf(generated(['lame', '--quiet', ...options, sound, OUTPUT], 'mp3'));
}

function byFfmpeg(options: string[]): Uint8Array {
	const sound = repeated(stereo(), REPETITIONS);
	return bytesOf(generated([...FFMPEG, '-i', sound, ...options, OUTPUT], 'mp3'));
}

/** Puts a frame with a VBRI tag of its own in front. */
async function withVbri(bytes: Uint8Array): Promise<Uint8Array> {
	const frames = (await collect(readFrames(bytesSource(bytes)))).flat();
	const [first] = frames;
	const tag = new Uint8Array(first!.size);
	tag.set(first!.bytes.subarray(0, 4));
	tag.set(ascii('VBRI'), VBRI_OFFSET);
	const view = new DataView(tag.buffer, VBRI_OFFSET, VBRI_BYTES);
	// Version, delay, quality, bytes, frames; no table.
	view.setUint16(4, 1);
	view.setUint16(6, 0x0d31);
	view.setUint16(8, 75);
	view.setUint32(10, bytes.length + tag.length);
	view.setUint32(14, frames.length);
	return concat(tag, bytes);
}

async function expectEqualPieces(name: string, bytes: Uint8Array, channels: number): Promise<void> {
	const pieces: Piece[] = [];
	for (const maxSeconds of MAX_SECONDS) {
		const limits = { maxSeconds, maxBytes: MAX_BYTES };
		const cut = await collect(cutMp3(new ForwardSource(bytes), limits));
		expectWellCut(cut, limits);
		pieces.push(...cut);
	}
	const [whole, ...parts] = mp3sDecodedByFfmpeg([bytes, ...pieces.map((piece) => piece.bytes)]);
	const { sampleRate } = (await collect(readFrames(bytesSource(bytes))))[0]![0]!;
	const differences = pieces.map((piece, index) =>
		difference(piece, parts[index]!, whole!, sampleRate, channels),
	);
	const preRoll = Math.max(...pieces.map(({ start, offset }) => start - offset));
	const largest = Math.max(...differences);
	figures.add(
		name,
		`${pieces.length} pieces`,
		`run-up at most ${Math.round(preRoll * 1000)} ms`,
		largest === 0 ? 'equal' : `differ by ${largest}`,
	);
	expect(pieces.length).toBeGreaterThan(8);
	expect(largest).toBe(0);
}

/** How much a piece and the whole differ in the stretch that the piece answers for. */
function difference(
	{ start, end, offset }: Piece,
	part: Float32Array,
	whole: Float32Array,
	sampleRate: number,
	channels: number,
): number {
	const indexOf = (seconds: number): number => Math.round(seconds * sampleRate) * channels;
	const shift = indexOf(offset);
	// Players leave out the encoder's padding at the end.
	const to = Math.min(indexOf(end), whole.length);
	const expected = whole.subarray(indexOf(start), to);
	const actual = part.subarray(indexOf(start) - shift, to - shift);
	expect(actual).toHaveLength(expected.length);
	return largestDifference(expected, actual);
}
