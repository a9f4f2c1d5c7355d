import { toneSamples, wavBytes, type TimedDigit } from '../../../dev/service/tones';
import { seeded } from '../audio/oggFiles';

const SEED = 20_261_122;
const SAMPLE_RATE = 48_000;
/** What makes ten minutes. */
const GROUPS = 230;
/** Digits that follow each other closely. */
const LONGEST_GROUP = 12;
/** Pauses between groups are one to six of these long. */
const PAUSE_SECONDS = 0.35;
const LONGEST_PAUSE = 6;
/** Evenly spread: 51 dB below full scale. */
const NOISE_PEAK = 0.005;

/** What is dialled in the recording, and when. */
export interface DigitsRecording {
	wav: Uint8Array;
	digits: TimedDigit[];
	/** Seconds. */
	duration: number;
}

/** Ten minutes of telephone digits in groups, the same in each run, with light noise under them. */
export function digitsRecording(): DigitsRecording {
	const random = seeded(SEED);
	const upTo = (most: number): number => 1 + Math.floor(random() * most);
	const group = (): string =>
		Array.from({ length: upTo(LONGEST_GROUP) }, () => upTo(10) - 1).join('');
	const dialled = Array.from({ length: GROUPS }, () => group() + ' '.repeat(upTo(LONGEST_PAUSE)));
	const { samples, digits, duration } = toneSamples(dialled.join(''), {
		sampleRate: SAMPLE_RATE,
		gapSeconds: 0.1,
		pauseSeconds: PAUSE_SECONDS,
	});
	for (let index = 0; index < samples.length; index++) {
		samples[index]! += NOISE_PEAK * (2 * random() - 1);
	}
	return { wav: wavBytes(samples, SAMPLE_RATE), digits, duration };
}
