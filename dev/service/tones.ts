/** Row and column frequencies of the telephone keypad in Hz (ITU-T Q.23). */
export const ROWS = [697, 770, 852, 941] as const;
export const COLUMNS = [1209, 1336, 1477, 1633] as const;

/** The keypad as it lies: one string per row frequency, one character per column frequency. */
export const KEYPAD = ['123A', '456B', '789C', '*0#D'] as const;

/** Long enough to avoid a click, short enough to leave the tone's edges where they are. */
const RAMP_SECONDS = 0.002;

export interface ToneOptions {
	/** Hz; default 16000. */
	sampleRate?: number;
	/** Length of every tone; default 0.12. */
	toneSeconds?: number;
	/** Silence between two digits; default 0.08. */
	gapSeconds?: number;
	/** Silence that stands for each space character in `digits`, in place of the gap; default 0.7. */
	pauseSeconds?: number;
	/** Silence before the first tone; default 0.2. */
	lead?: number;
	/** Silence after the last tone; default 0.2. */
	tail?: number;
	/** Peak of the two tones together, 1 being full scale; default 0.5. */
	level?: number;
}

export interface TimedDigit {
	digit: string;
	/** Seconds from the beginning of the samples. */
	start: number;
	end: number;
}

export interface Tones {
	/** Mono, -1 to 1. */
	samples: Float32Array;
	sampleRate: number;
	digits: TimedDigit[];
	/** Seconds. */
	duration: number;
}

/**
 * Dials: makes the telephone tones (DTMF, ITU-T Q.23) of `digits`, any of `0-9 * # A-D`; a space is a pause.
 * @throws RangeError for any other character.
 */
export function toneSamples(digits: string, options: ToneOptions = {}): Tones {
	const { sampleRate = 16000, lead = 0.2, tail = 0.2, level = 0.5 } = options;
	const timed = schedule(digits, lead, options);
	const duration = (timed.at(-1)?.end ?? lead) + trailingPause(digits, options) + tail;
	const samples = new Float32Array(Math.round(duration * sampleRate));
	for (const tone of timed) addTone(samples, sampleRate, tone, level / 2);
	return { samples, sampleRate, digits: timed, duration: samples.length / sampleRate };
}

function schedule(digits: string, lead: number, options: ToneOptions): TimedDigit[] {
	const { toneSeconds = 0.12, gapSeconds = 0.08, pauseSeconds = 0.7 } = options;
	const timed: TimedDigit[] = [];
	let time = lead;
	let pause = 0;
	for (const digit of digits) {
		if (digit === ' ') {
			pause += pauseSeconds;
			continue;
		}
		time += pause || (timed.length > 0 ? gapSeconds : 0);
		pause = 0;
		timed.push({ digit, start: time, end: time + toneSeconds });
		time += toneSeconds;
	}
	return timed;
}

function trailingPause(digits: string, { pauseSeconds = 0.7 }: ToneOptions): number {
	return (digits.length - digits.trimEnd().length) * pauseSeconds;
}

function addTone(samples: Float32Array, sampleRate: number, tone: TimedDigit, amplitude: number) {
	const row = KEYPAD.findIndex((keys) => keys.includes(tone.digit));
	const low = ROWS[row];
	const high = COLUMNS[KEYPAD[row]?.indexOf(tone.digit) ?? -1];
	if (!low || !high) throw new RangeError(`"${tone.digit}" is not a key of the telephone keypad`);
	const first = Math.round(tone.start * sampleRate);
	const end = Math.round(tone.end * sampleRate);
	for (let index = first; index < end; index++) {
		const time = (index - first) / sampleRate;
		const edge = Math.min(time, (end - index) / sampleRate) / RAMP_SECONDS;
		const phase = 2 * Math.PI * time;
		samples[index] =
			amplitude * Math.min(1, edge) * (Math.sin(phase * low) + Math.sin(phase * high));
	}
}

/** A mono RIFF WAVE file of integer PCM; samples beyond -1..1 are clipped. */
export function wavBytes(
	samples: Float32Array,
	sampleRate: number,
	options: { bits?: 8 | 16 | 24 | 32 } = {},
): Uint8Array<ArrayBuffer> {
	const { bits = 16 } = options;
	const width = bits / 8;
	const size = samples.length * width;
	const bytes = new Uint8Array(HEADER_BYTES + size + (size % 2));
	const view = new DataView(bytes.buffer);
	writeHeader(view, { sampleRate, width, size });
	const scale = 2 ** (bits - 1);
	// WAVE holds 8-bit samples unsigned, all others signed.
	const middle = bits === 8 ? scale : 0;
	for (let index = 0; index < samples.length; index++) {
		const level = Math.max(-scale, Math.min(scale - 1, Math.round(samples[index]! * scale)));
		const value = middle + level;
		const offset = HEADER_BYTES + index * width;
		if (width === 2) view.setInt16(offset, value, true);
		else for (let byte = 0; byte < width; byte++) view.setUint8(offset + byte, value >> (8 * byte));
	}
	return bytes;
}

const HEADER_BYTES = 44;

function writeHeader(
	view: DataView,
	{ sampleRate, width, size }: { sampleRate: number; width: number; size: number },
) {
	const text = (offset: number, name: string) =>
		[...name].forEach((letter, index) => view.setUint8(offset + index, letter.charCodeAt(0)));
	text(0, 'RIFF');
	view.setUint32(4, view.byteLength - 8, true);
	text(8, 'WAVEfmt ');
	view.setUint32(16, 16, true);
	view.setUint16(20, 1, true);
	view.setUint16(22, 1, true);
	view.setUint32(24, sampleRate, true);
	view.setUint32(28, sampleRate * width, true);
	view.setUint16(32, width, true);
	view.setUint16(34, width * 8, true);
	text(36, 'data');
	view.setUint32(40, size, true);
}
