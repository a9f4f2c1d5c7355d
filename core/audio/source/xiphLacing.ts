/*
 * Xiph lacing (RFC 9559, 10.3.3; the private data of Vorbis in Matroska and MP4): a count minus one, the
 * sizes of all parts but the last as sums of bytes, where 255 means that more is to come, then the parts.
 */

/** The parts; undefined when sizes contradict each other. */
export function splitXiphLaced(bytes: Uint8Array): Uint8Array[] | undefined {
	if (bytes.length === 0) return undefined;
	const sizes: number[] = [];
	let at = 1;
	for (let left = bytes[0]!; left > 0; left--) {
		let size = 0;
		for (let part = 255; part === 255; size += part) {
			if (at >= bytes.length) return undefined;
			part = bytes[at++]!;
		}
		sizes.push(size);
	}
	const rest = bytes.length - at - sizes.reduce((sum, size) => sum + size, 0);
	if (rest < 0) return undefined;
	return [...sizes, rest].map((size) => {
		at += size;
		return bytes.subarray(at - size, at);
	});
}

/** At most 256 parts as one. */
export function xiphLaced(parts: readonly Uint8Array[]): Uint8Array {
	const sizes = parts
		.slice(0, -1)
		.flatMap(({ length }) => [
			...new Array<number>(Math.floor(length / 255)).fill(255),
			length % 255,
		]);
	const bytes = new Uint8Array(
		1 + sizes.length + parts.reduce((sum, { length }) => sum + length, 0),
	);
	bytes[0] = parts.length - 1;
	bytes.set(sizes, 1);
	let at = 1 + sizes.length;
	for (const part of parts) {
		bytes.set(part, at);
		at += part.length;
	}
	return bytes;
}
