import { MPEGDecoder } from 'mpg123-decoder';
import { WaveFile } from 'wavefile';

export type AudioFormat = 'wav' | 'mp3';

/** Audio ready to be heard. */
export interface Recording {
	format: AudioFormat;
	/** All channels averaged, -1 to 1. */
	samples: Float32Array;
	sampleRate: number;
	/** Seconds. */
	duration: number;
}

const PCM = 1;
const EXTENSIBLE = 0xfffe;

/**
 * Decodes integer-PCM RIFF WAVE or MPEG-1/2/2.5 layer III, told apart by their bytes.
 * @returns undefined when the bytes are neither, or hold no audio
 */
export async function decode(bytes: Uint8Array): Promise<Recording | undefined> {
	if (isWave(bytes)) return decodeWave(bytes);
	if (isMp3(bytes)) return decodeMp3(bytes);
	return undefined;
}

function isWave(bytes: Uint8Array): boolean {
	const text = Buffer.from(bytes.subarray(0, 12)).toString('latin1');
	return text.startsWith('RIFF') && text.endsWith('WAVE');
}

/** Two layer III frames in a row (ISO/IEC 11172-3, 2.4.2.3), at the very beginning or after an ID3v2 tag. */
function isMp3(bytes: Uint8Array): boolean {
	const first = id3Length(bytes);
	const length = frameLength(bytes, first);
	return length > 0 && frameLength(bytes, first + length) > 0;
}

/** kbit/s by the header's index, for MPEG-1 and for MPEG-2 and 2.5. */
const BIT_RATES = [
	[0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
	[0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
];
/** Hz by the header's index; MPEG-2 halves them, MPEG-2.5 quarters them. */
const SAMPLE_RATES = [44100, 48000, 32000];

/** Bytes of the layer III frame that begins at `offset`, 0 when none does. */
function frameLength(bytes: Uint8Array, offset: number): number {
	const [a = 0, b = 0, c = 0] = bytes.subarray(offset, offset + 3);
	const version = (b >> 3) & 3;
	const isLayer3 = a === 0xff && (b & 0xe6) === 0xe2 && version !== 1;
	const kilobits = BIT_RATES[version === 3 ? 0 : 1]?.[c >> 4];
	const sampleRate = SAMPLE_RATES[(c >> 2) & 3];
	if (!isLayer3 || !kilobits || !sampleRate) return 0;
	const divisor = { 3: 1, 2: 2, 0: 4 }[version] ?? 1;
	const samplesPerByte = version === 3 ? 144 : 72;
	return Math.floor((samplesPerByte * kilobits * 1000 * divisor) / sampleRate) + ((c >> 1) & 1);
}

function id3Length(bytes: Uint8Array): number {
	if (Buffer.from(bytes.subarray(0, 3)).toString('latin1') !== 'ID3') return 0;
	// Seven bits in each of four bytes (ID3v2.4.0 structure, 6.2).
	return 10 + [...bytes.subarray(6, 10)].reduce((size, byte) => size * 128 + (byte & 0x7f), 0);
}

/** The parts of a parsed file that wavefile's own types leave as `object`. */
interface WaveParts {
	fmt: {
		audioFormat: number;
		numChannels: number;
		sampleRate: number;
		bitsPerSample: number;
		subformat: number[];
	};
	data: { samples: Uint8Array };
}

function decodeWave(bytes: Uint8Array): Recording | undefined {
	let wave: WaveParts;
	try {
		wave = new WaveFile(bytes) as WaveFile & WaveParts;
	} catch {
		return undefined;
	}
	const { audioFormat, numChannels, sampleRate, bitsPerSample, subformat } = wave.fmt;
	const isPcm = audioFormat === PCM || (audioFormat === EXTENSIBLE && subformat[0] === PCM);
	const read = SAMPLE_READERS[bitsPerSample];
	if (!isPcm || !read || numChannels < 1 || sampleRate < 1) return undefined;

	const data = wave.data.samples;
	const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
	const width = bitsPerSample / 8;
	const samples = new Float32Array(Math.floor(data.length / (width * numChannels)));
	for (let index = 0; index < samples.length; index++) {
		let sum = 0;
		for (let channel = 0; channel < numChannels; channel++) {
			sum += read(view, (index * numChannels + channel) * width);
		}
		samples[index] = sum / numChannels;
	}
	return recording('wav', samples, sampleRate);
}

/** One sample as -1..1, by bits per sample. */
const SAMPLE_READERS: Record<number, (view: DataView, offset: number) => number> = {
	8: (view, offset) => (view.getUint8(offset) - 0x80) / 0x80,
	16: (view, offset) => view.getInt16(offset, true) / 0x8000,
	24: (view, offset) =>
		(view.getUint16(offset, true) + view.getInt8(offset + 2) * 0x10000) / 0x800000,
	32: (view, offset) => view.getInt32(offset, true) / 0x80000000,
};

async function decodeMp3(bytes: Uint8Array): Promise<Recording | undefined> {
	const decoder = new MPEGDecoder();
	try {
		await decoder.ready;
		const { channelData, sampleRate } = decoder.decode(bytes);
		const [first = new Float32Array()] = channelData;
		const samples = first.map(
			(_, index) =>
				channelData.reduce((sum, channel) => sum + channel[index]!, 0) / channelData.length,
		);
		return recording('mp3', samples, sampleRate);
	} finally {
		decoder.free();
	}
}

function recording(format: AudioFormat, samples: Float32Array, sampleRate: number) {
	if (samples.length === 0) return undefined;
	return { format, samples, sampleRate, duration: samples.length / sampleRate };
}
