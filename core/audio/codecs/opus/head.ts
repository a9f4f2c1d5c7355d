import { DamagedAudioError, UnsupportedAudioError } from '../../errors';

/** The identification header of an Opus stream. */
export interface OpusHead {
	channels: number;
	/** Samples at 48 kHz that the decoder outputs before the recording begins. */
	preSkip: number;
	/** Factor for all samples. */
	gain: number;
	/** How many Opus streams a packet holds, and how many of them are stereo. */
	streams: number;
	coupledStreams: number;
	/** For each channel the decoded channel that it takes; 255 is silence. */
	mapping: number[];
}

/** What its clock counts (RFC 7845, section 4). */
export const OPUS_RATE = 48000;

const MAGIC = 'OpusHead';
/** Channel mapping family 3 (RFC 8486). */
const AMBISONICS_BY_MATRIX = 3;
const HEAD_BYTES = 19;
/** 7.1 has five, of which three are stereo. */
const MAX_STREAMS = 8;
const MAPPING_OFFSET = 21;

export function isOpusHead(packet: Uint8Array): boolean {
	return [...MAGIC].every((letter, index) => packet[index] === letter.charCodeAt(0));
}

/**
 * Reads an identification header (RFC 7845, section 5.1), which Ogg and Matroska carry as it is.
 *
 * @throws DamagedAudioError when it is cut short or contradicts itself
 */
export function parseOpusHead(packet: Uint8Array): OpusHead {
	if (!isOpusHead(packet) || packet.length < HEAD_BYTES) {
		throw new DamagedAudioError('its Opus header is cut short');
	}
	const view = new DataView(packet.buffer, packet.byteOffset, packet.byteLength);
	const channels = view.getUint8(9);
	const family = view.getUint8(18);
	if (view.getUint8(8) >= 16) throw new UnsupportedAudioError('its version of Opus is unknown');
	if (channels === 0) throw new DamagedAudioError('its Opus header names no channels');
	const common = {
		channels,
		preSkip: view.getUint16(10, true),
		gain: 10 ** (view.getInt16(16, true) / (20 * 256)),
	};
	if (family === 0) {
		if (channels > 2) throw new DamagedAudioError('its Opus header names too many channels');
		return {
			...common,
			streams: 1,
			coupledStreams: channels - 1,
			mapping: [0, 1].slice(0, channels),
		};
	}
	return { ...common, ...readMapping(view, channels, family) };
}

function readMapping(view: DataView, channels: number, family: number) {
	if (family === AMBISONICS_BY_MATRIX) {
		throw new UnsupportedAudioError('its Opus channels are mapped by a matrix');
	}
	if (view.byteLength < MAPPING_OFFSET + channels) {
		throw new DamagedAudioError('its Opus header is cut short');
	}
	const streams = view.getUint8(19);
	const coupledStreams = view.getUint8(20);
	const decoded = streams + coupledStreams;
	const mapping = Array.from({ length: channels }, (_, index) =>
		view.getUint8(MAPPING_OFFSET + index),
	);
	const isPossible =
		streams > 0 &&
		coupledStreams <= streams &&
		decoded <= 255 &&
		mapping.every((channel) => channel < decoded || channel === 255);
	if (!isPossible) throw new DamagedAudioError('its Opus channels are mapped to nothing');
	if (streams > MAX_STREAMS) {
		throw new UnsupportedAudioError(`its Opus packets hold ${streams} streams each`);
	}
	return { streams, coupledStreams, mapping };
}
