import { DamagedAudioError } from '../../errors';
import { bitLength, LsbBitReader } from '../lsbBitReader';
import { codebookBudget, readCodebook } from './codebook';
import { type Floor, readFloor } from './floor';
import { readResidue, type Residue } from './residue';

/** The identification header. */
export interface VorbisHead {
	channels: number;
	sampleRate: number;
	/** Samples of short and long blocks. */
	blockSizes: [number, number];
}

/** What the setup header tells the decoder. */
export interface VorbisSetup {
	modes: Mode[];
}

export interface Mode {
	isLong: boolean;
	mapping: Mapping;
}

export interface Mapping {
	/** Pairs of channels that are coded as magnitude and angle. */
	couplings: { magnitude: number; angle: number }[];
	submaps: { floor: Floor; residue: Residue; channels: number[] }[];
}

/** Type byte and "vorbis". */
const MARK_BYTES = 7;
const HEAD_BYTES = 30;
const MAX_SAMPLE_RATE = 384_000;
const MIN_BLOCK_BITS = 6;
const MAX_BLOCK_BITS = 13;

/** Whether a packet is a header of a type: 1 identification, 3 comments, 5 setup (Vorbis I, section 4.2.1). */
export function isVorbisHeader(packet: Uint8Array, type: number): boolean {
	return (
		packet[0] === type && [...'vorbis'].every((l, index) => packet[index + 1] === l.charCodeAt(0))
	);
}

/** Section 4.2.2. */
export function parseVorbisHead(packet: Uint8Array): VorbisHead {
	if (!isVorbisHeader(packet, 1) || packet.length < HEAD_BYTES) {
		throw new DamagedAudioError('its Vorbis header is cut short');
	}
	const view = new DataView(packet.buffer, packet.byteOffset, packet.byteLength);
	const channels = view.getUint8(11);
	const sampleRate = view.getUint32(12, true);
	const shortBits = view.getUint8(28) & 15;
	const longBits = view.getUint8(28) >> 4;
	const isPossible =
		view.getUint32(7, true) === 0 &&
		channels > 0 &&
		sampleRate > 0 &&
		sampleRate <= MAX_SAMPLE_RATE &&
		shortBits >= MIN_BLOCK_BITS &&
		shortBits <= longBits &&
		longBits <= MAX_BLOCK_BITS;
	if (!isPossible) throw new DamagedAudioError('its Vorbis header makes no sense');
	return { channels, sampleRate, blockSizes: [1 << shortBits, 1 << longBits] };
}

/** Section 4.2.4. */
export function parseVorbisSetup(packet: Uint8Array, channels: number): VorbisSetup {
	if (!isVorbisHeader(packet, 5)) throw new DamagedAudioError('its Vorbis setup is missing');
	const bits = new LsbBitReader();
	bits.open(packet.subarray(MARK_BYTES));
	const list = <T>(countBits: number, read: () => T): T[] =>
		Array.from({ length: bits.read(countBits) + 1 }, () => {
			if (bits.isPastEnd) throw new DamagedAudioError('its Vorbis setup is cut short');
			return read();
		});
	const budget = codebookBudget(packet.length);
	const codebooks = list(8, () => readCodebook(bits, budget));
	if (list(6, () => bits.read(16)).some((transform) => transform !== 0)) broken();
	const floors = list(6, () => readFloor(bits, codebooks));
	const residues = list(6, () => readResidue(bits, codebooks));
	const mappings = list(6, () => readMapping(bits, channels, floors, residues));
	const modes = list(6, () => readMode(bits, mappings));
	if (!bits.flag() || bits.isPastEnd) broken();
	return { modes };
}

function readMapping(
	bits: LsbBitReader,
	channels: number,
	floors: Floor[],
	residues: Residue[],
): Mapping {
	if (bits.read(16) !== 0) broken();
	const submapCount = bits.flag() ? bits.read(4) + 1 : 1;
	const channelBits = bitLength(channels - 1);
	const couplings = Array.from({ length: bits.flag() ? bits.read(8) + 1 : 0 }, () => ({
		magnitude: bits.read(channelBits),
		angle: bits.read(channelBits),
	}));
	// No encoder takes more steps than there are channels, and each costs as much as a channel.
	if (couplings.length > channels) broken();
	if (couplings.some(({ magnitude, angle }) => magnitude === angle)) broken();
	if (couplings.some(({ magnitude, angle }) => Math.max(magnitude, angle) >= channels)) broken();
	if (bits.read(2) !== 0) broken();
	const submapOf = Array.from({ length: channels }, () => (submapCount > 1 ? bits.read(4) : 0));
	if (submapOf.some((submap) => submap >= submapCount)) broken();
	const submaps = Array.from({ length: submapCount }, (_, submap) => {
		bits.read(8);
		const floor = floors[bits.read(8)] ?? broken();
		const residue = residues[bits.read(8)] ?? broken();
		const own = submapOf.flatMap((index, channel) => (index === submap ? [channel] : []));
		return { floor, residue, channels: own };
	});
	return { couplings, submaps };
}

function readMode(bits: LsbBitReader, mappings: Mapping[]): Mode {
	const isLong = bits.flag();
	if (bits.read(16) !== 0 || bits.read(16) !== 0) broken();
	return { isLong, mapping: mappings[bits.read(8)] ?? broken() };
}

function broken(): never {
	throw new DamagedAudioError('its Vorbis setup is broken');
}
