import type { PieceMemory } from './pieceMemory';

/** Integer PCM as WAV holds it: channels interleaved, little-endian, 8 bits unsigned. */
export interface PcmFormat {
	channels: number;
	sampleRate: number;
	/** Of one sample of one channel: 1 to 4. */
	sampleBytes: number;
}

export const WAV_HEADER_BYTES = 44;
export const WAV_MIME_TYPE = 'audio/wav';
const PCM = 1;

/** A WAV file (RIFF, the plain header) of these samples, in the given memory. */
export function wavFile(format: PcmFormat, samples: Uint8Array, memory: PieceMemory): Uint8Array {
	const { channels, sampleRate, sampleBytes } = format;
	const blockAlign = channels * sampleBytes;
	// A chunk of odd length is padded.
	const padding = samples.length % 2;
	const bytes = memory.take(WAV_HEADER_BYTES + samples.length + padding);
	const view = new DataView(bytes.buffer);
	writeText(bytes, 0, 'RIFF');
	view.setUint32(4, bytes.length - 8, true);
	writeText(bytes, 8, 'WAVEfmt ');
	view.setUint32(16, 16, true);
	view.setUint16(20, PCM, true);
	view.setUint16(22, channels, true);
	view.setUint32(24, sampleRate, true);
	view.setUint32(28, sampleRate * blockAlign, true);
	view.setUint16(32, blockAlign, true);
	view.setUint16(34, sampleBytes * 8, true);
	writeText(bytes, 36, 'data');
	view.setUint32(40, samples.length, true);
	bytes.set(samples, WAV_HEADER_BYTES);
	bytes.fill(0, WAV_HEADER_BYTES + samples.length);
	return bytes;
}

function writeText(bytes: Uint8Array, offset: number, text: string): void {
	for (let index = 0; index < text.length; index++) {
		bytes[offset + index] = text.charCodeAt(index);
	}
}
