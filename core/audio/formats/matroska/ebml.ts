/** An element's identifier and the size of its body (RFC 8794, section 6). */
export interface ElementHeader {
	id: number;
	/** Bytes of identifier and size. */
	headerBytes: number;
	/** Bytes of the body; undefined where it is left open. */
	size: number | undefined;
}

/** The most a header takes: four bytes of identifier and eight of size. */
export const MAX_HEADER_BYTES = 12;

/** The element header at an offset, or undefined where there is none. */
export function parseElementHeader(view: DataView, offset = 0): ElementHeader | undefined {
	if (offset >= view.byteLength) return undefined;
	const idBytes = Math.clz32(view.getUint8(offset)) - 23;
	if (idBytes > 4 || offset + idBytes >= view.byteLength) return undefined;
	const id = readUnsigned(view, offset, idBytes);
	const size = parseVariableInteger(view, offset + idBytes);
	if (!size) return undefined;
	return {
		id,
		headerBytes: idBytes + size.bytes,
		size: size.isUnknown ? undefined : size.value,
	};
}

export interface VariableInteger {
	value: number;
	/** How many bytes it takes. */
	bytes: number;
	/** All bits are set: as a size it is left open. */
	isUnknown: boolean;
}

/** A variable-size integer (RFC 8794, section 4), or undefined where there is none. */
export function parseVariableInteger(view: DataView, offset: number): VariableInteger | undefined {
	if (offset >= view.byteLength) return undefined;
	const first = view.getUint8(offset);
	const bytes = Math.clz32(first) - 23;
	if (bytes > 8 || offset + bytes > view.byteLength) return undefined;
	// The marker goes first: with it, eight bytes are more than a number holds exactly.
	let value = first & (0xff >> bytes);
	let ones = value === 0xff >> bytes;
	for (let index = 1; index < bytes; index++) {
		const byte = view.getUint8(offset + index);
		value = value * 256 + byte;
		ones &&= byte === 0xff;
	}
	return { value, bytes, isUnknown: ones };
}

/** An element in memory. */
export interface Element {
	id: number;
	body: DataView;
}

/** More than any writer puts into a description; a file can be made of nothing but element headers. */
const MAX_ELEMENTS = 16_384;

/** How many elements may still be read. */
export interface ElementBudget {
	left: number;
}

/** For one description with all that is in it. */
export function elementBudget(): ElementBudget {
	return { left: MAX_ELEMENTS };
}

/** The elements within a body; what is cut off at its end, or too much, is left out. */
export function childrenOf(body: DataView, budget: ElementBudget): Element[] {
	const children: Element[] = [];
	for (let at = 0; budget.left > 0; budget.left--) {
		const header = parseElementHeader(body, at);
		if (!header) break;
		const start = at + header.headerBytes;
		const size = header.size ?? body.byteLength - start;
		if (start + size > body.byteLength) break;
		children.push({
			id: header.id,
			body: new DataView(body.buffer, body.byteOffset + start, size),
		});
		at = start + size;
	}
	return children;
}

/** An unsigned integer element; 0 where it is empty. */
export function unsignedOf(body: DataView): number {
	return readUnsigned(body, 0, Math.min(body.byteLength, 8));
}

/** A signed integer element. */
export function signedOf(body: DataView): number {
	const bytes = Math.min(body.byteLength, 8);
	const value = readUnsigned(body, 0, bytes);
	return bytes > 0 && body.getUint8(0) >= 0x80 ? value - 2 ** (8 * bytes) : value;
}

/** A floating-point element; 0 where it is empty. */
export function floatOf(body: DataView): number {
	if (body.byteLength === 8) return body.getFloat64(0);
	return body.byteLength === 4 ? body.getFloat32(0) : 0;
}

/** A text element. */
export function textOf(body: DataView): string {
	const bytes = bytesOf(body);
	const end = bytes.indexOf(0);
	return String.fromCharCode(...bytes.subarray(0, Math.min(end === -1 ? bytes.length : end, 64)));
}

/** A binary element. */
export function bytesOf(body: DataView): Uint8Array {
	return new Uint8Array(body.buffer, body.byteOffset, body.byteLength);
}

function readUnsigned(view: DataView, offset: number, bytes: number): number {
	let value = 0;
	for (let index = 0; index < bytes; index++) value = value * 256 + view.getUint8(offset + index);
	return value;
}
