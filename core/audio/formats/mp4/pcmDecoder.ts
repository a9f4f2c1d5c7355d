import { readALaw, readMuLaw } from '../../codecs/g711';
import { floatReader, integerReader, unsigned8Reader, type SampleReader } from '../../codecs/pcm';

/** How uncompressed samples are written. */
export interface PcmFormat {
	channels: number;
	/** Of one sample. */
	bytes: number;
	isFloat: boolean;
	isLittleEndian: boolean;
	isUnsigned: boolean;
}

/** Reads packets of interleaved samples, or undefined where samples have no usable size. */
export function pcmDecode(format: PcmFormat): ((packet: Uint8Array) => Float32Array[]) | undefined {
	const read = sampleReader(format);
	return read && ((packet) => deinterleave(packet, format.channels, format.bytes, read));
}

/** Reads packets of interleaved G.711 samples. */
export function g711Decode(
	law: 'alaw' | 'mulaw',
	channels: number,
): (packet: Uint8Array) => Float32Array[] {
	const read = law === 'alaw' ? readALaw : readMuLaw;
	return (packet) => deinterleave(packet, channels, 1, read);
}

function deinterleave(
	packet: Uint8Array,
	channels: number,
	bytes: number,
	read: SampleReader,
): Float32Array[] {
	const view = new DataView(packet.buffer, packet.byteOffset, packet.byteLength);
	const step = bytes * channels;
	const length = Math.floor(packet.length / step);
	return Array.from({ length: channels }, (_, channel) => {
		const plane = new Float32Array(length);
		for (let index = 0, at = channel * bytes; index < length; index++, at += step) {
			plane[index] = finite(read(view, at));
		}
		return plane;
	});
}

function sampleReader(format: PcmFormat): SampleReader | undefined {
	const { bytes, isFloat, isLittleEndian, isUnsigned } = format;
	if (isFloat) return floatReader(bytes, isLittleEndian);
	return bytes === 1 && isUnsigned ? unsigned8Reader : integerReader(bytes, isLittleEndian);
}

function finite(value: number): number {
	return Number.isFinite(value) ? value : 0;
}
