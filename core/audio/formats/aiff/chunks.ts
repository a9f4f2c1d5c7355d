import { DamagedAudioError } from '../../errors';
import { BlockReader, fourCC, type ByteSource } from '../../source/bytes';

const FORM_HEADER_BYTES = 12;
const CHUNK_HEADER_BYTES = 8;
const COMMON_BYTES = 18;
const SOUND_HEADER_BYTES = 8;
const UNCOMPRESSED = 'NONE';
/** Programs that stream write 0, or something near the largest signed number (sox: 0x7f000008). */
const MIN_UNKNOWN_SIZE = 0x7f000000;

/** What the COMM chunk says. */
export interface Common {
	channels: number;
	/** Samples per channel, or packets for codecs that have them. */
	frames: number;
	bitsPerSample: number;
	/** Hertz. */
	sampleRate: number;
	/** A compression type of AIFF-C. */
	compression: string;
}

/** Where the SSND chunk holds the sound. */
export interface Sound {
	dataStart: number;
	dataBytes: number;
	missingBytes: number;
}

/**
 * Reads COMM and SSND, which may come in any order (Apple, "Audio Interchange File Format", 1.3, and "AIFF-C",
 * draft of 1991).
 *
 * @throws DamagedAudioError when one of them is missing or unusable
 */
export async function readChunks(source: ByteSource): Promise<{ common: Common; sound: Sound }> {
	const reader = new BlockReader(source);
	const form = await reader.view(0, FORM_HEADER_BYTES);
	if (form.byteLength < FORM_HEADER_BYTES) throw new DamagedAudioError('it is cut short');
	const isCompressed = fourCC(form, 8) === 'AIFC';
	let common: Common | undefined;
	let sound: Sound | undefined;
	for (let at = FORM_HEADER_BYTES; !(common && sound);) {
		const header = await reader.view(at, CHUNK_HEADER_BYTES);
		if (header.byteLength < CHUNK_HEADER_BYTES) {
			throw new DamagedAudioError(`it has no "${common ? 'SSND' : 'COMM'}" part`);
		}
		const id = fourCC(header, 0);
		const size = header.getUint32(4);
		const body = at + CHUNK_HEADER_BYTES;
		if (id === 'COMM') {
			common = readCommon(await reader.view(body, Math.min(size, COMMON_BYTES + 4)), isCompressed);
		}
		if (id === 'SSND') sound = readSound(await reader.view(body, 4), body, size, source.size);
		at = body + size + (size % 2);
	}
	return { common, sound };
}

function readCommon(view: DataView, isCompressed: boolean): Common {
	if (view.byteLength < COMMON_BYTES) throw new DamagedAudioError('its "COMM" part is cut short');
	const hasType = isCompressed && view.byteLength >= COMMON_BYTES + 4;
	const common = {
		channels: view.getUint16(0),
		frames: view.getUint32(2),
		bitsPerSample: view.getUint16(6),
		sampleRate: Math.round(readExtended(view, 8)),
		compression: hasType ? fourCC(view, COMMON_BYTES) : UNCOMPRESSED,
	};
	if (common.channels === 0 || !(common.sampleRate >= 1 && common.sampleRate < 2 ** 32)) {
		throw new DamagedAudioError('its "COMM" part names no channels or no sample rate');
	}
	return common;
}

function readSound(view: DataView, body: number, size: number, fileSize: number): Sound {
	const offset = view.byteLength < 4 ? 0 : view.getUint32(0);
	const dataStart = Math.min(body + SOUND_HEADER_BYTES + offset, fileSize);
	const available = fileSize - dataStart;
	const stated = size - SOUND_HEADER_BYTES - offset;
	const isUnknown = stated <= 0 || (size >= MIN_UNKNOWN_SIZE && stated > available);
	return {
		dataStart,
		dataBytes: isUnknown ? available : Math.min(stated, available),
		missingBytes: isUnknown ? 0 : Math.max(0, stated - available),
	};
}

/** An 80-bit number of IEEE 754: a sign, 15 bits of exponent, 64 of mantissa with its integer bit. */
function readExtended(view: DataView, at: number): number {
	const exponent = view.getUint16(at) & 0x7fff;
	const mantissa = view.getUint32(at + 2) * 2 ** 32 + view.getUint32(at + 6);
	const size = mantissa * 2 ** (exponent - 16383 - 63);
	return view.getUint16(at) >> 15 ? -size : size;
}
