import { DamagedAudioError, TruncatedAudioError } from '../../errors';
import type { Decoder } from '../codec';
import { FRAMES_PER_SECOND, framesIn, type AmrKind } from './frames';
import { OPENCORE_AMR } from './opencoreAmr';

/** What the module exports, under the names that its linker gave them. */
interface Exports {
	/** memory */
	f: WebAssembly.Memory;
	/** Runs the constructors. */
	g: () => void;
	/** malloc */
	h: (bytes: number) => number;
	/** AMR-NB: create, decode, output. */
	j: () => number;
	k: (decoder: number, frame: number, bytes: number) => number;
	l: () => number;
	/** AMR-WB: the same. */
	n: () => number;
	o: (decoder: number, frame: number, bytes: number) => number;
	p: () => number;
}

/** The decoder looks at as many bytes as the frame's type takes: no more than this. */
const LARGEST_FRAME_BYTES = 64;
/** Ten seconds: nobody puts more into a packet. */
const MAX_PACKET_FRAMES = 500;
const MAX_PACKET_BYTES = MAX_PACKET_FRAMES * LARGEST_FRAME_BYTES;
/** The lowest three of sixteen bits are left out. */
const HIGHEST = 32760 / 32768;

let compiled: Promise<WebAssembly.Module> | undefined;

/** Decodes the frames of one recording; its memory (1 MB) goes with it. */
export class AmrDecoder implements Decoder {
	readonly sampleRate: number;
	private readonly frameSamples: number;
	private samples = new Float32Array(0);

	private constructor(
		private readonly exports: Exports,
		private readonly kind: AmrKind,
		private readonly decoder: number,
		private readonly input: number,
	) {
		this.sampleRate = kind.sampleRate;
		this.frameSamples = kind.sampleRate / FRAMES_PER_SECOND;
	}

	static async create(kind: AmrKind): Promise<AmrDecoder> {
		compiled ??= inflate(OPENCORE_AMR).then((bytes) => WebAssembly.compile(bytes));
		const instance = await WebAssembly.instantiate(await compiled, { a: HOST });
		const exports = instance.exports as unknown as Exports;
		exports.g();
		const decoder = kind.codec === 'amr_wb' ? exports.n() : exports.j();
		return new AmrDecoder(exports, kind, decoder, exports.h(LARGEST_FRAME_BYTES));
	}

	samplesIn(packets: readonly Uint8Array[]): number {
		const frames = packets
			.filter(({ length }) => length <= MAX_PACKET_BYTES)
			.reduce((sum, packet) => sum + framesIn(packet, this.kind).frames.length, 0);
		return frames * this.frameSamples;
	}

	/** Decodes frames as files hold them, each with its type byte. */
	decode(packet: Uint8Array): Float32Array[] {
		if (packet.length > MAX_PACKET_BYTES) throw new DamagedAudioError('an AMR packet is too large');
		const { frames, isFrame } = framesIn(packet, this.kind);
		const isPossible = isFrame && frames.length > 0 && frames.length <= MAX_PACKET_FRAMES;
		if (!isPossible) throw new DamagedAudioError('an AMR frame is broken');
		const length = frames.length * this.frameSamples;
		if (this.samples.length < length) this.samples = new Float32Array(length);
		frames.forEach((frame, index) =>
			this.samples.set(this.decodeFrame(frame), index * this.frameSamples),
		);
		return [this.samples.subarray(0, length)];
	}

	private decodeFrame(frame: Uint8Array): Float32Array {
		const { f: memory, k, l, o, p } = this.exports;
		const [decode, output] = this.kind.codec === 'amr_wb' ? [o, p] : [k, l];
		new Uint8Array(memory.buffer).set(frame, this.input);
		try {
			decode(this.decoder, this.input, frame.length);
		} catch (error) {
			if (!(error instanceof WebAssembly.RuntimeError)) throw error;
			throw new TruncatedAudioError('it breaks off in the middle');
		}
		const samples = new Float32Array(memory.buffer, output(), this.frameSamples);
		if (this.kind.codec === 'amr_nb') restorePeaks(samples);
		return samples;
	}
}

/** The module's last rounding overflows at positive full scale: a lowest value among high ones is really a highest. */
function restorePeaks(samples: Float32Array): void {
	for (let index = 0; index < samples.length; index++) {
		if (samples[index] !== -1) continue;
		const before = samples[index - 1] ?? samples[index + 1]!;
		if (before > 0) samples[index] = HIGHEST;
	}
}

/** What the module asks of its host and never needs: a timer, more memory, an end, a loop, an abort. */
const HOST = {
	a: () => 0,
	b: () => 0,
	c: refuse,
	d: () => undefined,
	e: refuse,
};

function refuse(): never {
	throw new WebAssembly.RuntimeError('aborted');
}

async function inflate(base64: string): Promise<ArrayBuffer> {
	const packed = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
	const bytes = new Blob([packed]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
	return await new Response(bytes).arrayBuffer();
}
