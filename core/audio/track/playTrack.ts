import { readParameters } from '../codecs';
import { DamagedAudioError, TruncatedAudioError, UnreadableAudioError } from '../errors';
import type { PcmBlock, Silence } from '../pcm';
import type { Yielder } from '../../flow/yielder';
import { BlockWriter } from './blockWriter';
import { Chain, TOO_MANY_STREAMS } from './chain';
import type { CodedStream, PacketTrack } from './packets';
import { StreamDecoder, type ReadParameters } from './streamDecoder';

/**
 * Decodes a track, and those of its kind that are chained to it, to mono at the decoder's rate. Damaged
 * packets are concealed.
 *
 * @param yielder has its turn between packets: they may give no sound, or much work
 * @param read finds what understands a codec
 * @throws UnsupportedAudioError when there is no decoder for it
 * @throws DamagedAudioError when nothing can be decoded
 * @throws TruncatedAudioError after all that could be decoded, when something is missing or damaged
 */
export async function* playTrack(
	track: PacketTrack,
	yielder?: Yielder,
	read: ReadParameters = readParameters,
): AsyncGenerator<PcmBlock | Silence> {
	const player = new Player(read);
	const chain = new Chain();
	/** A problem despite which it goes on, or why it stops; the first one counts. */
	let problem: string | undefined;
	try {
		reading: for await (const groups of track.groups()) {
			for (const group of groups) {
				if (!chain.add(group)) {
					problem ??= TOO_MANY_STREAMS;
					break reading;
				}
				if (group.isAfterHole) problem ??= 'parts of it are damaged or missing';
				if (!(await player.changeTo(group.stream))) {
					problem ??= 'audio of another kind follows';
					break reading;
				}
				const { decoder, writer } = player;
				if (decoder.isOver) break reading;
				decoder.begin(group, track.gaps, writer);
				for (const packet of decoder.parts(group.packets)) {
					decoder.play(packet);
					if (yielder) await yielder.ifDue();
					// Not delegated by yield*, which would wait for each packet, even one that completes no block.
					for (let block = writer.next(); block; block = writer.next()) yield block;
				}
			}
		}
	} catch (error) {
		const mayGoOn = error instanceof TruncatedAudioError || player.hasBegun;
		const isKnown = error instanceof TruncatedAudioError || error instanceof UnreadableAudioError;
		if (!isKnown || !mayGoOn) throw error;
		problem ??= error.message;
	} finally {
		player.close();
	}
	if (!player.hasBegun) throw new DamagedAudioError(problem ?? 'nothing in it can be decoded');
	const rest = player.writer.rest();
	if (rest) yield rest;
	const { damaged, packets } = player.count();
	if (damaged > 0) problem ??= `${damaged} of ${packets} packets could not be decoded`;
	if (problem) throw new TruncatedAudioError(problem);
}

/** Plays one coded stream after the other. */
class Player {
	private current: StreamDecoder | undefined;
	private blocks: BlockWriter | undefined;
	/** Of the streams before the current one. */
	private readonly before = { packets: 0, damaged: 0 };

	constructor(private readonly read: ReadParameters) {}

	get decoder(): StreamDecoder {
		return this.current!;
	}

	get writer(): BlockWriter {
		return this.blocks!;
	}

	/** Whether anything was heard. */
	get hasBegun(): boolean {
		return this.blocks?.hasBegun ?? false;
	}

	/** Goes on with a stream; false when its sound cannot follow what was played. */
	async changeTo(stream: CodedStream): Promise<boolean> {
		const last = this.current;
		if (last?.stream === stream) return true;
		if (last && last.stream.parameters.codec !== stream.parameters.codec) return false;
		const decoder = await StreamDecoder.open(stream, this.read);
		if (last) {
			Object.assign(this.before, this.count());
			last.close();
		}
		this.current = decoder;
		this.blocks ??= new BlockWriter(decoder.sampleRate);
		return decoder.sampleRate === this.blocks.sampleRate;
	}

	/** Packets that were played, and how many of them are damaged. */
	count(): { packets: number; damaged: number } {
		const { packets = 0, damaged = 0 } = this.current ?? {};
		return { packets: this.before.packets + packets, damaged: this.before.damaged + damaged };
	}

	close(): void {
		this.current?.close();
	}
}
