/**
 * The seconds that a header `Retry-After` asks to wait (RFC 9110, section 10.2.3). Fractions of a
 * second are no part of the standard, but common; a date that has passed is 0. Of several headers,
 * which HTTP clients join with commas, the first counts.
 *
 * @param now in epoch milliseconds, by the clock that a date is meant for
 * @returns undefined when there is none, or none that can be understood
 */
export function secondsToWait(header: string | undefined, now = Date.now()): number | undefined {
	const value = (header ?? '').slice(0, MAX_CHARACTERS);
	const seconds = SECONDS.exec(value)?.[1];
	if (seconds !== undefined) return Number(seconds);
	const time = timeOf(value);
	return time === undefined ? undefined : Math.max(0, (time - now) / 1000);
}

/** The first date of a header, in epoch milliseconds. */
export function timeOf(header: string | undefined): number | undefined {
	const date = DATE.exec((header ?? '').slice(0, MAX_CHARACTERS))?.[1];
	// The oldest of HTTP's forms of a date names no time zone, and means GMT.
	const time = Date.parse((date ?? '').replace(/ \d{4}$/, '$& GMT'));
	return Number.isNaN(time) ? undefined : time;
}

/** Of the header: what is longer is neither. */
const MAX_CHARACTERS = 1000;
const SECONDS = /^\s*(\d+(?:\.\d*)?|\.\d+)\s*(?:,|$)/;
/** `Date.parse` finds a date in almost any text with a number: only what begins like one is given to it. */
const DATE = /^\s*((?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? |\d{4}-\d\d-\d\dT)[^,]*?)\s*(?:,|$)/i;
