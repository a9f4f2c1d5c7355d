import type { Decoder } from '../codecs';
import type { PcmBlock, Silence } from '../pcm';
import type { ReadParameters } from './streamDecoder';

/** Packets that are compared with the next one: a file may go round in several. */
const COMPARED = 4;
/** Samples that may lie between what is decoded and what has been given out, see `BlockWriter`. */
const HELD_SAMPLES = 8192;

/** A stretch of the recording in seconds. */
interface Stretch {
	start: number;
	end: number;
}

/** A packet that was not like the latest ones. */
interface Distinct extends Stretch {
	bytes: Uint8Array;
	planes: Float32Array[];
	isRepeated: boolean;
}

/**
 * Finds out where a track goes round in a few packets, or in packets that decode to the same samples. No
 * recording does, but for silence; files that are made to unfold do, as each packet costs them bytes.
 */
export class RepeatedPackets {
	/** Seconds that have been given out. */
	private seconds = 0;
	private readonly latest: Distinct[] = [];
	/** Where packets lie that were not repeated. */
	private unique: Stretch[] = [];

	/** Notes the packets that are decoded. */
	watch(read: ReadParameters): ReadParameters {
		return async (parameters) => {
			const sound = await read(parameters);
			if (!sound.open) return sound;
			return { ...sound, open: async () => this.watched(await sound.open!()) };
		};
	}

	/** The same blocks, whose lengths are counted. */
	async *counted(blocks: AsyncIterable<PcmBlock | Silence>): AsyncGenerator<PcmBlock | Silence> {
		for await (const block of blocks) {
			const samples = 'silence' in block ? block.silence : block.samples.length;
			this.seconds += samples / block.sampleRate;
			yield block;
		}
	}

	/** Whether a stretch of the recording holds nothing but packets that are repeated; asked in order. */
	cover(start: number, end: number): boolean {
		this.unique = this.unique.filter((stretch) => stretch.end > start);
		const once = this.latest.filter(({ isRepeated }) => !isRepeated);
		return ![...this.unique, ...once].some((stretch) => stretch.start < end && stretch.end > start);
	}

	private watched(decoder: Decoder): Decoder {
		const decode = decoder.decode.bind(decoder);
		decoder.decode = (packet) => {
			try {
				const planes = decode(packet);
				this.note(packet, planes, decoder.sampleRate);
				return planes;
			} catch (error) {
				// What is heard in its place is not known.
				this.forget(this.distinct(packet, [], decoder.sampleRate));
				throw error;
			}
		};
		return decoder;
	}

	private note(packet: Uint8Array, planes: Float32Array[], sampleRate: number): void {
		const same = this.latest.find(
			({ bytes, planes: others }) => isEqual(packet, bytes) || areEqual(planes, others),
		);
		if (same) {
			same.isRepeated = true;
			return;
		}
		const gone = this.latest.length === COMPARED ? this.latest.shift() : undefined;
		if (gone) this.forget(gone);
		this.latest.push(this.distinct(packet, planes, sampleRate, gone));
	}

	/** @param gone whose memory may be used */
	private distinct(
		packet: Uint8Array,
		planes: Float32Array[],
		sampleRate: number,
		gone?: Distinct,
	): Distinct {
		const seconds = ((planes[0]?.length ?? 0) + HELD_SAMPLES) / sampleRate;
		return {
			start: this.seconds,
			end: this.seconds + seconds,
			bytes: packet.slice(),
			planes: planes.map((plane, index) => copyOf(plane, gone?.planes[index])),
			isRepeated: false,
		};
	}

	private forget({ start, end, isRepeated }: Distinct): void {
		if (isRepeated) return;
		const last = this.unique.at(-1);
		if (last && last.end >= start) last.end = Math.max(last.end, end);
		else this.unique.push({ start, end });
	}
}

function copyOf(plane: Float32Array, memory: Float32Array | undefined): Float32Array {
	if (memory?.length !== plane.length) return plane.slice();
	memory.set(plane);
	return memory;
}

function areEqual(planes: Float32Array[], others: Float32Array[]): boolean {
	return (
		planes.length === others.length &&
		planes.every((plane, index) => plane.length > 0 && isEqual(plane, others[index]!))
	);
}

function isEqual<T extends Uint8Array | Float32Array>(values: T, others: T): boolean {
	if (values.length !== others.length) return false;
	for (let index = 0; index < values.length; index++) {
		if (values[index] !== others[index]) return false;
	}
	return true;
}
