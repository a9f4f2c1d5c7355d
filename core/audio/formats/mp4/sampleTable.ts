import { DamagedAudioError, TruncatedAudioError } from '../../errors';
import type { Box } from './box';
import type { Sample } from './sample';
import type { Packing } from './sampleEntry';

const FEWER = 'its tables name more sound than there is';

/** Changes of duration that are looked at: as many as hours of packets make of which no two last equally long. */
const MAX_TIME_RUNS = 500_000;
/** Chunks without samples that are passed over at a time. */
const PASSED_CHUNKS = 4096;

/** Sample instants of uncompressed sound that make one packet. */
const PACKED_FRAMES = 1024;

/**
 * The samples of a track (ISO/IEC 14496-12, 8.6 and 8.7: `stts`, `stsz` or `stz2`, `stsc`, `stco` or
 * `co64`). Only the tables are kept, as they are written; samples are derived one by one.
 */
export class SampleTable {
	/** Samples in all; for packed sound, sample instants. */
	readonly count: number;
	/** In units of the timescale. */
	readonly duration: number;
	private readonly sizes: SizeTable;
	private readonly times: TimeTable;
	private readonly chunks: ChunkTable;
	private readonly packing: Packing | undefined;

	/** @throws DamagedAudioError when a table is missing */
	constructor(stbl: Box, packing: Packing | undefined) {
		this.sizes = new SizeTable(stbl);
		this.times = new TimeTable(stbl);
		this.chunks = new ChunkTable(stbl);
		this.count = this.sizes.count;
		this.duration = this.times.durationOf(this.count);
		// Only where each "sample" is one instant; other writers make packets of uncompressed sound.
		const isPacked = packing && this.times.isByInstant && this.sizes.isConstant;
		this.packing = isPacked ? packing : undefined;
	}

	/**
	 * In order of decoding; undefined now and then where there are none for long.
	 *
	 * @throws TruncatedAudioError after the last one when the tables do not agree
	 */
	samples(): Generator<Sample | undefined> {
		return this.packing ? this.packedSamples(this.packing) : this.singleSamples();
	}

	private *singleSamples(): Generator<Sample | undefined> {
		const durations = this.times.durations();
		let index = 0;
		let time = 0;
		let passed = 0;
		for (const { position, samples } of this.chunks.chunks()) {
			if (samples === 0 && ++passed % PASSED_CHUNKS === 0) yield undefined;
			const end = Math.min(index + samples, this.count);
			for (let at = position; index < end; index++) {
				const size = this.sizes.sizeOf(index);
				const duration = durations.next();
				yield { position: at, size, time, duration };
				at += size;
				time += duration;
			}
			if (index >= this.count) return;
		}
		if (index < this.count) throw new TruncatedAudioError(FEWER);
	}

	private *packedSamples({ frames, bytes }: Packing): Generator<Sample | undefined> {
		const inPacket = Math.max(1, Math.floor(PACKED_FRAMES / frames));
		// Frames of speech codecs stay single.
		const packetFrames = frames >= 160 ? frames : inPacket * frames;
		let time = 0;
		let passed = 0;
		for (const { position, samples } of this.chunks.chunks()) {
			let left = Math.min(samples, this.count - time);
			if (left < frames && ++passed % PASSED_CHUNKS === 0) yield undefined;
			for (let at = position; left >= frames;) {
				const packets = Math.floor(Math.min(left, packetFrames) / frames);
				const duration = packets * frames;
				const size = packets * bytes;
				yield { position: at, size, time, duration };
				at += size;
				time += duration;
				left -= duration;
			}
			if (time + frames > this.count) return;
		}
		if (time + frames <= this.count) throw new TruncatedAudioError(FEWER);
	}
}

class SizeTable {
	readonly count: number;
	/** Of every sample, or 0. */
	private readonly size: number;
	private readonly bits: number;
	private readonly entries: DataView;

	constructor(stbl: Box) {
		const box = stbl.find('stz2') ?? required(stbl, 'stsz');
		box.fullHeader();
		if (box.type === 'stsz') {
			this.size = box.uint32();
			this.bits = 32;
		} else {
			this.size = 0;
			this.bits = box.uint32() & 0xff;
			if (![4, 8, 16].includes(this.bits)) throw new DamagedAudioError('its "stz2" part is wrong');
		}
		const count = box.uint32();
		this.entries = box.table(this.size > 0 ? 0 : Math.ceil((count * this.bits) / 8), 1);
		const held = Math.floor((this.entries.byteLength * 8) / this.bits);
		this.count = this.size > 0 ? count : Math.min(count, held);
	}

	get isConstant(): boolean {
		return this.size > 0;
	}

	sizeOf(index: number): number {
		if (this.size > 0) return this.size;
		if (this.bits === 32) return this.entries.getUint32(index * 4);
		if (this.bits === 16) return this.entries.getUint16(index * 2);
		if (this.bits === 8) return this.entries.getUint8(index);
		const pair = this.entries.getUint8(index >> 1);
		return index & 1 ? pair & 15 : pair >> 4;
	}
}

class TimeTable {
	/** Pairs of a count of samples and the duration of each. */
	private readonly entries: DataView;
	private readonly runs: number;

	constructor(stbl: Box) {
		const box = required(stbl, 'stts').skip(4);
		this.entries = box.table(Math.min(box.uint32(), MAX_TIME_RUNS), 8);
		this.runs = this.entries.byteLength / 8;
	}

	get isByInstant(): boolean {
		return this.runs === 1 && this.entries.getUint32(4) === 1;
	}

	/** Of the first `count` samples; those beyond the table last as long as the last in it. */
	durationOf(count: number): number {
		let left = count;
		let total = 0;
		let duration = 0;
		for (let run = 0; run < this.runs && left > 0; run++) {
			const samples = Math.min(left, this.entries.getUint32(run * 8));
			duration = this.entries.getUint32(run * 8 + 4);
			total += samples * duration;
			left -= samples;
		}
		return total + left * duration;
	}

	durations(): { next: () => number } {
		let run = -1;
		let left = 0;
		let duration = 0;
		return {
			next: () => {
				while (left === 0 && run + 1 < this.runs) {
					run++;
					left = this.entries.getUint32(run * 8);
					duration = this.entries.getUint32(run * 8 + 4);
				}
				if (left > 0) left--;
				return duration;
			},
		};
	}
}

interface Chunk {
	position: number;
	samples: number;
}

class ChunkTable {
	private readonly offsets: DataView;
	private readonly offsetBytes: 4 | 8;
	/** First chunk (from 1), samples in each and sound description of runs of chunks. */
	private readonly entries: DataView;
	private readonly runs: number;

	constructor(stbl: Box) {
		const offsets = stbl.find('co64') ?? required(stbl, 'stco');
		this.offsetBytes = offsets.type === 'co64' ? 8 : 4;
		offsets.skip(4);
		this.offsets = offsets.table(offsets.uint32(), this.offsetBytes);
		const box = required(stbl, 'stsc').skip(4);
		const chunks = this.offsets.byteLength / this.offsetBytes;
		this.entries = box.table(Math.min(box.uint32(), chunks), 12);
		this.runs = this.entries.byteLength / 12;
	}

	*chunks(): Generator<Chunk> {
		if (this.runs === 0) return;
		const count = this.offsets.byteLength / this.offsetBytes;
		for (let chunk = 0, run = 0; chunk < count; chunk++) {
			while (run + 1 < this.runs && this.entries.getUint32((run + 1) * 12) <= chunk + 1) run++;
			yield { position: this.offset(chunk), samples: this.entries.getUint32(run * 12 + 4) };
		}
	}

	private offset(chunk: number): number {
		const at = chunk * this.offsetBytes;
		const high = this.offsetBytes === 8 ? this.offsets.getUint32(at) : 0;
		return high * 2 ** 32 + this.offsets.getUint32(at + this.offsetBytes - 4);
	}
}

function required(stbl: Box, type: string): Box {
	const box = stbl.find(type);
	if (!box) throw new DamagedAudioError(`it has no "${type}" part`);
	return box;
}
