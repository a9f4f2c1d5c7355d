import { BitWriter, ID, RandomStream, adtsFrame, randomSource } from './aacWriter';

/** Streams of random content whose sound ffmpeg has decoded (test/fixtures/audio/aac/make.sh). */
export const REFERENCES = {
	stereo: { seed: 31, sampleRateIndex: 4, channels: 2, frameLength: 1024, hasNoise: false },
	mono: { seed: 32, sampleRateIndex: 8, channels: 1, frameLength: 1024, hasNoise: true },
	'short-frames': { seed: 33, sampleRateIndex: 3, channels: 2, frameLength: 960, hasNoise: false },
};

export type ReferenceName = keyof typeof REFERENCES;

const FRAMES = 24;

/** The access units of a stream. */
export function accessUnitsOf(name: ReferenceName): Uint8Array[] {
	const { seed, sampleRateIndex, channels, frameLength, hasNoise } = REFERENCES[name];
	const stream = new RandomStream(randomSource(seed), sampleRateIndex, frameLength, { hasNoise });
	return Array.from({ length: FRAMES }, () => {
		const writer = new BitWriter();
		if (channels === 1) stream.single(writer);
		else stream.pair(writer);
		return writer.put(ID.END, 3).bytes();
	});
}

/** The stream as an ADTS file. */
export function adtsOf(name: ReferenceName): Uint8Array {
	const { sampleRateIndex, channels } = REFERENCES[name];
	const options = { sampleRateIndex, channelConfiguration: channels };
	return Buffer.concat(accessUnitsOf(name).map((unit) => adtsFrame([unit], options)));
}
