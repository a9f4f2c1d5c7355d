import { NoSoundError, UnsupportedAudioError } from '../../errors';
import { BlockReader, type ByteSource } from '../../source/bytes';
import {
	childrenOf,
	elementBudget,
	type ElementHeader,
	floatOf,
	MAX_HEADER_BYTES,
	parseElementHeader,
	parseVariableInteger,
	signedOf,
	unsignedOf,
	type VariableInteger,
} from './ebml';
import { framesOf } from './lacing';
import { type AudioTrack, parseAudioTracks } from './tracks';

/** A block of the audio track. */
export interface AudioBlock {
	/** A new object where another file is appended. */
	track: AudioTrack;
	/** What the file says it lasts, in seconds; undefined in live recordings. */
	statedDuration: number | undefined;
	/** Seconds. */
	time: number;
	frames: Uint8Array[];
	/** Seconds at its end that must not be heard. */
	discardedSeconds: number;
	/** Unreadable bytes lie before it. */
	isAfterHole: boolean;
}

const SEGMENT = 0x18538067;
const INFO = 0x1549a966;
const TIMESTAMP_SCALE = 0x2ad7b1;
const DURATION = 0x4489;
const TRACKS = 0x1654ae6b;
const CLUSTER = 0x1f43b675;
const TIMESTAMP = 0xe7;
const SIMPLE_BLOCK = 0xa3;
const BLOCK_GROUP = 0xa0;
const BLOCK = 0xa1;
const DISCARD_PADDING = 0x75a2;

/** Elements to step into; all others are skipped whole. No other element may be of unknown size. */
const MASTERS = new Set([SEGMENT, CLUSTER, BLOCK_GROUP]);

const NANOSECONDS = 1e-9;
const DEFAULT_TIMESTAMP_SCALE = 1_000_000;
/** Far more than descriptions take, setup headers of codecs included. */
const MAX_DESCRIPTION_BYTES = 4 * 1024 * 1024;
/** Track number, timestamp and flags. */
const MAX_BLOCK_HEADER_BYTES = 11;
/** Far more than a block of sound takes. */
const MAX_BLOCK_BYTES = 1024 * 1024;
const SEARCH_BYTES = 64 * 1024;
/** Elements may be tiny: other work runs each time after this many. */
const ELEMENTS_PER_TURN = 512;
const BATCH_BLOCKS = 16;
/** A stated duration below this is ignored. */
const MIN_SECONDS = 0.001;

/**
 * Reads the blocks of the first audio track that is wanted, in the order of the file. Identifiers of elements
 * are unique, so the tree need not be kept: stepping into masters and over everything else meets all blocks,
 * and sizes that are left open do not matter. Where nothing makes sense, the next cluster is looked for.
 */
export class BlockStream {
	private readonly reader: BlockReader;
	private position = 0;
	private track: AudioTrack | undefined;
	private scale = DEFAULT_TIMESTAMP_SCALE * NANOSECONDS;
	private statedDuration: number | undefined;
	private clusterTime = 0;
	private isAfterHole = false;
	/** Whether an element is cut off by the end of the source. */
	isCutShort = false;

	/** @param isWanted whether a track can be read; the first one is taken */
	constructor(
		private readonly source: ByteSource,
		private readonly isWanted: (track: AudioTrack) => boolean,
	) {
		this.reader = new BlockReader(source);
	}

	/**
	 * Gives blocks a few at a time.
	 *
	 * @throws NoSoundError when there is no audio track
	 * @throws UnsupportedAudioError when there is none that is wanted
	 */
	async *read(): AsyncGenerator<AudioBlock[]> {
		const { reader } = this;
		const blocks: AudioBlock[] = [];
		for (let count = 1; this.position < this.source.size; count++) {
			if (count % ELEMENTS_PER_TURN === 0) await reader.touch();
			// How much to drop at a block's end is stated after it.
			if (blocks.length > BATCH_BLOCKS) yield blocks.splice(0, BATCH_BLOCKS);
			const { position } = this;
			const header = parseElementHeader(
				reader.viewHeld(position, MAX_HEADER_BYTES) ??
					(await reader.view(position, MAX_HEADER_BYTES)),
			);
			if (!header || !this.isWithinSource(header)) {
				if (!(await this.resynchronize())) break;
				continue;
			}
			const { id, size = 0 } = header;
			const start = position + header.headerBytes;
			this.position = MASTERS.has(id) ? start : start + size;
			this.isCutShort ||= start + size > this.source.size;
			if (id === SIMPLE_BLOCK || id === BLOCK) {
				const headSize = Math.min(size, MAX_BLOCK_HEADER_BYTES);
				const head = reader.viewHeld(start, headSize) ?? (await reader.view(start, headSize));
				const number = this.trackNumber(head);
				if (!number) continue;
				const isBlock = size >= number.bytes + 3 && size <= MAX_BLOCK_BYTES;
				const view = isBlock
					? (reader.viewHeld(start, size) ?? (await reader.view(start, size)))
					: undefined;
				const block = this.readBlock(view, number.bytes);
				if (block) blocks.push(block);
			} else if (id === DISCARD_PADDING && blocks.length > 0) {
				const padding = signedOf(await reader.view(start, Math.min(size, 8)));
				blocks.at(-1)!.discardedSeconds = Math.max(0, padding * NANOSECONDS);
			} else if (id === TIMESTAMP) {
				this.clusterTime = unsignedOf(await reader.view(start, Math.min(size, 8)));
			} else if (id === INFO || id === TRACKS) {
				yield blocks.splice(0);
				await this.readDescription(id, start, size);
			}
		}
		yield blocks;
		if (!this.track) throw new NoSoundError('it holds no audio track');
	}

	private isWithinSource({ id, headerBytes, size }: ElementHeader): boolean {
		if (MASTERS.has(id)) return true;
		return size !== undefined && this.position + headerBytes + size <= this.source.size;
	}

	/** Goes on to the next cluster after unreadable bytes; false when there is none. */
	private async resynchronize(): Promise<boolean> {
		for (let at = this.position + 1; at < this.source.size; at += SEARCH_BYTES) {
			const span = await this.reader.view(at, SEARCH_BYTES + 3);
			const found = findCluster(span);
			if (found !== -1) {
				this.position = at + found;
				this.isAfterHole = true;
				return true;
			}
			if (span.byteLength < SEARCH_BYTES) break;
		}
		this.isCutShort = true;
		return false;
	}

	private async readDescription(id: number, start: number, size: number): Promise<void> {
		if (size > MAX_DESCRIPTION_BYTES) return;
		const body = await this.reader.view(start, size);
		if (id === INFO) this.readInfo(body);
		else this.chooseTrack(parseAudioTracks(body));
	}

	private readInfo(info: DataView): void {
		let scale = DEFAULT_TIMESTAMP_SCALE;
		let duration = 0;
		for (const { id, body } of childrenOf(info, elementBudget())) {
			if (id === TIMESTAMP_SCALE) scale = unsignedOf(body) || DEFAULT_TIMESTAMP_SCALE;
			else if (id === DURATION) duration = floatOf(body);
		}
		this.scale = scale * NANOSECONDS;
		const seconds = duration * this.scale;
		this.statedDuration = seconds >= MIN_SECONDS && Number.isFinite(seconds) ? seconds : undefined;
	}

	private chooseTrack(tracks: AudioTrack[]): void {
		const track = tracks.find(this.isWanted);
		if (!track) {
			const other = tracks.find(({ codecId }) => codecId)?.codecId;
			if (!other) throw new NoSoundError('it holds no audio track');
			throw new UnsupportedAudioError(`its audio is of a kind that cannot be read (${other})`);
		}
		this.track = track;
	}

	/** Reads the track number a block begins with, if it is that of the chosen track. */
	private trackNumber(head: DataView): VariableInteger | undefined {
		const number = parseVariableInteger(head, 0);
		return number?.value === this.track?.number ? number : undefined;
	}

	/**
	 * A block of the chosen track (RFC 9559, section 10).
	 *
	 * @param view undefined where its size makes no sense
	 */
	private readBlock(view: DataView | undefined, numberBytes: number): AudioBlock | undefined {
		const track = this.track!;
		const frames = view && framesIn(view, numberBytes, track);
		const isAfterHole = this.isAfterHole || !frames;
		// An unreadable block is a gap before the next one.
		this.isAfterHole = !frames;
		if (!frames) return undefined;
		return {
			track,
			statedDuration: this.statedDuration,
			time: (this.clusterTime + view.getInt16(numberBytes)) * this.scale,
			frames,
			discardedSeconds: 0,
			isAfterHole,
		};
	}
}

/** The frames of a block whose track number takes the given bytes, or undefined when they make no sense. */
function framesIn(
	block: DataView,
	numberBytes: number,
	{ strippedBytes }: AudioTrack,
): Uint8Array[] | undefined {
	const flags = block.getUint8(numberBytes + 2);
	const headBytes = numberBytes + 3;
	const body = new DataView(
		block.buffer,
		block.byteOffset + headBytes,
		block.byteLength - headBytes,
	);
	const frames = framesOf(body, flags);
	if (strippedBytes.length === 0) return frames;
	return frames?.map((frame) => {
		const whole = new Uint8Array(strippedBytes.length + frame.length);
		whole.set(strippedBytes);
		whole.set(frame, strippedBytes.length);
		return whole;
	});
}

/** Where the identifier of a cluster is; -1 if there is none. */
function findCluster(view: DataView): number {
	const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
	const first = CLUSTER >>> 24;
	for (let at = bytes.indexOf(first); at !== -1; at = bytes.indexOf(first, at + 1)) {
		if (at + 4 > bytes.length) return -1;
		if (view.getUint32(at) === CLUSTER) return at;
	}
	return -1;
}
