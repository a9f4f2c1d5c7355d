import { splitXiphLaced } from '../../source/xiphLacing';
import { bytesOf, parseVariableInteger } from './ebml';

const LACING_MASK = 0x06;
const NO_LACING = 0x00;
const XIPH_LACING = 0x02;
const FIXED_SIZE_LACING = 0x04;

/**
 * The frames of a block after its flags (RFC 9559, section 10.3), undefined when sizes contradict each other.
 *
 * @param view what follows track number, timestamp and flags
 */
export function framesOf(view: DataView, flags: number): Uint8Array[] | undefined {
	const lacing = flags & LACING_MASK;
	if (lacing === NO_LACING) return split(view, 0, [view.byteLength]);
	if (view.byteLength === 0) return undefined;
	const frames = view.getUint8(0) + 1;
	if (lacing === FIXED_SIZE_LACING) {
		const size = (view.byteLength - 1) / frames;
		return Number.isInteger(size) ? split(view, 1, Array<number>(frames).fill(size)) : undefined;
	}
	return lacing === XIPH_LACING ? splitXiphLaced(bytesOf(view)) : splitEbml(view, frames);
}

/** The first size, then differences with an offset that makes them positive. */
function splitEbml(view: DataView, frames: number): Uint8Array[] | undefined {
	const sizes: number[] = [];
	let at = 1;
	while (sizes.length < frames - 1) {
		const coded = parseVariableInteger(view, at);
		if (!coded) return undefined;
		const last = sizes.at(-1);
		const offset = 2 ** (7 * coded.bytes - 1) - 1;
		const size = last === undefined ? coded.value : last + coded.value - offset;
		if (size < 0) return undefined;
		sizes.push(size);
		at += coded.bytes;
	}
	return splitWithLast(view, at, sizes);
}

function splitWithLast(view: DataView, start: number, sizes: number[]): Uint8Array[] | undefined {
	const rest = view.byteLength - start - sizes.reduce((sum, size) => sum + size, 0);
	return rest < 0 ? undefined : split(view, start, [...sizes, rest]);
}

function split(view: DataView, start: number, sizes: number[]): Uint8Array[] {
	let at = view.byteOffset + start;
	return sizes.map((size) => {
		const frame = new Uint8Array(view.buffer, at, size);
		at += size;
		return frame;
	});
}
