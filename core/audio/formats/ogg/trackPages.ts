import { DamagedAudioError, UnsupportedAudioError } from '../../errors';
import { isOpusHead } from '../../codecs/opus/head';
import { opusFormat } from '../../codecs/opus/format';
import { vorbisFormat, VORBIS_HEADERS } from '../../codecs/vorbis/format';
import { isVorbisHeader } from '../../codecs/vorbis/setup';
import type { PacketGroup } from '../../track/decodeTrack';
import { PacketAssembler } from './packets';
import type { PageReader } from './pages';
import type { TrackFormat } from '../../track/trackFormat';

/** A page of the audio track. */
export interface TrackPage extends PacketGroup {
	serial: number;
	/** All logical streams that are interleaved with the track, and itself. */
	serials: ReadonlySet<number>;
}

/** A codec in Ogg: how its headers are known and read. */
interface Codec {
	isHead(packet: Uint8Array): boolean;
	/** Packets that are read before sound comes. */
	headers: number;
	format(headers: Uint8Array[]): TrackFormat;
}

const CODECS: Codec[] = [
	{ isHead: isOpusHead, headers: 2, format: ([head]) => opusFormat(head!) },
	{ isHead: (packet) => isVorbisHeader(packet, 1), headers: VORBIS_HEADERS, format: vorbisFormat },
];

/** Other sound that Ogg carries, by the first bytes of its first packet. */
const UNREADABLE: [mark: string, name: string][] = [
	['\x7fFLAC', 'FLAC'],
	['fLaC', 'FLAC'],
	['Speex', 'Speex'],
	['CELT', 'CELT'],
	['PCM', 'PCM'],
];

/** The logical stream that is followed. */
interface Track {
	serial: number;
	codec: Codec;
	headers: Uint8Array[];
	packets: PacketAssembler;
	format?: TrackFormat;
}

/**
 * Reads the pages of the first audio track; where another physical stream is chained behind (RFC 3533,
 * section 4), of its first audio track too.
 *
 * @throws DamagedAudioError when there is no audio or its headers make no sense
 */
export async function* readTrackPages(reader: PageReader): AsyncGenerator<TrackPage> {
	let track: Track | undefined;
	let serials = new Set<number>();
	let isBeginning = false;
	let unreadable: string | undefined;

	for (let page = await reader.next(); page; page = await reader.next()) {
		if (page.isFirst) {
			if (!isBeginning) {
				track = undefined;
				serials = new Set();
			}
			isBeginning = true;
			serials.add(page.serial);
			if (track) continue;
			const packets = new PacketAssembler();
			const [head = new Uint8Array(0)] = packets.take(page);
			const codec = CODECS.find((candidate) => candidate.isHead(head));
			if (codec) track = { serial: page.serial, codec, headers: [head.slice()], packets };
			else unreadable ??= UNREADABLE.find(([mark]) => hasMark(head, mark))?.[1];
			continue;
		}
		isBeginning = false;
		if (!track && unreadable) throw new UnsupportedAudioError(`its audio is ${unreadable}`);
		if (track?.serial !== page.serial) continue;
		const { codec, headers } = track;
		const packets = track.packets.take(page);
		while (headers.length < codec.headers && packets.length > 0) {
			headers.push(packets.shift()!.slice());
		}
		if (headers.length < codec.headers) continue;
		track.format ??= codec.format(headers);
		if (packets.length === 0) continue;
		const { serial, granule, isAfterHole } = page;
		const isLast = page.isLast || page.end >= reader.size;
		yield { format: track.format, serial, serials, packets, end: granule, isLast, isAfterHole };
	}
	if (!track) throw new DamagedAudioError('it has no header of an audio stream');
}

function hasMark(packet: Uint8Array, mark: string): boolean {
	return [...mark].every((letter, index) => packet[index] === letter.charCodeAt(0));
}
