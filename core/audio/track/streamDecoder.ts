import { DamagedAudioError } from '../errors';
import { unknownCodec, type Decoder, type readParameters } from '../codecs';
import type { BlockWriter } from './blockWriter';
import { mixDown } from './mixDown';
import type { CodedStream, GapRules, PacketGroup } from './packets';
import { Timeline } from './timeline';

/** Finds what understands a codec: the registry, or its stand-in in tests. */
export type ReadParameters = typeof readParameters;

/** Unreadable packets in a row at the beginning after which the track is given up. */
const MAX_DAMAGED_AHEAD = 100;

/** Decodes the packets of one coded stream and puts them where they are heard. */
export class StreamDecoder {
	/** Packets that were decoded or should have been, and how many of them are damaged. */
	packets = 0;
	damaged = 0;
	private timeline: Timeline | undefined;
	/** The time at which the first packet begins, heard or not. */
	private origin = 0;
	/** The part of the latest group's times that is still to be handled. */
	private pending: { at?: number; end?: number; discarded: number; length: number } | undefined;
	/** Where the packets of the latest group end, should the recording end within them. */
	private until = Infinity;
	private packetSamples: number | undefined;
	private hasDecoded = false;

	private constructor(
		readonly stream: CodedStream,
		private readonly decoder: Decoder,
		/** Seconds. */
		private readonly preSkip: number,
	) {}

	/** @throws UnsupportedAudioError or DamagedAudioError when there is no decoder for the stream */
	static async open(stream: CodedStream, read: ReadParameters): Promise<StreamDecoder> {
		const sound = await read(stream.parameters);
		if (!sound.open) throw unknownCodec(stream.parameters.codec);
		return new StreamDecoder(stream, await sound.open(), sound.preSkip);
	}

	/** Hertz. */
	get sampleRate(): number {
		return this.decoder.sampleRate;
	}

	/** Whether nothing that comes now will be heard. */
	get isOver(): boolean {
		return this.timeline?.isOver ?? false;
	}

	/** Works out when a group's packets, which are played next, are heard. */
	begin(group: PacketGroup, gaps: GapRules, writer: BlockWriter): void {
		const { decoder } = this;
		const { packets, end, isLast = false, discarded = 0, packetDuration } = group;
		if (group.isAfterHole) decoder.reset?.();
		const needsLength = discarded > 0 || (group.start === undefined && end !== undefined);
		const length = needsLength ? decoder.samplesIn(packets) : 0;
		const start = group.start ?? (end === undefined ? undefined : end - this.toTime(length));
		this.timeline ??= this.beginTimeline(start, group, gaps, writer);
		const toSamples = (time?: number) =>
			time === undefined ? undefined : this.toSamples(time - this.origin);
		this.pending = {
			at: toSamples(start),
			end: isLast ? toSamples(end) : undefined,
			discarded: this.toSamples(discarded),
			length,
		};
		this.packetSamples = packetDuration === undefined ? undefined : this.toSamples(packetDuration);
	}

	/** Packets, the large ones in parts where their codec can be decoded so. */
	*parts(packets: readonly Uint8Array[]): Generator<Uint8Array> {
		const { partBytes = Infinity } = this.decoder;
		for (const packet of packets) {
			if (packet.length <= partBytes) {
				yield packet;
				continue;
			}
			for (let at = 0; at < packet.length; at += partBytes) {
				yield packet.subarray(at, at + partBytes);
			}
		}
	}

	/**
	 * Plays a packet of the group that was begun. A damaged one is concealed; at the very beginning
	 * it is left out.
	 *
	 * @throws DamagedAudioError when none of many packets makes sense
	 */
	play(packet: Uint8Array): void {
		this.packets++;
		const timeline = this.timeline!;
		const samples = this.decode(packet);
		if (samples) {
			this.hasDecoded = true;
			this.reachGroup(timeline);
			timeline.play(samples, this.until);
		} else if (!this.hasDecoded) {
			if (this.damaged > MAX_DAMAGED_AHEAD) throw new DamagedAudioError('its sound is damaged');
		} else if (this.decoder.conceal) {
			this.reachGroup(timeline);
			timeline.play(mixDown(this.decoder.conceal()), this.until);
		} else {
			this.reachGroup(timeline);
			timeline.skip(this.lengthOf(packet));
		}
	}

	/** Before the first packet of a group that is heard: nothing is put before the very first one. */
	private reachGroup(timeline: Timeline): void {
		if (!this.pending) return;
		const { at, end = Infinity, discarded, length } = this.pending;
		this.pending = undefined;
		if (at !== undefined) timeline.reach(at);
		this.until = discarded > 0 ? timeline.position + length - discarded : end;
	}

	close(): void {
		this.decoder.close?.();
	}

	/** The mean of all channels; undefined when the packet makes no sense. */
	private decode(packet: Uint8Array): Float32Array | undefined {
		try {
			return mixDown(this.decoder.decode(packet));
		} catch (error) {
			if (!(error instanceof DamagedAudioError)) throw error;
			this.damaged++;
			return undefined;
		}
	}

	/** Samples of a damaged packet: no more than a second, a longer gap shows in when the next one begins. */
	private lengthOf(packet: Uint8Array): number {
		const samples = this.packetSamples ?? this.decoder.samplesIn([packet]);
		return Math.min(samples, this.sampleRate);
	}

	private beginTimeline(
		start: number | undefined,
		{ end, isLast }: PacketGroup,
		gaps: GapRules,
		writer: BlockWriter,
	): Timeline {
		const { edits } = this.stream;
		// A first group that ends earlier than its packets last holds too much: at its end if it is the last one.
		const isCutAtEnd = !edits && end !== undefined && isLast === true && (start ?? 0) < 0;
		this.origin = isCutAtEnd ? 0 : (start ?? 0);
		const toSamples = (time: number): number => this.toSamples(time - this.origin);
		if (edits) {
			return new Timeline(
				edits.map(({ silence, start, end }) => ({
					silence: this.toSamples(silence),
					start: toSamples(start),
					end: toSamples(end),
				})),
				gaps,
				writer,
			);
		}
		// Otherwise what lies before 0, where a clock that states only ends begins, and the decoder's delay.
		const before = end === undefined ? 0 : Math.max(0, toSamples(0));
		const first = before + Math.round(this.preSkip * this.sampleRate);
		return new Timeline([{ silence: 0, start: first, end: Infinity }], gaps, writer);
	}

	private toSamples(time: number): number {
		return Math.round((time * this.sampleRate) / this.stream.timescale);
	}

	private toTime(samples: number): number {
		return (samples * this.stream.timescale) / this.sampleRate;
	}
}
