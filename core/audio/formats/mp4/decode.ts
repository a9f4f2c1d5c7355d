import { DamagedAudioError, TruncatedAudioError, UnsupportedAudioError } from '../../errors';
import { type PcmBlock } from '../../pcm';
import type { ByteSource } from '../../source/bytes';
import { MP4_DECODERS } from './decoders';
import type { PacketDecoder, PacketDecoderFactory } from './packetDecoder';
import { openTrack, readPackets, type OpenTrack } from './packets';
import { g711Decode, pcmDecode } from './pcmDecoder';
import { Playback } from './playback';
import type { SampleEntry } from './sampleEntry';

/** Packets in a row without sense: from there on there is no sound. */
const MAX_FAILURES_IN_A_ROW = 100;

/**
 * Decodes the first audio track of an MP4, M4A, QuickTime or 3GP file. Edit lists are obeyed; a packet
 * that cannot be decoded is concealed.
 *
 * @param decoders by codec as `inspectMp4` names it; uncompressed sound needs none
 * @throws DamagedAudioError when nothing can be decoded
 * @throws TruncatedAudioError after what could be decoded
 */
export async function* decodeMp4(
	source: ByteSource,
	decoders: Record<string, PacketDecoderFactory> = MP4_DECODERS,
): AsyncGenerator<PcmBlock> {
	const open = await openTrack(source);
	const decoder = await makeDecoder(open.track.entry, decoders);
	const state: State = { packets: 0, failures: 0, failuresInARow: 0 };
	let problem: TruncatedAudioError | undefined;
	try {
		yield* playPackets(open, decoder, state);
	} catch (error) {
		if (!(error instanceof TruncatedAudioError)) throw error;
		problem = error;
	} finally {
		decoder.close?.();
	}
	const { playback, packets, failures } = state;
	if (!playback?.hasBegun) {
		throw new DamagedAudioError(problem?.message ?? 'nothing in it can be decoded');
	}
	yield* playback.end();
	if (problem) throw problem;
	if (failures > 0) {
		throw new TruncatedAudioError(`${failures} of ${packets} packets could not be decoded`);
	}
}

interface State {
	packets: number;
	failures: number;
	failuresInARow: number;
	/** Time of the first packet. */
	origin?: number;
	/** From the first packet on that could be decoded. */
	playback?: Playback;
}

async function* playPackets(
	open: OpenTrack,
	decoder: PacketDecoder,
	state: State,
): AsyncGenerator<PcmBlock> {
	const { edits, timescale } = open.track;
	for await (const packets of readPackets(open)) {
		for (const { bytes, time, duration } of packets) {
			state.packets++;
			state.origin ??= time;
			const samples = decodePacket(decoder, bytes, state);
			if (state.failuresInARow > MAX_FAILURES_IN_A_ROW) {
				throw new TruncatedAudioError('its sound is damaged');
			}
			if (!samples && !state.playback) continue;
			state.playback ??= new Playback(edits, state.origin, timescale, decoder.sampleRate);
			// Not delegated by yield*, which would wait for each packet, even one that makes no block full.
			for (const block of state.playback.play(
				time,
				samples ?? conceal(decoder, duration, timescale),
			)) {
				yield block;
			}
			if (state.playback.isOver) return;
		}
	}
}

async function makeDecoder(
	{ codec, pcm, config, channels, sampleRate }: SampleEntry,
	decoders: Record<string, PacketDecoderFactory>,
): Promise<PacketDecoder> {
	const factory = Object.hasOwn(decoders, codec) ? decoders[codec] : undefined;
	if (factory) return await factory(config, { channels, sampleRate });
	const isG711 = codec === 'alaw' || codec === 'mulaw';
	const decode = isG711 ? g711Decode(codec, channels) : pcm && pcmDecode(pcm);
	if (decode) return { sampleRate, decode };
	throw new UnsupportedAudioError(`its sound is coded as "${codec}", which cannot be decoded`);
}

/** The mean of all channels, or undefined when the packet makes no sense. */
function decodePacket(
	decoder: PacketDecoder,
	packet: Uint8Array,
	state: State,
): Float32Array | undefined {
	try {
		const samples = mixDown(decoder.decode(packet));
		state.failuresInARow = 0;
		return samples;
	} catch (error) {
		if (!(error instanceof DamagedAudioError)) throw error;
		state.failures++;
		state.failuresInARow++;
		return undefined;
	}
}

function mixDown(planes: Float32Array[]): Float32Array {
	const [first, second] = planes;
	if (!first) return new Float32Array(0);
	if (!second) return first;
	const mono = new Float32Array(first.length);
	if (planes.length === 2) {
		for (let index = 0; index < mono.length; index++) {
			mono[index] = (first[index]! + second[index]!) * 0.5;
		}
		return mono;
	}
	for (const plane of planes) {
		for (let index = 0; index < mono.length; index++) mono[index]! += plane[index]!;
	}
	for (let index = 0; index < mono.length; index++) mono[index]! /= planes.length;
	return mono;
}

function conceal(decoder: PacketDecoder, duration: number, timescale: number): Float32Array {
	if (decoder.conceal) return mixDown(decoder.conceal());
	// Longer than any packet; a longer pause is made where the next one is late.
	const seconds = Math.min(duration / timescale, 1);
	return new Float32Array(Math.round(seconds * decoder.sampleRate));
}
