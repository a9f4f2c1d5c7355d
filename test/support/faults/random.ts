/**
 * A number from 0 up to 1 that depends on nothing but `parts`: what befalls the third request for a
 * recording is the same in every run, whatever runs beside it (FNV-1a, then MurmurHash3's finalizer).
 */
export function randomOf(...parts: (string | number)[]): number {
	let hash = 0x811c9dc5;
	for (const byte of Buffer.from(parts.join('\n'))) hash = Math.imul(hash ^ byte, 0x01000193);
	hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
	hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
	return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}

/** One of `choices`, each as likely as its weight says. @param random from 0 up to 1 */
export function choose<T extends { weight: number }>(choices: readonly T[], random: number): T {
	let rest = random * choices.reduce((sum, { weight }) => sum + weight, 0);
	return choices.find(({ weight }) => (rest -= weight) < 0) ?? choices.at(-1)!;
}
