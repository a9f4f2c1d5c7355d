import { inputError } from '../errors/error';

/** A small file can be made to unfold to days of sound. */
const MAX_HOURS = 24;
/** Nothing that people record takes less, in bits a second, but for long silences: so much more is granted. */
const LOWEST_BIT_RATE = 4000;
const GRANTED = 10;
const MIN_GRANTED_MINUTES = 10;

/** @throws GlmAsrError `audio_too_long` */
export function assertWithinDay(fileName: string, seconds: number): void {
	if (seconds <= MAX_HOURS * 3600) return;
	throw inputError(
		'audio_too_long',
		`"${fileName}" holds more than ${MAX_HOURS} hours of sound.`,
		'Cut it into parts first; if it cannot be that long, it is damaged or was made to do harm.',
	);
}

/** How long a recording may be: every piece of it costs a request. */
export class LengthLimit {
	private readonly minutes: number;

	/**
	 * @param size of its file in bytes
	 * @param maxMinutes as the user sets it; else so many that only files made to do harm hold more
	 */
	constructor(
		private readonly fileName: string,
		private readonly size: number,
		private readonly maxMinutes: number | undefined,
	) {
		const granted = (GRANTED * size * 8) / LOWEST_BIT_RATE / 60;
		this.minutes = maxMinutes ?? Math.max(MIN_GRANTED_MINUTES, granted);
	}

	/**
	 * @param seconds of sound that it holds or states
	 * @throws GlmAsrError `audio_too_long` or `over_max_minutes`
	 */
	check(seconds: number): void {
		const { fileName, minutes } = this;
		assertWithinDay(fileName, seconds);
		if (seconds <= minutes * 60) return;
		const most = `${Math.floor(minutes * 100) / 100} minutes`;
		if (this.maxMinutes === undefined) {
			throw inputError(
				'over_max_minutes',
				`"${fileName}" holds more than ${most} of sound, which is hardly possible in ${this.size} bytes.`,
				'Check where it comes from: it is damaged or was made to do harm. If it is that long, set the option "maxMinutes" to its length.',
			);
		}
		throw inputError(
			'over_max_minutes',
			`"${fileName}" holds more than ${most} of sound, which is all that "maxMinutes" allows.`,
			'Set the option "maxMinutes" higher, or cut the recording into parts first.',
		);
	}
}
