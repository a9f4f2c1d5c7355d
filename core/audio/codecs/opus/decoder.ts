import type { OpusDecoder } from 'opus-decoder';

import { DamagedAudioError } from '../../errors';
import type { Decoder } from '../codec';
import { OPUS_RATE, type OpusHead } from './head';
import { opusPacketSamples } from './packet';

/** What speech recognition needs; takes libopus less work than 48 kHz. */
const SAMPLE_RATE = 16000;
/** Bytes for each channel that `opus-decoder` has room for. */
const MAX_CHANNEL_BYTES = 3840;

/**
 * Makes a decoder (libopus as WebAssembly) for packets of Opus (RFC 6716). The library is loaded when it is
 * first needed.
 */
export async function openOpusDecoder(head: OpusHead): Promise<Decoder> {
	const { OpusDecoder } = await import('opus-decoder');
	const { channels, streams, coupledStreams, mapping } = head;
	const decoder = new OpusDecoder({
		sampleRate: SAMPLE_RATE,
		channels,
		streamCount: streams,
		coupledStreamCount: coupledStreams,
		channelMappingTable: mapping,
	});
	await decoder.ready;
	return new LibopusDecoder(decoder, head);
}

class LibopusDecoder implements Decoder {
	readonly sampleRate = SAMPLE_RATE;

	constructor(
		private readonly decoder: OpusDecoder<typeof SAMPLE_RATE>,
		private readonly head: OpusHead,
	) {}

	samplesIn(packets: readonly Uint8Array[]): number {
		return packets.reduce((sum, packet) => sum + this.samplesOf(packet), 0);
	}

	decode(packet: Uint8Array): Float32Array[] {
		// Packets that libopus would refuse are kept from it: it writes its refusals to the console.
		if (this.samplesOf(packet) === 0) throw new DamagedAudioError('an Opus packet is broken');
		const { channelData } = this.decoder.decodeFrame(packet);
		const samples = channelData[0] ?? new Float32Array(0);
		for (let channel = 1; channel < channelData.length; channel++) {
			addTo(samples, channelData[channel]!);
		}
		const factor = this.head.gain / channelData.length;
		if (factor !== 1) scale(samples, factor);
		return [samples];
	}

	close(): void {
		this.decoder.free();
	}

	private samplesOf(packet: Uint8Array): number {
		if (packet.length > MAX_CHANNEL_BYTES * this.head.channels) return 0;
		return (opusPacketSamples(packet, this.head.streams) * SAMPLE_RATE) / OPUS_RATE;
	}
}

function addTo(target: Float32Array, addend: Float32Array): void {
	for (let index = 0; index < target.length; index++) target[index]! += addend[index]!;
}

function scale(samples: Float32Array, factor: number): void {
	for (let index = 0; index < samples.length; index++) samples[index]! *= factor;
}
