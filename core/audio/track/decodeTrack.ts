import { DamagedAudioError, TruncatedAudioError } from '../errors';
import { type PcmBlock } from '../pcm';
import { PcmGatherer, PcmTrack } from './pcmTrack';
import type { PacketDecoder, TrackFormat } from './trackFormat';

/** Packets that a container keeps together: a page of Ogg, a block of WebM. */
export interface PacketGroup {
	/** Another object where another track is chained behind. */
	format: TrackFormat;
	/** Valid until the next batch is taken. */
	packets: Uint8Array[];
	/** The clock where the first packet begins, in ticks; WebM says this. */
	start?: number;
	/** The clock where the last packet ends, in ticks; Ogg says this, and means it where it is the track's end. */
	end?: number;
	/** Nothing of this track follows. */
	isLast?: boolean;
	/** Ticks at the end of the last packet that are not to be heard. */
	discarded?: number;
	/** Something is missing before it. */
	isAfterHole: boolean;
}

/** What is wrong with a recording that goes on nevertheless; the first thing counts. */
export class Problems {
	first: string | undefined;

	add(problem: string): void {
		this.first ??= problem;
	}
}

/**
 * Decodes a track and those of its kind that are chained behind it.
 *
 * @param batches groups as many at a time as are read together
 * @param problems filled while groups are read; looked at when all are decoded
 * @throws DamagedAudioError when nothing can be decoded
 * @throws TruncatedAudioError after all that could be decoded, when there are problems
 */
export async function* decodeTrack(
	batches: AsyncIterable<Iterable<PacketGroup>>,
	problems: Problems,
): AsyncGenerator<PcmBlock> {
	let gatherer: PcmGatherer | undefined;
	let link: ChainLink | undefined;
	try {
		reading: for await (const groups of batches) {
			for (const group of groups) {
				if (group.format !== link?.format) {
					link?.close();
					if (link && link.format.codec !== group.format.codec) {
						problems.add('audio of another kind follows');
						break reading;
					}
					const decoder = await group.format.open();
					gatherer ??= new PcmGatherer(decoder.sampleRate);
					link = new ChainLink(group.format, decoder, gatherer);
					if (decoder.sampleRate !== gatherer.sampleRate) {
						problems.add('audio of another sample rate follows');
						break reading;
					}
				}
				link.decode(group, problems);
				for (let block = gatherer!.next(); block; block = gatherer!.next()) yield block;
			}
		}
	} catch (error) {
		if (!(error instanceof DamagedAudioError) || !gatherer || gatherer.isEmpty) throw error;
		problems.add(error.message);
	} finally {
		link?.close();
	}
	if (!gatherer || gatherer.isEmpty) {
		throw new DamagedAudioError(problems.first ?? 'its audio track has no sound');
	}
	const rest = gatherer.rest();
	if (rest) yield rest;
	if (problems.first) throw new TruncatedAudioError(problems.first);
}

/** One track of a chain. */
class ChainLink {
	private readonly track: PcmTrack;
	/** The clock at which the track begins; later than 0 in parts of a broadcast. */
	private base: number | undefined;
	private isClosed = false;

	constructor(
		readonly format: TrackFormat,
		private readonly decoder: PacketDecoder,
		gatherer: PcmGatherer,
	) {
		this.track = new PcmTrack(format, decoder, gatherer);
	}

	decode(group: PacketGroup, problems: Problems): void {
		const { decoder, track } = this;
		const { packets, end, discarded } = group;
		if (group.isAfterHole) {
			problems.add('parts of it make no sense');
			decoder.reset();
		}
		const ticks = decoder.ticks(packets);
		const start = group.start ?? (end === undefined ? undefined : end - ticks);
		if (start !== undefined) {
			this.base ??= this.begin(start - track.position, group);
			track.fillGap(start - this.base);
		}
		let until = Infinity;
		if (group.isLast && end !== undefined) until = end - this.base!;
		if (discarded) until = track.position + ticks - discarded;
		for (const packet of packets) {
			if (decoder.isDamaged(packet)) problems.add('some of its packets are broken');
			track.decode(packet, until);
		}
	}

	/** A first group that ends at an earlier time than its packets last holds too much: at its end if it is the last one, else at its beginning. */
	private begin(start: number, { end, isLast }: PacketGroup): number {
		if (end === undefined || start >= 0) return start;
		if (isLast) return 0;
		this.track.skip(-start);
		return start;
	}

	close(): void {
		if (!this.isClosed) this.decoder.close();
		this.isClosed = true;
	}
}
