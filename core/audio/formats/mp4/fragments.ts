import { TruncatedAudioError } from '../../errors';
import type { BlockReader } from '../../source/bytes';
import { readBox, readBoxPlace, type Box, type BoxPlace } from './box';
import type { AudioTrack, FragmentDefaults } from './movie';
import type { Sample } from './sample';

/** Flags of `tfhd` and `trun` (ISO/IEC 14496-12, 8.8.7 and 8.8.8). */
const HAS_BASE_DATA_OFFSET = 0x1;
const HAS_DESCRIPTION_INDEX = 0x2;
const HAS_DEFAULT_DURATION = 0x8;
const HAS_DEFAULT_SIZE = 0x10;
const BASE_IS_MOOF = 0x20000;
const HAS_DATA_OFFSET = 0x1;
const HAS_FIRST_FLAGS = 0x4;
const HAS_DURATION = 0x100;
const HAS_SIZE = 0x200;
const HAS_FLAGS = 0x400;
const HAS_COMPOSITION_OFFSET = 0x800;

/** Entries of another track's table that are passed over at a time. */
const PASSED_ENTRIES = 4096;

/** Uncompressed sound may come instant by instant; this many make one packet. */
const PACKED_FRAMES = 1024;

/**
 * A track's samples in movie fragments (ISO/IEC 14496-12, 8.8), fragment by fragment
 * through the file; undefined now and then where there are none for long.
 *
 * @throws TruncatedAudioError when the file ends within a fragment
 */
export async function* fragmentSamples(
	reader: BlockReader,
	from: number,
	track: AudioTrack,
): AsyncGenerator<Iterable<Sample | undefined>> {
	const clock = { time: track.table.duration };
	let place = await nextPlace(reader, from);
	while (place) {
		if (place.type === 'moof' && place.end > reader.size) {
			throw new TruncatedAudioError('the file ends within a "moof" part');
		}
		const moof = place.type === 'moof' ? await readBox(reader, place) : undefined;
		const next = await nextPlace(reader, place.end);
		// Data follow their "moof" and the header of their box: read only now, so that reads never go back.
		if (moof) yield samplesOf(moof, place.start, track, clock);
		place = next;
	}
}

async function nextPlace(reader: BlockReader, at: number): Promise<BoxPlace | undefined> {
	if (at >= reader.size) return undefined;
	const place = await readBoxPlace(reader, at);
	if (!place) throw new TruncatedAudioError('the file ends in the middle of a part');
	return place;
}

interface Clock {
	/** When the next sample is decoded. */
	time: number;
}

interface Run extends FragmentDefaults {
	/** Where the data of the last run ended. */
	position: number;
}

function* samplesOf(
	moof: Box,
	moofStart: number,
	track: AudioTrack,
	clock: Clock,
): Generator<Sample | undefined> {
	let dataEnd = moofStart;
	for (const traf of moof.children('traf')) {
		if (traf.type !== 'traf') continue;
		yield undefined;
		const tfhd = traf.find('tfhd');
		if (!tfhd) continue;
		const { flags } = tfhd.fullHeader();
		const trackId = tfhd.uint32();
		const defaults = track.fragmentDefaults?.get(trackId);
		const run: Run = {
			position: dataEnd,
			duration: defaults?.duration ?? 0,
			size: defaults?.size ?? 0,
		};
		if (flags & HAS_BASE_DATA_OFFSET) run.position = tfhd.uint64();
		else if (flags & BASE_IS_MOOF) run.position = moofStart;
		if (flags & HAS_DESCRIPTION_INDEX) tfhd.skip(4);
		if (flags & HAS_DEFAULT_DURATION) run.duration = tfhd.uint32();
		if (flags & HAS_DEFAULT_SIZE) run.size = tfhd.uint32();
		const isOurs = trackId === track.id;
		if (isOurs) clock.time = readDecodeTime(traf.find('tfdt')) ?? clock.time;
		const base = run.position;
		for (const trun of traf.children('trun')) {
			if (trun.type !== 'trun') continue;
			if (isOurs) yield* samplesOfRun(trun, base, run, track.entry.packing?.bytes ?? 0, clock);
			else yield* passRun(trun, base, run);
		}
		dataEnd = run.position;
	}
}

function readDecodeTime(tfdt: Box | undefined): number | undefined {
	if (!tfdt) return undefined;
	return tfdt.fullHeader().version === 1 ? tfdt.uint64() : tfdt.uint32();
}

interface RunHeader {
	flags: number;
	count: number;
	/** Bytes of the table for each sample. */
	entryBytes: number;
}

/** Reads what precedes the table of a run and moves to where its data begins. */
function readRunHeader(trun: Box, base: number, run: Run): RunHeader {
	const { flags } = trun.fullHeader();
	const stated = trun.uint32();
	if (flags & HAS_DATA_OFFSET) run.position = base + trun.int32();
	if (flags & HAS_FIRST_FLAGS) trun.skip(4);
	const fields = [HAS_DURATION, HAS_SIZE, HAS_FLAGS, HAS_COMPOSITION_OFFSET];
	const entryBytes = 4 * fields.filter((field) => flags & field).length;
	const held = entryBytes > 0 ? Math.floor(trun.remaining / entryBytes) : stated;
	return { flags, count: Math.min(stated, held), entryBytes };
}

function* samplesOfRun(
	trun: Box,
	base: number,
	run: Run,
	frameBytes: number,
	clock: Clock,
): Generator<Sample> {
	const { flags, count, entryBytes } = readRunHeader(trun, base, run);
	let { duration, size } = run;
	if (entryBytes === 0) {
		yield* alikeSamples(count, size === frameBytes ? PACKED_FRAMES : 1, run, clock);
		return;
	}
	const rest = entryBytes - (flags & HAS_DURATION ? 4 : 0) - (flags & HAS_SIZE ? 4 : 0);
	for (let index = 0; index < count; index++) {
		if (flags & HAS_DURATION) duration = trun.uint32();
		if (flags & HAS_SIZE) size = trun.uint32();
		trun.skip(rest);
		yield { position: run.position, size, time: clock.time, duration };
		run.position += size;
		clock.time += duration;
	}
}

/** Samples without a table, several of them at a time. */
function* alikeSamples(count: number, atATime: number, run: Run, clock: Clock): Generator<Sample> {
	// Without a size there is nothing to read, and no table limits how often.
	if (run.size === 0) return;
	for (let left = count; left > 0; left -= atATime) {
		const samples = Math.min(left, atATime);
		const size = samples * run.size;
		const duration = samples * run.duration;
		yield { position: run.position, size, time: clock.time, duration };
		run.position += size;
		clock.time += duration;
	}
}

/** Finds out where the data of another track's run ends. */
function* passRun(trun: Box, base: number, run: Run): Generator<undefined> {
	const { flags, count, entryBytes } = readRunHeader(trun, base, run);
	if (!(flags & HAS_SIZE)) {
		run.position += count * run.size;
		return;
	}
	const before = flags & HAS_DURATION ? 4 : 0;
	for (let index = 0; index < count; index++) {
		if (index % PASSED_ENTRIES === 0) yield undefined;
		run.position += trun.skip(before).uint32();
		trun.skip(entryBytes - before - 4);
	}
}
