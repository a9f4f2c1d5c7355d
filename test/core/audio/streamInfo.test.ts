import { readParameters } from '../../../core/audio/codecs';
import { UnsupportedAudioError } from '../../../core/audio/errors';
import { assertUsual } from '../../../core/audio/streamInfo';

describe('Rates and channels', () => {
	test.each([
		[6000, 1],
		[384_000, 8],
	])('of recordings are taken: %i Hz, %i', (sampleRate, channels) => {
		expect(() => assertUsual({ sampleRate, channels })).not.toThrow();
	});

	test.each([
		[5999, 1, 'its sample rate is 5999 Hz, and only 6 kHz to 384 kHz are read'],
		[384_001, 1, 'its sample rate is 384001 Hz, and only 6 kHz to 384 kHz are read'],
		[Number.NaN, 1, 'its sample rate is NaN Hz, and only 6 kHz to 384 kHz are read'],
		[8000, 9, 'it has 9 channels, and no more than 8 are read'],
	])('of no recording are refused: %i Hz, %i', (sampleRate, channels, problem) => {
		expect(() => assertUsual({ sampleRate, channels })).toThrow(new UnsupportedAudioError(problem));
	});

	test.each(['pcm_float', 'mulaw', 'alaw', 'gsm', 'mp3'])(
		'are the same for every codec: %s',
		async (codec) => {
			const parameters = { codec, channels: 1, config: new Uint8Array(0), blockBytes: 33 };
			const pcm = { bytes: 4, isFloat: true, isLittleEndian: true, isUnsigned: false };
			const reading = readParameters({ ...parameters, pcm, sampleRate: 4000 });

			await expect(reading).rejects.toThrow('only 6 kHz to 384 kHz are read');
		},
	);
});
