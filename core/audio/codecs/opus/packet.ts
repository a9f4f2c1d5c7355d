/** Samples at 48 kHz in a frame, by the configuration in the packet's first byte (RFC 6716, table 2). */
const SILK_FRAMES = [480, 960, 1920, 2880];
const HYBRID_FRAMES = [480, 960];
const CELT_FRAMES = [120, 240, 480, 960];
const FIRST_HYBRID = 12;
const FIRST_CELT = 16;

/** 120 ms. */
const MAX_PACKET_SAMPLES = 5760;
const MAX_FRAME_BYTES = 1275;

/**
 * Samples at 48 kHz that a packet lasts, 0 for one that breaks a rule of its framing (RFC 6716,
 * section 3.4) and cannot be decoded.
 *
 * @param streams Opus streams in the packet; all but the last are self-delimited (appendix B)
 */
export function opusPacketSamples(packet: Uint8Array, streams: number): number {
	let at = 0;
	let samples = 0;
	for (let stream = 0; stream < streams; stream++) {
		const framing = readFraming(packet, at, stream < streams - 1);
		if (!framing || (stream > 0 && framing.samples !== samples)) return 0;
		samples = framing.samples;
		at = framing.end;
	}
	return samples;
}

interface Framing {
	samples: number;
	end: number;
}

function readFraming(
	packet: Uint8Array,
	start: number,
	isSelfDelimited: boolean,
): Framing | undefined {
	const toc = packet[start];
	if (toc === undefined) return undefined;
	const code = toc & 3;
	const frameSamples = samplesOf(toc >> 3);
	const lengths = new LengthReader(packet, start + 1);
	if (code === 3) return readCode3(packet, lengths, frameSamples, isSelfDelimited);

	const samples = frameSamples * (code === 0 ? 1 : 2);
	const first = code === 2 ? lengths.next() : 0;
	const last = isSelfDelimited ? lengths.next() : undefined;
	const rest = packet.length - lengths.at - first;
	if (last !== undefined) {
		const end = lengths.at + (code === 1 ? 2 * last : first + last);
		return end > packet.length ? undefined : { samples, end };
	}
	if (rest < 0 || (code === 1 && rest % 2 !== 0)) return undefined;
	const lastBytes = code === 1 ? rest / 2 : rest;
	return lastBytes > MAX_FRAME_BYTES ? undefined : { samples, end: packet.length };
}

/** Any number of frames, with padding (section 3.2.5). */
function readCode3(
	packet: Uint8Array,
	lengths: LengthReader,
	frameSamples: number,
	isSelfDelimited: boolean,
): Framing | undefined {
	const counts = packet[lengths.at++] ?? 0;
	const frames = counts & 0x3f;
	const isVariable = (counts & 0x80) !== 0;
	const padding = (counts & 0x40) !== 0 ? lengths.padding() : 0;
	const samples = frames * frameSamples;
	if (frames === 0 || samples > MAX_PACKET_SAMPLES) return undefined;
	let bytes = 0;
	for (let frame = 1; isVariable && frame < frames; frame++) bytes += lengths.next();
	const last = isSelfDelimited ? lengths.next() : undefined;
	const rest = packet.length - lengths.at - padding;
	if (last !== undefined) {
		bytes += isVariable ? last : frames * last;
		return bytes > rest ? undefined : { samples, end: lengths.at + bytes + padding };
	}
	if (bytes > rest || (!isVariable && rest % frames !== 0)) return undefined;
	const lastBytes = isVariable ? rest - bytes : rest / frames;
	return lastBytes > MAX_FRAME_BYTES ? undefined : { samples, end: packet.length };
}

function samplesOf(configuration: number): number {
	if (configuration >= FIRST_CELT) return CELT_FRAMES[configuration & 3]!;
	if (configuration >= FIRST_HYBRID) return HYBRID_FRAMES[configuration & 1]!;
	return SILK_FRAMES[configuration & 3]!;
}

/** Reads the lengths in front of frames; beyond the packet's end they are too large for it. */
class LengthReader {
	constructor(
		private readonly packet: Uint8Array,
		public at: number,
	) {}

	/** Section 3.2.1. */
	next(): number {
		const first = this.byte();
		return first < 252 ? first : first + 4 * this.byte();
	}

	/** Section 3.2.5: 255 stands for 254 bytes and more to come. */
	padding(): number {
		let bytes = 0;
		for (;;) {
			const part = this.byte();
			if (part !== 255) return bytes + part;
			bytes += 254;
		}
	}

	private byte(): number {
		return this.packet[this.at++] ?? Infinity;
	}
}
