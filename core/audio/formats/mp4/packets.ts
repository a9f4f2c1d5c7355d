import { DamagedAudioError, TruncatedAudioError } from '../../errors';
import { BlockReader, type ByteSource } from '../../source/bytes';
import { thriftySource } from '../../source/thrifty';
import { readBox, readBoxPlace } from './box';
import { fragmentSamples } from './fragments';
import { readAudioTrack, type AudioTrack } from './movie';
import type { Sample } from './sample';

/** An audio track and where to find it. */
export interface OpenTrack {
	reader: BlockReader;
	track: AudioTrack;
	/** Where fragments may begin; undefined when there are none. */
	fragmentsStart: number | undefined;
}

/** A sample and its bytes. */
export interface Packet extends Sample {
	bytes: Uint8Array;
}

/** Nobody codes this much sound in one packet. */
const MAX_PACKET_BYTES = 4 * 1024 * 1024;
const STRETCH_SAMPLES = 4096;
const BATCH_PACKETS = 16;
const NO_INDEX =
	'the index that says where its sound lies (the "moov" part, which most recorders write at the end of the file) is missing, as the file was cut short or the recording was never finished';
const CUT_SHORT = 'the file ends before its sound does';
const WRONG = 'its tables name more sound than there is';

/** What is decoded before the first edit begins, as decoders build on earlier packets. */
const PRE_ROLL_SECONDS = 1;

/**
 * Finds the `moov` box, wherever it is, and the first audio track in it.
 *
 * @throws DamagedAudioError when there is none that can be read
 */
export async function openTrack(source: ByteSource): Promise<OpenTrack> {
	const reader = new BlockReader(thriftySource(source));
	let firstFragment: number | undefined;
	for (let at = 0; at < source.size;) {
		const place = await readBoxPlace(reader, at);
		if (!place) break;
		if (place.type === 'moof') firstFragment ??= at;
		if (place.type === 'moov') {
			if (place.end > source.size) throw new DamagedAudioError(NO_INDEX);
			const track = readAudioTrack(await readBox(reader, place));
			const fragmentsStart = track.fragmentDefaults && (firstFragment ?? place.end);
			return { reader, track, fragmentsStart };
		}
		at = place.end;
	}
	throw new DamagedAudioError(NO_INDEX);
}

/**
 * The samples of a track in order of decoding, without those that lie well before the first edit or
 * after the last; in stretches between which the file was read.
 *
 * @throws TruncatedAudioError at a sample that lies beyond the file's end, or when the file ends
 *   within a fragment, or the tables do not agree
 */
export async function* heardSamples(open: OpenTrack): AsyncGenerator<Iterable<Sample>> {
	const { reader, track, fragmentsStart } = open;
	const bounds: Bounds = { size: reader.size, bytesLeft: reader.size };
	yield* heardStretches(track.table.samples(), open, bounds);
	if (fragmentsStart === undefined) return;
	for await (const samples of fragmentSamples(reader, fragmentsStart, track)) {
		yield* heardStretches(samples, open, bounds);
	}
}

/** Tables may be long: other work runs between stretches. */
async function* heardStretches(
	samples: Iterable<Sample | undefined>,
	{ reader, track }: OpenTrack,
	bounds: Bounds,
): AsyncGenerator<Iterable<Sample>> {
	const run: Run = { samples: samples[Symbol.iterator]() as Run['samples'], isOver: false };
	while (!run.isOver) {
		yield heardOf(run, track, bounds);
		await reader.touch();
	}
}

interface Run {
	samples: Iterator<Sample | undefined, undefined>;
	/** Whether nothing that is heard comes after. */
	isOver: boolean;
}

interface Bounds {
	/** Of the file. */
	size: number;
	/** No byte is in two samples: tables that name more than the file holds go in circles. */
	bytesLeft: number;
}

/** What is heard of the next samples of a run. */
function* heardOf(run: Run, { edits, timescale }: AudioTrack, bounds: Bounds): Generator<Sample> {
	const start = edits[0]!.start - PRE_ROLL_SECONDS * timescale;
	const { end } = edits[edits.length - 1]!;
	for (let count = 0; count < STRETCH_SAMPLES; count++) {
		const next = run.samples.next();
		run.isOver = next.done === true;
		const sample = next.done ? undefined : next.value;
		// What gives no sample may have been long work.
		if (!sample) return;
		const { position, size, time, duration } = sample;
		if (position < 0 || position + size > bounds.size) throw new TruncatedAudioError(CUT_SHORT);
		bounds.bytesLeft -= size;
		if (size > MAX_PACKET_BYTES || bounds.bytesLeft < 0) throw new TruncatedAudioError(WRONG);
		run.isOver = time >= end;
		if (run.isOver) return;
		if (size > 0 && time + duration > start) yield sample;
	}
}

/**
 * Reads the samples of a track, a few at a time.
 *
 * @throws TruncatedAudioError as `heardSamples` does
 */
export async function* readPackets(open: OpenTrack): AsyncGenerator<Packet[]> {
	const { reader } = open;
	const packets: Packet[] = [];
	try {
		for await (const samples of heardSamples(open)) {
			for (const { position, size, time, duration } of samples) {
				let view = reader.viewHeld(position, size);
				if (!view || packets.length === BATCH_PACKETS) {
					yield packets.splice(0);
					view ??= await reader.view(position, size);
				}
				if (view.byteLength < size) throw new TruncatedAudioError(CUT_SHORT);
				const bytes = new Uint8Array(view.buffer, view.byteOffset, size);
				packets.push({ bytes, position, size, time, duration });
			}
		}
	} catch (error) {
		yield packets;
		throw error;
	}
	yield packets;
}
