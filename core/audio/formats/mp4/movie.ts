import {
	DamagedAudioError,
	NoSoundError,
	UnreadableAudioError,
	UnsupportedAudioError,
} from '../../errors';
import { OPUS_RATE, parseOpusHead } from '../../codecs/opus/head';
import type { Box } from './box';
import type { Edit } from '../../track/packets';
import { heardDuration, readEditList, WHOLE } from './editList';
import { readItunesEdit } from './itunes';
import { readSampleEntry, type SampleEntry } from './sampleEntry';
import { SampleTable } from './sampleTable';

/** The defaults for samples of a fragment (`trex`, ISO/IEC 14496-12, 8.8.3). */
export interface FragmentDefaults {
	duration: number;
	size: number;
}

/** An audio track as the `moov` box describes it. */
export interface AudioTrack {
	id: number;
	entry: SampleEntry;
	/** Units per second of all times of the track. */
	timescale: number;
	edits: readonly Edit[];
	/** The samples that are not in fragments. */
	table: SampleTable;
	/** By track; undefined when the file has no fragments. */
	fragmentDefaults: Map<number, FragmentDefaults> | undefined;
}

type TrackDescription = Omit<AudioTrack, 'fragmentDefaults'>;

/** Files with more tracks than this are made to waste time. */
const MAX_TRACKS = 100;

/**
 * Reads the first audio track out of the `moov` box.
 *
 * @throws DamagedAudioError when there is none that can be read, or it is encrypted
 */
export function readAudioTrack(moov: Box): AudioTrack {
	const boxes = [...moov.children()];
	const movieTimescale = readTimescale(boxes.find(({ type }) => type === 'mvhd'));
	const fragmentDefaults = readFragmentDefaults(boxes.find(({ type }) => type === 'mvex'));
	const traks = boxes
		.filter(({ type }) => type === 'trak')
		.slice(0, MAX_TRACKS)
		.filter(isSound);
	if (traks.length === 0) throw new NoSoundError('it holds no audio track');

	let problem: unknown;
	for (const trak of traks) {
		try {
			const track = readTrack(trak, movieTimescale);
			if (track.entry.isEncrypted) throw new UnsupportedAudioError('its sound is encrypted');
			if (track.table.count === 0 && !fragmentDefaults) {
				throw new DamagedAudioError('its audio track is empty');
			}
			const edits = usableEdits(track, moov, fragmentDefaults !== undefined);
			return { ...track, edits, fragmentDefaults };
		} catch (error) {
			if (!(error instanceof UnreadableAudioError)) throw error;
			problem ??= error;
		}
	}
	throw problem;
}

function isSound(trak: Box): boolean {
	const handler = trak.find('mdia', 'hdlr');
	return handler !== undefined && handler.remaining >= 12 && handler.skip(8).fourCC() === 'soun';
}

function readTrack(trak: Box, movieTimescale: number): TrackDescription {
	const tkhd = trak.find('tkhd');
	const stbl = trak.find('mdia', 'minf', 'stbl');
	const stsd = stbl?.find('stsd');
	if (!tkhd || !stbl || !stsd)
		throw new DamagedAudioError('its audio track is only partly described');
	const timescale = readTimescale(trak.find('mdia', 'mdhd'));
	if (timescale === 0) throw new DamagedAudioError('its audio track has no timescale');
	const entry = readSampleEntry(stsd);
	const elst = movieTimescale > 0 ? trak.find('edts', 'elst') : undefined;
	return {
		id: readTrackId(tkhd),
		entry,
		timescale,
		edits: elst ? readEditList(elst, timescale, movieTimescale) : [],
		table: new SampleTable(stbl, entry.packing),
	};
}

/** The edit list, or where there is none, other notes of encoder delay. */
function usableEdits(
	{ edits, table, entry, timescale }: TrackDescription,
	moov: Box,
	isFragmented: boolean,
): readonly Edit[] {
	if (edits.length === 0) {
		const noted = readItunesEdit(moov) ?? readPreSkip(entry, timescale);
		return noted ? [noted] : WHOLE;
	}
	// The list was made before the fragments.
	if (isFragmented)
		return edits.map((edit, index) =>
			index < edits.length - 1 ? edit : { ...edit, end: Infinity },
		);
	return heardDuration(edits, 0, table.duration) > 0 ? edits : WHOLE;
}

/** Opus tells how much to drop ("Encapsulation of Opus in ISO Base Media File Format", 4.3.2). */
function readPreSkip({ parameters }: SampleEntry, timescale: number): Edit | undefined {
	if (parameters.codec !== 'opus') return undefined;
	const { preSkip } = parseOpusHead(parameters.config);
	return { silence: 0, start: (preSkip * timescale) / OPUS_RATE, end: Infinity };
}

function readTrackId(tkhd: Box): number {
	const { version } = tkhd.fullHeader();
	return tkhd.skip(version === 1 ? 16 : 8).uint32();
}

/** `mvhd` and `mdhd` have it in the same place. */
function readTimescale(header: Box | undefined): number {
	if (!header) return 0;
	const { version } = header.fullHeader();
	return header.skip(version === 1 ? 16 : 8).uint32();
}

function readFragmentDefaults(mvex: Box | undefined): AudioTrack['fragmentDefaults'] {
	if (!mvex) return undefined;
	const defaults = new Map<number, FragmentDefaults>();
	for (const trex of mvex.children()) {
		if (trex.type !== 'trex') continue;
		const trackId = trex.skip(4).uint32();
		defaults.set(trackId, { duration: trex.skip(4).uint32(), size: trex.uint32() });
	}
	return defaults;
}
