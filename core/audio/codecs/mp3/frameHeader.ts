/** One MPEG audio layer III frame header (ISO/IEC 11172-3, 2.4.1.3; 13818-3; "MPEG-2.5" by Fraunhofer). */
export interface FrameHeader {
	/** Bytes, header included. */
	size: number;
	/** Samples per channel. */
	samples: number;
	sampleRate: number;
	channels: number;
	isMpeg1: boolean;
	/** Whether two bytes of checksum lie between header and side information. */
	hasCrc: boolean;
}

export const HEADER_BYTES = 4;
const LAYER_3 = 1;
const MONO = 3;

/** Kilobits per second by the header's index; 0 is "free", which nobody writes. */
const BIT_RATES_MPEG1 = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
const BIT_RATES_MPEG2 = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];
/** Hertz by the header's version (2.5, reserved, 2, 1) and index. */
const SAMPLE_RATES = [[11025, 12000, 8000], [], [22050, 24000, 16000], [44100, 48000, 32000]];

/** The header at an offset, or undefined when none is there. */
export function parseHeader(view: DataView, offset = 0): FrameHeader | undefined {
	const bits = view.getUint32(offset);
	const version = (bits >>> 19) & 3;
	const layer = (bits >>> 17) & 3;
	if (bits >>> 21 !== 0x7ff || layer !== LAYER_3) return undefined;
	const isMpeg1 = version === 3;
	const bitRate = (isMpeg1 ? BIT_RATES_MPEG1 : BIT_RATES_MPEG2)[(bits >>> 12) & 15];
	const sampleRate = SAMPLE_RATES[version]?.[(bits >>> 10) & 3];
	if (!bitRate || !sampleRate) return undefined;
	const samples = isMpeg1 ? 1152 : 576;
	const padding = (bits >>> 9) & 1;
	return {
		size: Math.floor(((samples / 8) * bitRate * 1000) / sampleRate) + padding,
		samples,
		sampleRate,
		channels: ((bits >>> 6) & 3) === MONO ? 1 : 2,
		isMpeg1,
		hasCrc: ((bits >>> 16) & 1) === 0,
	};
}

/** Whether frames can follow each other in one recording; bit rates may differ. */
export function isSameKind(a: FrameHeader, b: FrameHeader): boolean {
	return a.sampleRate === b.sampleRate && a.samples === b.samples && a.channels === b.channels;
}

/** Bytes of side information after header and checksum (ISO/IEC 11172-3, 2.4.1.7; 13818-3, 2.4.1.7). */
export function sideInfoBytes({ isMpeg1, channels }: FrameHeader): number {
	if (isMpeg1) return channels === 1 ? 17 : 32;
	return channels === 1 ? 9 : 17;
}

/** A frame and the bytes it is made of. */
export interface Frame extends FrameHeader {
	bytes: Uint8Array;
}
