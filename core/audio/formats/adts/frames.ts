import { DamagedAudioError, TruncatedAudioError } from '../../errors';
import { skipId3 } from '../id3';
import { BlockReader, fourCC, type ByteSource } from '../../source/bytes';
import { ADTS_HEADER_BYTES, parseAdtsHeader, type AdtsHeader } from '../../codecs/aac/adtsHeader';

export interface AdtsFrame extends AdtsHeader {
	position: number;
}

const MAX_FRAME_BYTES = 8191;
/** Frames in a row that rule out chance, where no frame was expected. */
const FRAMES_IN_A_ROW = 3;
/** How far to look for the first frame after tags. */
const MAX_SEARCH_BYTES = 64 * 1024;
/** How many positions are looked at in one read. */
const SEARCH_BYTES = 16 * 1024;
/** Bytes that are neither frames nor tags: more than this many are a loss worth reporting. */
const MAX_FOREIGN_BYTES = MAX_FRAME_BYTES;

/** The frames of an ADTS file, one after the other; tags and foreign bytes are skipped. */
export class AdtsFrames {
	private foreignBytes = 0;
	private isCutOff = false;

	private constructor(
		private readonly reader: BlockReader,
		readonly first: AdtsFrame,
	) {}

	/** @throws DamagedAudioError when there are none */
	static async find(source: ByteSource): Promise<AdtsFrames> {
		const reader = new BlockReader(source);
		const start = await skipId3(reader, 0);
		const first = await search(reader, start, start + MAX_SEARCH_BYTES);
		if (!first) throw new DamagedAudioError('it has no AAC frames');
		return new AdtsFrames(reader, first);
	}

	async *[Symbol.asyncIterator](): AsyncGenerator<AdtsFrame> {
		for (let frame: AdtsFrame | undefined = this.first; frame; frame = await this.next(frame)) {
			yield frame;
		}
	}

	/** The bytes of a frame, the latest one or a later one; as far as the file contains them. */
	async bytesOf({ position, size }: AdtsFrame): Promise<Uint8Array> {
		const { reader } = this;
		const view = reader.viewHeld(position, size) ?? (await reader.view(position, size));
		return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
	}

	/**
	 * To be called after the last frame.
	 *
	 * @throws TruncatedAudioError when there must have been more
	 */
	assertComplete(): void {
		if (this.isCutOff) throw new TruncatedAudioError('it ends in the middle of an AAC frame');
		if (this.foreignBytes > MAX_FOREIGN_BYTES) {
			throw new TruncatedAudioError(`${this.foreignBytes} bytes of it are not AAC frames`);
		}
	}

	private async next({ position, size, ...kind }: AdtsFrame): Promise<AdtsFrame | undefined> {
		const { reader } = this;
		const end = await skipId3(reader, position + size);
		if (end >= reader.size) return undefined;
		const view = await reader.view(end, ADTS_HEADER_BYTES);
		const header = parseAdtsHeader(view, 0);
		const isExpected = header !== undefined && isSameKind(header, kind);
		if (isExpected && end + header.size <= reader.size) return { ...header, position: end };
		if (await isEndTag(reader, end)) return undefined;

		const found = await search(reader, end, reader.size, kind);
		this.foreignBytes += (found?.position ?? reader.size) - end;
		// Sources may turn out to be shorter than they said.
		const isEmpty = view.byteLength === 0;
		const isPartOfHeader =
			view.byteLength < ADTS_HEADER_BYTES && (isEmpty || view.getUint8(0) === 0xff);
		this.isCutOff = !found && (isExpected || isPartOfHeader);
		return found;
	}
}

/** The first place in [from, to) where several frames of one kind follow each other. */
async function search(
	reader: BlockReader,
	from: number,
	to: number,
	kind?: Kind,
): Promise<AdtsFrame | undefined> {
	const stop = Math.min(to, reader.size);
	for (let at = from; at < stop; at += SEARCH_BYTES) {
		const length = Math.min(SEARCH_BYTES + FRAMES_IN_A_ROW * MAX_FRAME_BYTES, reader.size - at);
		const view = await reader.view(at, length);
		const span = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
		const isLast = at + span.length >= reader.size;
		const limit = Math.min(SEARCH_BYTES, stop - at);
		for (let offset = span.indexOf(0xff); offset !== -1; offset = span.indexOf(0xff, offset + 1)) {
			if (offset >= limit) break;
			const header = headerInRow(view, offset, isLast, kind);
			if (header) return { ...header, position: at + offset };
		}
		if (span.length === 0) return undefined;
	}
	return undefined;
}

/** The header at an offset when its frame is the first of several of its kind. */
function headerInRow(
	view: DataView,
	offset: number,
	isLast: boolean,
	kind?: Kind,
): AdtsHeader | undefined {
	let first: AdtsHeader | undefined;
	for (let count = 0; count < FRAMES_IN_A_ROW; count++) {
		const isNearEnd = isLast && offset + ADTS_HEADER_BYTES > view.byteLength;
		if (isNearEnd) return offset <= view.byteLength ? first : undefined;
		const header = parseAdtsHeader(view, offset);
		if (!header || !isSameKind(header, first ?? kind ?? header)) return undefined;
		offset += header.size;
		// The frame that is cut off at the end.
		if (offset > view.byteLength) return isLast ? first : undefined;
		first ??= header;
	}
	return first;
}

/** What stays the same in all frames of a recording; the channels may change. */
type Kind = Pick<AdtsHeader, 'objectType' | 'sampleRateIndex'>;

function isSameKind(a: Kind, b: Kind): boolean {
	return a.objectType === b.objectType && a.sampleRateIndex === b.sampleRateIndex;
}

async function isEndTag(reader: BlockReader, position: number): Promise<boolean> {
	const view = await reader.view(position, 4);
	if (view.byteLength < 4) return false;
	const mark = fourCC(view, 0);
	return mark.startsWith('TAG') || mark === 'APET' || mark === 'LYRI';
}
