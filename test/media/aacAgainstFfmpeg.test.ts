import { decodeAdts } from '../support/audio/formats';
import { decodeMp4 } from '../support/audio/formats';
import { bytesSource } from '../../core/audio/source/bytes';
import { decibels, Figures } from '../support/media/figures';
import { decodedByFfmpeg, decodedByUs, meanOf, signalToNoise } from '../support/media/judge';
import { bytesOf, FFMPEG, generated, OUTPUT } from '../support/media/programs';
import { hissing, knocks, speech, stereo, surround } from '../support/media/sounds';
import { bandDifference } from '../support/media/spectrum';

/** Programs take their time on a busy machine. */
jest.setTimeout(120_000);

const MIN_DECIBELS = 60;
/** How much the energy of a band may differ where noise is substituted: it may be another noise. */
const MAX_BAND_DECIBELS = 0.5;
const FRAME_SAMPLES = 1024;
/** The place of the channel for low frequency effects in 5.1 by ffmpeg. */
const LFE = 3;

const figures = new Figures('AAC to mono, against the mean of the channels that ffmpeg decodes');

interface Encoding {
	name: string;
	container: 'aac' | 'm4a';
	sound: () => string;
	channels: number;
	options: string;
}

const encoding = (
	name: string,
	container: Encoding['container'],
	sound: () => string,
	channels: number,
	options: string,
): Encoding => ({ name, container, sound, channels, options });

const WITHOUT_NOISE = [
	encoding('8 kHz, mono, 24 kbit/s', 'aac', speech, 1, '-ar 8000 -b:a 24k'),
	encoding('11.025 kHz, mono, 32 kbit/s', 'm4a', speech, 1, '-ar 11025 -b:a 32k'),
	encoding('12 kHz, stereo, 32 kbit/s', 'aac', stereo, 2, '-ar 12000 -b:a 32k'),
	encoding('16 kHz, mono, 24 kbit/s', 'm4a', speech, 1, '-ar 16000 -b:a 24k'),
	encoding('22.05 kHz, stereo, 48 kbit/s', 'm4a', stereo, 2, '-ar 22050 -b:a 48k'),
	encoding('24 kHz, mono, 40 kbit/s', 'aac', speech, 1, '-ar 24000 -b:a 40k'),
	encoding('32 kHz, stereo, 64 kbit/s', 'aac', stereo, 2, '-ar 32000 -b:a 64k'),
	encoding('44.1 kHz, mono, 64 kbit/s', 'm4a', speech, 1, '-ar 44100 -b:a 64k'),
	encoding('44.1 kHz, stereo, 128 kbit/s', 'm4a', stereo, 2, '-ar 44100 -b:a 128k'),
	encoding('48 kHz, stereo, 256 kbit/s', 'm4a', stereo, 2, '-b:a 256k'),
	encoding('64 kHz, mono, 128 kbit/s', 'aac', speech, 1, '-ar 64000 -b:a 128k'),
	encoding('88.2 kHz, mono, 160 kbit/s', 'aac', speech, 1, '-ar 88200 -b:a 160k'),
	encoding('96 kHz, stereo, 256 kbit/s', 'm4a', stereo, 2, '-ar 96000 -b:a 256k'),
	encoding('variable bit rate', 'm4a', stereo, 2, '-q:a 0.6'),
	encoding('the fast coder', 'aac', stereo, 2, '-aac_coder fast -b:a 96k'),
	encoding('the coder ANMR', 'aac', stereo, 2, '-aac_coder anmr -strict -2 -ar 24000 -b:a 64k'),
	encoding('without noise shaping (TNS)', 'aac', stereo, 2, '-aac_tns 0 -b:a 96k'),
	encoding('with noise shaping (TNS) of knocks', 'aac', knocks, 2, '-aac_tns 1 -b:a 96k'),
	encoding('short blocks at knocks, 44.1 kHz', 'm4a', knocks, 2, '-ar 44100 -b:a 128k'),
	encoding('short blocks at knocks, 16 kHz, 24 kbit/s', 'aac', knocks, 2, '-ar 16000 -b:a 24k'),
	encoding('short blocks at knocks, mono', 'aac', knocks, 1, '-ar 32000 -b:a 48k'),
	encoding('intensity stereo, 48 kbit/s', 'aac', stereo, 2, '-aac_is 1 -aac_ms 0 -b:a 48k'),
	encoding('no intensity stereo, 48 kbit/s', 'aac', stereo, 2, '-aac_is 0 -b:a 48k'),
	encoding('each band mid and side', 'm4a', stereo, 2, '-aac_ms 1 -aac_is 0 -b:a 96k'),
	encoding('no mid and side', 'aac', stereo, 2, '-aac_ms 0 -aac_is 0 -b:a 96k'),
	encoding(
		'channels laid out by a program config element',
		'm4a',
		stereo,
		2,
		'-aac_pce 1 -b:a 96k',
	),
	encoding('5.1, 256 kbit/s', 'm4a', surround, 6, '-b:a 256k'),
	encoding('5.1 in ADTS, 160 kbit/s', 'aac', surround, 6, '-ar 32000 -b:a 160k'),
	encoding(
		'fragments',
		'm4a',
		stereo,
		2,
		'-b:a 96k -movflags empty_moov+default_base_moof -frag_duration 700000',
	),
];

const WITH_NOISE = [
	encoding('mono, 16 kHz, 24 kbit/s', 'aac', hissing, 1, '-ar 16000 -b:a 24k'),
	encoding('mono, 44.1 kHz, 32 kbit/s', 'm4a', hissing, 1, '-ar 44100 -b:a 32k'),
	encoding('stereo, 32 kHz, 40 kbit/s', 'aac', hissing, 2, '-ar 32000 -b:a 40k'),
	encoding('stereo, 48 kHz, 64 kbit/s', 'm4a', hissing, 2, '-b:a 64k'),
	encoding('stereo, 48 kHz, 128 kbit/s, no intensity', 'aac', hissing, 2, '-b:a 128k -aac_is 0'),
];

describe('AAC-LC by ffmpeg', () => {
	test.each(WITHOUT_NOISE)('sounds as ffmpeg decodes it: $name', async (made) => {
		const { expected, actual } = await bothDecode(made, '-aac_pns 0');
		const ratio = signalToNoise(expected, actual);
		figures.add(made.name, decibels(ratio));
		expect(ratio).toBeGreaterThan(MIN_DECIBELS);
	});

	test.each(WITH_NOISE)(
		'with substituted noise (PNS), which the standard leaves to the decoder, is as loud in each band: $name',
		async (made) => {
			const { expected, actual } = await bothDecode(made, '-aac_pns 1');
			const difference = bandDifference(expected, actual);
			const ratio = signalToNoise(expected, actual);
			figures.add(`PNS: ${made.name}`, decibels(ratio), `bands within ${decibels(difference)}`);
			expect(difference).toBeLessThan(MAX_BAND_DECIBELS);
		},
	);
});

/**
 * What ffmpeg and we decode from what ffmpeg encodes. Of an edit list ffmpeg obeys only where it begins,
 * we also where it ends: then we are shorter, by less than a frame.
 */
async function bothDecode(
	{ container, sound, channels, options }: Encoding,
	noise: string,
): Promise<{ expected: Float64Array; actual: Float32Array }> {
	const arguments_ = [
		'-ac',
		String(channels),
		'-c:a',
		'aac',
		...options.split(' '),
		...noise.split(' '),
	];
	const path = generated([...FFMPEG, '-i', sound(), ...arguments_, OUTPUT], container);
	const planes = decodedByFfmpeg(path, channels);
	const expected = meanOf(planes.filter((_, channel) => channels < 6 || channel !== LFE));
	const actual = await decoded(container, bytesOf(path));
	const padding = expected.length - actual.length;
	expect(padding).toBeGreaterThanOrEqual(0);
	expect(padding).toBeLessThan(container === 'm4a' ? FRAME_SAMPLES : 1);
	return { expected: expected.subarray(0, actual.length), actual };
}

async function decoded(container: Encoding['container'], bytes: Uint8Array): Promise<Float32Array> {
	const source = bytesSource(bytes);
	return await decodedByUs(container === 'aac' ? decodeAdts(source) : decodeMp4(source));
}
