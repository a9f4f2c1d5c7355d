/** The beginning of a text, at most `length` UTF-16 units, never half a character. */
export function beginning(text: string, length: number): string {
	return text.length <= length ? text : text.slice(0, length).replace(/[\ud800-\udbff]$/, '');
}
