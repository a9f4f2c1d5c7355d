import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { decodeAdts } from '../support/audio/formats';
import { decodeMp4 } from '../support/audio/formats';
import { bytesSource } from '../../core/audio/source/bytes';
import { adtsFrame, BitWriter } from '../support/audio/aacWriter';
import { concat } from '../support/audio/recordings';
import { decibels, Figures } from '../support/media/figures';
import { aacInMp4, accessUnits, SBR_DATA, SBR_DATA_WITH_CRC } from '../support/media/heAac';
import { decodedByFfmpeg, decodedByUs, meanOf, signalToNoise } from '../support/media/judge';
import { inTemporaryFolder } from '../support/media/programs';

/** Programs take their time on a busy machine. */
jest.setTimeout(120_000);

const MIN_DECIBELS = 60;
const FRAMES = 120;

/** The core's sample rate, and its place and that of twice as much in the table of sample rates. */
const CORE_RATE = 22050;
const CORE_INDEX = 7;
const DOUBLE_INDEX = 4;

type Field = [value: number, bits: number];

/** Fields of an AudioSpecificConfig (ISO/IEC 14496-3, 1.6.2.1). */
const lowComplexity = (channels: number): Field[] => [
	[2, 5],
	[CORE_INDEX, 4],
	[channels, 4],
	[0, 3],
];
const explicit = (objectType: number, channels: number): Field[] => [
	[objectType, 5],
	[CORE_INDEX, 4],
	[channels, 4],
	[DOUBLE_INDEX, 4],
	[2, 5],
	[0, 3],
];
const SBR_BEHIND: Field[] = [
	[0x2b7, 11],
	[5, 5],
	[1, 1],
	[DOUBLE_INDEX, 4],
];
const PS_BEHIND: Field[] = [
	[0x548, 11],
	[1, 1],
];

interface Signalling {
	name: string;
	channels: number;
	sbr?: number;
	/** Of the MP4; ADTS when left out. */
	config?: Field[];
	/** Whether the MP4's times are those of the core, which old writers take. */
	hasCoreTimes?: boolean;
}

const SIGNALLINGS: Signalling[] = [
	{ name: 'implicit in ADTS, stereo', channels: 2 },
	{ name: 'implicit in ADTS, mono, with checksums', channels: 1, sbr: SBR_DATA_WITH_CRC },
	{ name: 'implicit in MP4', channels: 2, config: lowComplexity(2), hasCoreTimes: true },
	{ name: 'v1, explicit in MP4', channels: 2, config: explicit(5, 2) },
	{
		name: 'v1, explicit in MP4, mono, with checksums',
		channels: 1,
		sbr: SBR_DATA_WITH_CRC,
		config: explicit(5, 1),
	},
	{ name: 'v2, explicit in MP4', channels: 1, config: explicit(29, 1) },
	{
		name: 'v1, told behind the core in MP4',
		channels: 2,
		config: [...lowComplexity(2), ...SBR_BEHIND],
	},
	{
		name: 'v1, told behind the core in MP4, times of the core',
		channels: 1,
		config: [...lowComplexity(1), ...SBR_BEHIND],
		hasCoreTimes: true,
	},
	{
		name: 'v2, told behind the core in MP4',
		channels: 1,
		config: [...lowComplexity(1), ...SBR_BEHIND, ...PS_BEHIND],
	},
];

const figures = new Figures('The LC core of HE-AAC, against ffmpeg decoding the core alone');

describe('HE-AAC is heard by its LC core', () => {
	test.each(SIGNALLINGS)('as ffmpeg decodes the core alone: $name', async (signalling) => {
		const { name, channels, sbr = SBR_DATA } = signalling;
		const stream = { sampleRateIndex: CORE_INDEX, channels };
		const expected = coreByFfmpeg(accessUnits(FRAMES, stream), channels);
		const actual = await decoded(accessUnits(FRAMES, { ...stream, sbr }), signalling);
		const ratio = signalToNoise(expected, actual);

		figures.add(name, decibels(ratio));
		expect(actual).toHaveLength(expected.length);
		expect(ratio).toBeGreaterThan(MIN_DECIBELS);
	});
});

async function decoded(
	units: Uint8Array[],
	{ channels, config, hasCoreTimes }: Signalling,
): Promise<Float32Array> {
	if (!config) return await decodedByUs(decodeAdts(bytesSource(adts(units, channels))));
	const factor = hasCoreTimes ? 1 : 2;
	const times = { timescale: CORE_RATE * factor, unitTicks: 1024 * factor, channels };
	const writer = new BitWriter();
	for (const field of config) writer.put(...field);
	const file = aacInMp4(units, writer.bytes(), times);
	return await decodedByUs(decodeMp4(bytesSource(file)));
}

function adts(units: Uint8Array[], channelConfiguration: number): Uint8Array {
	const options = { sampleRateIndex: CORE_INDEX, channelConfiguration };
	return concat(...units.map((unit) => adtsFrame([unit], options)));
}

function coreByFfmpeg(units: Uint8Array[], channels: number): Float64Array {
	return inTemporaryFolder((folder) => {
		const path = join(folder, 'core.aac');
		writeFileSync(path, adts(units, channels));
		return meanOf(decodedByFfmpeg(path, channels));
	});
}
