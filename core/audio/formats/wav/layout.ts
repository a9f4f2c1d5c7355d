import { samplesInBlocks, type BlockData } from '../blockTrack';
import { parseWaveFormat, type WaveFormat } from '../waveFormat';
import { DamagedAudioError } from '../../errors';
import { BlockReader, fourCC, type ByteSource } from '../../source/bytes';

/** How a WAV file holds its sound, and where. */
export interface WavLayout extends BlockData {
	/** Bytes per second, on average. */
	byteRate: number;
	/** Whether `sampleCount` is exact: it is an estimate where blocks have no fixed number of samples. */
	isCounted: boolean;
	/** Whether the header states the size in the plain way: RF64 and files written to a pipe do not. */
	isSizeStated: boolean;
}

const RIFF_HEADER_BYTES = 12;
const CHUNK_HEADER_BYTES = 8;
/** MS ADPCM's coefficients reach farthest: four bytes for each that a byte can name. */
const MAX_FORMAT_BYTES = 22 + 4 * 256;
/** Programs that stream cannot know the size. They write 0 or something near the largest number, signed or not. */
const MIN_UNKNOWN_SIZE = 0x7fff0000;
const LARGE_SIZE = 0xffffffff;
/** Some programs count headers as data. */
const MISCOUNTED_BYTES = 128;

/**
 * Reads where a WAV file has its sound and in which form: RIFF, RF64 and BW64 (EBU Tech 3306), extensible
 * formats, odd-sized chunks with their padding, sizes that are unknown or lie beyond the file.
 *
 * @throws DamagedAudioError when there is no usable `fmt ` or `data` chunk
 */
export async function readWavLayout(source: ByteSource): Promise<WavLayout> {
	const reader = new BlockReader(source);
	let format: WaveFormat | undefined;
	let largeDataBytes: number | undefined;
	let factSamples = 0;

	for (let at = RIFF_HEADER_BYTES; at + CHUNK_HEADER_BYTES <= source.size;) {
		const header = await reader.view(at, CHUNK_HEADER_BYTES);
		if (header.byteLength < CHUNK_HEADER_BYTES) break;
		const id = fourCC(header, 0);
		const size = header.getUint32(4, true);
		const body = at + CHUNK_HEADER_BYTES;
		if (id === 'fmt ') {
			format = parseWaveFormat(bytesOf(await reader.view(body, Math.min(size, MAX_FORMAT_BYTES))));
		}
		if (id === 'ds64') largeDataBytes = readLargeDataBytes(await reader.view(body, 24));
		if (id === 'fact') factSamples = readFact(await reader.view(body, Math.min(size, 4)));
		if (id === 'data') {
			if (!format) throw new DamagedAudioError('its "data" comes before any "fmt"');
			const { dataBytes, missingBytes } = measure(size, largeDataBytes, source.size - body);
			const isSizeStated = size === dataBytes;
			return {
				...format,
				...(await countSamples(format, dataBytes, factSamples)),
				blockBytes: format.parameters.blockBytes,
				dataStart: body,
				dataBytes,
				missingBytes,
				isSizeStated,
			};
		}
		at = body + size + (size % 2);
	}
	throw new DamagedAudioError(format ? 'it has no "data" part' : 'it has no "fmt" part');
}

function readLargeDataBytes(view: DataView): number {
	return view.byteLength < 16 ? 0 : Number(view.getBigUint64(8, true));
}

function readFact(view: DataView): number {
	return view.byteLength < 4 ? 0 : view.getUint32(0, true);
}

function measure(size: number, largeSize: number | undefined, available: number) {
	const stated = size === LARGE_SIZE && largeSize ? largeSize : size;
	const isUnknown =
		stated === 0 || (stated === size && stated >= MIN_UNKNOWN_SIZE && stated > available);
	const missing = isUnknown ? 0 : Math.max(0, stated - available);
	return {
		dataBytes: isUnknown ? available : Math.min(stated, available),
		missingBytes: missing > MISCOUNTED_BYTES ? missing : 0,
	};
}

async function countSamples(
	{ parameters, byteRate }: WaveFormat,
	bytes: number,
	factSamples: number,
): Promise<Pick<WavLayout, 'sampleCount' | 'isCounted' | 'byteRate'>> {
	const { sampleRate, blockBytes } = parameters;
	const wholeBytes = bytes - (bytes % blockBytes);
	const total = await samplesInBlocks(parameters, bytes);
	if (total === undefined) {
		const sampleCount = Math.floor((wholeBytes / (byteRate || 1)) * sampleRate);
		return { sampleCount, isCounted: false, byteRate };
	}
	const blockSamples = (await samplesInBlocks(parameters, blockBytes))!;
	const lastBlock = total - (await samplesInBlocks(parameters, wholeBytes))! || blockSamples;
	// The last block is padded; a number that differs by more than that counts something else.
	const isFact = factSamples <= total && factSamples > total - lastBlock;
	// Some writers state a wrong byte rate for PCM, where it follows from the rest.
	const isFixed = blockSamples === 1 || byteRate === 0;
	return {
		sampleCount: isFact ? factSamples : total,
		isCounted: true,
		byteRate: isFixed ? (blockBytes * sampleRate) / blockSamples : byteRate,
	};
}

function bytesOf(view: DataView): Uint8Array {
	return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}
