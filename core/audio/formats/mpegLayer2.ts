import type { ByteSource } from '../source/bytes';

const LAYER_2 = 2;
const FRAMES_IN_A_ROW = 3;
/** The most that several frames take: 384 kbit/s at 32 kHz. */
const ROW_BYTES = FRAMES_IN_A_ROW * 1729;

/** Kilobits per second by the header's index, of MPEG-1 and of MPEG-2 (ISO/IEC 11172-3, 2.4.2.3; 13818-3). */
const BIT_RATES = [
	[0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384],
	[0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
];
/** Hertz by the header's version (2.5, reserved, 2, 1) and index. */
const SAMPLE_RATES = [[11025, 12000, 8000], [], [22050, 24000, 16000], [44100, 48000, 32000]];
const SAMPLES = 1152;

/** Whether several frames of MPEG audio layer II follow each other from a place on. */
export async function isMpegLayer2(source: ByteSource, start: number): Promise<boolean> {
	const bytes = await source.read(start, ROW_BYTES);
	const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	let at = 0;
	for (let count = 0; count < FRAMES_IN_A_ROW; count++) {
		const size = at + 4 <= bytes.length ? frameSize(view.getUint32(at)) : undefined;
		if (size === undefined) return false;
		at += size;
	}
	return true;
}

function frameSize(header: number): number | undefined {
	const version = (header >>> 19) & 3;
	if (header >>> 21 !== 0x7ff || ((header >>> 17) & 3) !== LAYER_2) return undefined;
	const bitRate = BIT_RATES[version === 3 ? 0 : 1]![(header >>> 12) & 15];
	const sampleRate = SAMPLE_RATES[version]![(header >>> 10) & 3];
	if (!bitRate || !sampleRate) return undefined;
	const padding = (header >>> 9) & 1;
	return Math.floor(((SAMPLES / 8) * bitRate * 1000) / sampleRate) + padding;
}
