/**
 * Sums of products of a signal with rows of a table, for filters: WebAssembly with SIMD does in one step what
 * takes JavaScript about eight.
 */
export interface DotProducts {
	/** The rows, one after the other. */
	readonly table: Float32Array;
	readonly signal: Float32Array;
	/** For each product: where in the signal it begins, and which row it is with. */
	readonly signalOffsets: Uint16Array;
	readonly rowIndices: Uint16Array;
	readonly results: Float32Array;
	/** Fills in the first `count` results. */
	run(count: number): void;
}

export interface DotProductSizes {
	/** Numbers in a row, a multiple of 16. */
	length: number;
	rows: number;
	/** Numbers in the signal. */
	signal: number;
	/** Products that can be computed at once. */
	products: number;
}

const PAGE_BYTES = 64 * 1024;

/** Allots memory for products of the given sizes; the table has yet to be filled in. */
export function dotProducts({ length, rows, signal, products }: DotProductSizes): DotProducts {
	const rowBytes = 4 * length;
	const tableBytes = rows * rowBytes;
	const signalAt = tableBytes;
	const resultsAt = signalAt + 4 * signal;
	const offsetsAt = resultsAt + 4 * products;
	const indicesAt = offsetsAt + 2 * products;
	const pages = Math.ceil((indicesAt + 2 * products) / PAGE_BYTES);
	const memory = new WebAssembly.Memory({ initial: pages });
	const { exports } = new WebAssembly.Instance(compiled(), { '': { '': memory } });
	const multiply = exports[''] as (...parameters: number[]) => void;
	return {
		table: new Float32Array(memory.buffer, 0, rows * length),
		signal: new Float32Array(memory.buffer, signalAt, signal),
		signalOffsets: new Uint16Array(memory.buffer, offsetsAt, products),
		rowIndices: new Uint16Array(memory.buffer, indicesAt, products),
		results: new Float32Array(memory.buffer, resultsAt, products),
		run(count) {
			if (count > 0) multiply(count, signalAt, offsetsAt, indicesAt, resultsAt, rowBytes);
		},
	};
}

let compiledModule: WebAssembly.Module | undefined;

function compiled(): WebAssembly.Module {
	compiledModule ??= new WebAssembly.Module(moduleBytes());
	return compiledModule;
}

/** Types and instructions by the names of the WebAssembly specification, 5.3 and 5.4. */
const I32 = 0x7f;
const V128 = 0x7b;
const LOOP = [0x03, 0x40];
const END = [0x0b];
const REPEAT_IF = [0x0d, 0];
const get = (local: number): number[] => [0x20, local];
const set = (local: number): number[] => [0x21, local];
const tee = (local: number): number[] => [0x22, local];
/** Signed LEB128, of two bytes. */
const constant = (value: number): number[] => [0x41, (value & 0x7f) | 0x80, (value >> 7) & 0x7f];
const I32_LOAD16_U = [0x2f, 1, 0];
const I32_LT_U = [0x49];
const I32_ADD = [0x6a];
const I32_SUB = [0x6b];
const I32_MUL = [0x6c];
const I32_SHL = [0x74];
const F32_STORE = [0x38, 2, 0];
const F32_ADD = [0x92];
const loadVector = (offset: number): number[] => [0xfd, 0x00, 2, offset];
const ZERO_VECTOR = [0xfd, 0x0c, ...new Array<number>(16).fill(0)];
const lane = (index: number): number[] => [0xfd, 0x1f, index];
const F32X4_ADD = [0xfd, 0xe4, 0x01];
const F32X4_MUL = [0xfd, 0xe6, 0x01];

/** Parameters and local variables. */
const [COUNT, SIGNAL, OFFSETS, INDICES, RESULTS, ROW_BYTES] = [0, 1, 2, 3, 4, 5] as const;
const [NUMBER, TAP, ROW_END] = [6, 7, 8] as const;
const SUMS = [9, 10, 11, 12] as const;
const VECTOR_BYTES = 16;

/** For each product: its two addresses, then sixteen numbers at a time in four sums, then their total. */
function instructions(): number[] {
	const advance = (local: number, bytes: number): number[] => [
		...get(local),
		...constant(bytes),
		...I32_ADD,
		...set(local),
	];
	const [first, second, third, fourth] = SUMS;
	return [
		...LOOP,
		...[...get(SIGNAL), ...get(OFFSETS), ...I32_LOAD16_U, ...constant(2), ...I32_SHL],
		...[...I32_ADD, ...set(NUMBER)],
		...[...get(INDICES), ...I32_LOAD16_U, ...get(ROW_BYTES), ...I32_MUL, ...tee(TAP)],
		...[...get(ROW_BYTES), ...I32_ADD, ...set(ROW_END)],
		...SUMS.flatMap((sum) => [...ZERO_VECTOR, ...set(sum)]),
		...LOOP,
		...SUMS.flatMap((sum, index) => [
			...get(sum),
			...[...get(NUMBER), ...loadVector(index * VECTOR_BYTES)],
			...[...get(TAP), ...loadVector(index * VECTOR_BYTES)],
			...[...F32X4_MUL, ...F32X4_ADD, ...set(sum)],
		]),
		...advance(NUMBER, SUMS.length * VECTOR_BYTES),
		...advance(TAP, SUMS.length * VECTOR_BYTES),
		...[...get(TAP), ...get(ROW_END), ...I32_LT_U, ...REPEAT_IF],
		...END,
		...[...get(first), ...get(second), ...F32X4_ADD],
		...[...get(third), ...get(fourth), ...F32X4_ADD, ...F32X4_ADD, ...set(first)],
		...get(RESULTS),
		...[...get(first), ...lane(0), ...get(first), ...lane(1), ...F32_ADD],
		...[...get(first), ...lane(2), ...get(first), ...lane(3), ...F32_ADD, ...F32_ADD],
		...F32_STORE,
		...advance(OFFSETS, 2),
		...advance(INDICES, 2),
		...advance(RESULTS, 4),
		...[...get(COUNT), ...constant(1), ...I32_SUB, ...tee(COUNT), ...REPEAT_IF],
		...END,
	];
}

/** A module (WebAssembly specification, 5.5) with one imported memory and one exported function. */
function moduleBytes(): Uint8Array<ArrayBuffer> {
	const size = (bytes: number[]): number[] => [(bytes.length & 0x7f) | 0x80, bytes.length >> 7];
	const section = (id: number, content: number[]): number[] => [id, ...size(content), ...content];
	const body = [2, 3, I32, SUMS.length, V128, ...instructions(), ...END];
	return Uint8Array.of(
		...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
		...section(1, [1, 0x60, 6, I32, I32, I32, I32, I32, I32, 0]),
		...section(2, [1, 0, 0, 2, 0, 1]),
		...section(3, [1, 0]),
		...section(7, [1, 0, 0, 0]),
		...section(10, [1, ...size(body), ...body]),
	);
}
