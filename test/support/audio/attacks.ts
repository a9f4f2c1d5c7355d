import { flacParts, type Coding } from './flacWriter';
import { box, FTYP, moov } from './mp4Files';
import { FIRST, packetsOf, pageBytes, pagesOf, seeded, xiph } from './oggFiles';
import { chunk, concat, pcmFormat, wav } from './recordings';

/*
 * Files that are made to cost: a few bytes that unfold to hours, lengths that are a lie, one sound over and
 * over.
 */

export interface Attack {
	name: string;
	make: () => Uint8Array;
	/** What stops it, if it is not merely silent or repeated. */
	code?: string;
}

const LONGEST_FRAME = 65_535;
const HOUR = 3600;
const A_WHILE = 90;

interface FlacAttack {
	rate?: number;
	/** As its header states it; 0 says nothing. */
	statedSeconds?: number;
	seconds?: number;
	coding?: Coding;
}

/** FLAC that goes round in these frames. */
function flac(frames: number[][], attack: FlacAttack = {}): Uint8Array {
	const { rate = 8000, statedSeconds = 0, seconds = A_WHILE, coding = {} } = attack;
	const { head, frames: coded } = flacParts({
		frames: frames.map((samples) => ({ channels: [samples], codings: [coding] })),
		sampleRate: rate,
		totalSamples: statedSeconds * rate,
	});
	const round = frames.reduce((sum, { length }) => sum + length, 0) / rate;
	const rounds = Math.ceil(seconds / round);
	return concat(head, ...Array.from({ length: rounds }, () => coded).flat());
}

const constant = (level: number, length = LONGEST_FRAME): number[] =>
	Array<number>(length).fill(level);

/** The same samples each time. */
export function noise(length: number, level = 8000): number[] {
	const random = seeded(7);
	return Array.from({ length }, () => Math.round((random() - 0.5) * 2 * level));
}

/** How a packet of Opus begins (RFC 6716, 3.1). */
const FULL_BAND_20_MS = 31 << 3;

/** One loud packet of Opus after the other. */
function opusPages(pages: number, granules: (page: number) => number): Uint8Array {
	const [head, tags] = packetsOf(pagesOf(xiph('opusenc.opus')));
	const packet = Uint8Array.of(FULL_BAND_20_MS, ...noise(100, 127).map((value) => value & 0xff));
	const perPage = 50;
	const page = (body: Uint8Array, lacing: number[], granule: number, flags = 0): Uint8Array =>
		pageBytes({ flags, granule, serial: 1, lacing, body });
	const lacingOf = ({ length }: Uint8Array): number[] => [
		...constant(255, Math.floor(length / 255)),
		length % 255,
	];
	return concat(
		page(head!, lacingOf(head!), 0, FIRST),
		page(tags!, lacingOf(tags!), 0),
		...Array.from({ length: pages }, (_, index) =>
			page(
				concat(...Array<Uint8Array>(perPage).fill(packet)),
				constant(packet.length, perPage),
				granules(index + 1),
			),
		),
	);
}

/** µ-law, a second in each packet, of which the tables say that it lasts 1/8000 s. */
function mp4(seconds: number): Uint8Array {
	const second = Uint8Array.from(noise(8000, 127), (value) => value & 0xff);
	const layout = { entry: 'ulaw', packets: constant(0, seconds * 8000), perChunk: 8000 * seconds };
	const lie = { ...layout, times: [seconds * 8000, 1], timescale: 8_000_000 };
	const data = box('mdat', concat(...Array<Uint8Array>(seconds).fill(second)));
	const start = FTYP.length + moov(lie, 0).length + 8;
	return concat(FTYP, withTimescale(moov(lie, start), lie.timescale), data);
}

/** The rate in `mdhd` made another. */
function withTimescale(bytes: Uint8Array, timescale: number): Uint8Array {
	const at = Buffer.from(bytes).indexOf('mdhd') + 16;
	new DataView(bytes.buffer, bytes.byteOffset).setUint32(at, timescale);
	return bytes;
}

/** WebM joined with itself, of which the first part states less than it holds. */
function webm(seconds: number): Uint8Array {
	const bytes = xiph('opus.webm').slice();
	const at = Buffer.from(bytes).indexOf(Buffer.from([0x44, 0x89, 0x88]));
	new DataView(bytes.buffer).setFloat64(at + 3, seconds * 1000);
	return bytes;
}

function pcm(samples: number[], repeated: number, format: { rate?: number; channels?: number }) {
	const all = Int16Array.from(
		{ length: samples.length * repeated },
		(_, at) => samples[at % samples.length]!,
	);
	return wav(pcmFormat(format), chunk('data', new Uint8Array(all.buffer)));
}

/** The residual of a predictor takes no bits. */
const FREE: Coding = { fixed: 2, parameters: [-1] };

export const ATTACKS: Attack[] = [
	{
		name: 'FLAC, a constant, for an hour',
		make: () => flac([constant(80)], { rate: 6000, seconds: HOUR }),
		code: 'over_max_minutes',
	},
	{ name: 'FLAC, a constant', make: () => flac([constant(80)]) },
	{
		name: 'FLAC, levels that change',
		make: () => flac([80, -900, 5000, -20_000, 300].map((level) => constant(level))),
	},
	{
		name: 'FLAC, a slope',
		make: () =>
			flac([Array.from({ length: LONGEST_FRAME }, (_, at) => at - 0x7fff)], { coding: FREE }),
	},
	{
		name: 'FLAC that states an hour',
		make: () => flac([constant(80)], { statedSeconds: HOUR, seconds: HOUR }),
		code: 'over_max_minutes',
	},
	{
		name: 'FLAC that states a second',
		make: () => flac([constant(80)], { statedSeconds: 1 }),
		code: 'longer_than_stated',
	},
	{
		name: 'FLAC, noise that states a second',
		make: () => flac([noise(4096)], { statedSeconds: 1 }),
		code: 'longer_than_stated',
	},
	{
		name: 'FLAC at 1 kHz',
		make: () => flac([constant(80)], { rate: 1000 }),
		code: 'unsupported_audio',
	},
	{
		name: 'FLAC, one frame of noise at 44.1 kHz',
		make: () => flac([noise(4096)], { rate: 44_100 }),
	},
	{
		name: 'FLAC, two frames of noise in turn',
		make: () => flac([noise(4096), noise(2000, 900)], { rate: 22_050 }),
	},
	{
		name: 'Ogg Opus, one packet',
		make: () => opusPages(90, (page) => page * 48_000),
	},
	{
		name: 'Ogg Opus whose pages say nothing but 1 s',
		make: () => opusPages(90, () => 48_000),
		code: 'longer_than_stated',
	},
	{
		name: 'MP4 whose tables say a thousandth',
		make: () => mp4(90),
		code: 'longer_than_stated',
	},
	{ name: 'WebM that states 0.01 s', make: () => webm(0.01), code: 'longer_than_stated' },
	{ name: 'WAV, a constant', make: () => pcm([800], 8000 * 60, {}) },
	{
		name: 'WAV, other constants left and right',
		make: () => pcm([800, -4000], 8000 * 60, { channels: 2 }),
	},
	{ name: 'WAV, a block of noise', make: () => pcm(noise(1234), 580, {}) },
	{ name: 'WAV, a short block of noise', make: () => pcm(noise(1234), 580, { rate: 44_100 }) },
	{
		name: 'WAV at 5 kHz',
		make: () => pcm(noise(100), 1, { rate: 5000 }),
		code: 'unsupported_audio',
	},
	{
		name: 'WAV of 9 channels',
		make: () => pcm(noise(900), 1, { channels: 9 }),
		code: 'unsupported_audio',
	},
];
