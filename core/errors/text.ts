/** The beginning of a text, at most `length` UTF-16 units, never half a character. */
export function beginning(text: string, length: number): string {
	return text.length <= length ? text : text.slice(0, length).replace(/[\ud800-\udbff]$/, '');
}

/** Seconds in words, to the nearest whole unit: "40 seconds", "10 minutes". */
export function duration(seconds: number): string {
	const [count, unit] =
		seconds < 90 ? [Math.round(seconds), 'second'] : [Math.round(seconds / 60), 'minute'];
	return `${count} ${unit}${count === 1 ? '' : 's'}`;
}

/** Seconds as minutes and seconds, the way players show them: "61:05". */
export function clock(seconds: number): string {
	const whole = Math.floor(seconds);
	return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}
