import type { Decoder } from '../codec';
import { parseAdtsHeader } from './adtsHeader';
import type { AacDecoder } from './decoder';

const CRC_BYTES = 2;

/** Decodes packets that are raw data blocks, as MP4 has them, or ADTS frames of up to four of these. */
export class AacPacketDecoder implements Decoder {
	readonly sampleRate: number;
	/** Of the latest packet. */
	private blocks = 1;

	constructor(private readonly decoder: AacDecoder) {
		this.sampleRate = decoder.sampleRate;
	}

	samplesIn(packets: readonly Uint8Array[]): number {
		const blocks = packets.reduce((sum, packet) => sum + (adtsHeader(packet)?.blocks ?? 1), 0);
		return blocks * this.decoder.frameLength;
	}

	decode(packet: Uint8Array): Float32Array[] {
		const header = adtsHeader(packet);
		this.blocks = header?.blocks ?? 1;
		if (!header) return this.decoder.decode(packet);
		let rest = packet.subarray(header.headerBytes);
		if (header.blocks === 1) return this.decoder.decode(rest);
		return this.joined(() => {
			const samples = this.decoder.decode(rest);
			rest = rest.subarray(this.decoder.consumedBytes + (header.hasCrc ? CRC_BYTES : 0));
			return samples;
		});
	}

	conceal(): Float32Array[] {
		return this.blocks === 1 ? this.decoder.conceal() : this.joined(() => this.decoder.conceal());
	}

	/** The first channels of all blocks of a packet, one after the other. */
	private joined(next: () => Float32Array[]): Float32Array[] {
		const { frameLength } = this.decoder;
		const samples = new Float32Array(this.blocks * frameLength);
		for (let block = 0; block < this.blocks; block++) samples.set(next()[0]!, block * frameLength);
		return [samples];
	}
}

function adtsHeader(packet: Uint8Array) {
	// No raw data block begins like this: it would end before its first channel.
	if (packet[0] !== 0xff) return undefined;
	return parseAdtsHeader(new DataView(packet.buffer, packet.byteOffset, packet.byteLength), 0);
}
