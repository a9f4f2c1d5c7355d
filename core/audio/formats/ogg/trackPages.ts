import { NoSoundError, UnsupportedAudioError } from '../../errors';
import type { CodedStream, PacketGroup } from '../../track/packets';
import { mappingOf, unreadableSound, type Mapping } from './mappings';
import { PacketAssembler } from './packetAssembler';
import type { Page, PageReader } from './pages';

/** A page of the audio track. */
export interface TrackPage extends PacketGroup {
	serial: number;
	/** The track and all logical streams that are interleaved with it. */
	serials: ReadonlySet<number>;
}

/** The logical stream that is followed. */
class Track {
	private readonly headers: Uint8Array[];
	private stream: CodedStream | undefined;

	constructor(
		readonly serial: number,
		private readonly mapping: Mapping,
		private readonly assembler: PacketAssembler,
		head: Uint8Array,
	) {
		this.headers = [head.slice()];
	}

	/** The packets of sound that end in a page, and the stream they belong to; undefined where there are none. */
	read(page: Page): { stream: CodedStream; packets: Uint8Array[] } | undefined {
		// Some writers end with an empty one.
		const packets = this.assembler.take(page).filter(({ length }) => length > 0);
		while (!this.stream && packets.length > 0) {
			const { headers, mapping } = this;
			if (!mapping.isHeader(packets[0]!, headers.length, headers[0]!)) {
				this.stream = mapping.read(headers);
			} else {
				headers.push(packets.shift()!.slice());
			}
		}
		return this.stream && packets.length > 0 ? { stream: this.stream, packets } : undefined;
	}
}

/**
 * Reads the pages of the first audio track; where another physical stream is chained (RFC 3533,
 * section 4), those of its first audio track too.
 *
 * @throws NoSoundError when there is no audio
 * @throws UnsupportedAudioError or DamagedAudioError when it is of an unknown kind or its headers make no sense
 */
export async function* readTrackPages(reader: PageReader): AsyncGenerator<TrackPage> {
	let track: Track | undefined;
	let hasTrack = false;
	let serials = new Set<number>();
	let isBeginning = false;
	let unreadable: string | undefined;

	for (let page = await reader.next(); page; page = await reader.next()) {
		const { serial, granule, isAfterHole } = page;
		if (page.isFirst) {
			if (!isBeginning) {
				track = undefined;
				serials = new Set();
			}
			isBeginning = true;
			serials.add(serial);
			if (track) continue;
			const assembler = new PacketAssembler();
			const [head = new Uint8Array(0)] = assembler.take(page);
			const mapping = mappingOf(head);
			if (mapping) track = new Track(serial, mapping, assembler, head);
			else unreadable ??= unreadableSound(head);
			hasTrack ||= mapping !== undefined;
			continue;
		}
		isBeginning = false;
		if (!track && unreadable) throw new UnsupportedAudioError(`its audio is ${unreadable}`);
		if (track?.serial !== serial) continue;
		const sound = track.read(page);
		if (!sound) continue;
		const isLast = page.isLast || page.end >= reader.size;
		yield { ...sound, serial, serials, end: granule, isLast, isAfterHole };
	}
	if (!hasTrack) throw new NoSoundError('it holds no audio track');
}
