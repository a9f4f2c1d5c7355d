import { DamagedAudioError } from '../../errors';
import type { BitReader } from '../bitReader';
import { SHORT_WINDOWS } from './filterbank';

const MAX_FILTERS = 3;
const MAX_ORDER_LONG = 12;
const MAX_ORDER_SHORT = 7;

/** Where filters may work. */
export interface TnsRange {
	/** Offsets of the bands in a window; the last is the distance of windows. */
	offsets: Uint16Array;
	windows: number;
	/** The band after the last one that is filtered. */
	lastBand: number;
}

interface Filter {
	/** Bands, counted downwards. */
	length: number;
	order: number;
	isDownwards: boolean;
	/** Linear prediction coefficients; the first, which is 1, is left out. */
	coefficients: Float64Array;
}

/** Temporal noise shaping (ISO/IEC 14496-3, 4.6.9): recursive filters over coefficients. */
export class TemporalNoiseShaping {
	private readonly counts = new Uint8Array(SHORT_WINDOWS);
	private readonly filters: Filter[] = Array.from({ length: SHORT_WINDOWS * MAX_FILTERS }, () => ({
		length: 0,
		order: 0,
		isDownwards: false,
		coefficients: new Float64Array(MAX_ORDER_LONG),
	}));
	private readonly previous = new Float64Array(MAX_ORDER_LONG);

	/** `tns_data` (table 4.54). */
	read(reader: BitReader, isShort: boolean): void {
		const windows = isShort ? SHORT_WINDOWS : 1;
		for (let window = 0; window < windows; window++) {
			const count = reader.read(isShort ? 1 : 2);
			this.counts[window] = count;
			const resolution = count > 0 ? reader.read(1) + 3 : 0;
			for (let index = 0; index < count; index++) {
				this.readFilter(reader, isShort, this.filters[window * MAX_FILTERS + index]!, resolution);
			}
		}
		reader.check();
	}

	private readFilter(
		reader: BitReader,
		isShort: boolean,
		filter: Filter,
		resolution: number,
	): void {
		filter.length = reader.read(isShort ? 4 : 6);
		filter.order = reader.read(isShort ? 3 : 5);
		if (filter.order > (isShort ? MAX_ORDER_SHORT : MAX_ORDER_LONG)) {
			throw new DamagedAudioError('an AAC filter is too long');
		}
		if (filter.order === 0) return;
		filter.isDownwards = reader.flag();
		const bits = resolution - reader.read(1);
		const { coefficients } = filter;
		const { previous } = this;
		// Reflection coefficients (4.6.9.3), by Levinson's recursion to those of prediction.
		for (let m = 0; m < filter.order; m++) {
			const raw = reader.read(bits);
			const value = raw >= 1 << (bits - 1) ? raw - (1 << bits) : raw;
			const steps = (1 << (resolution - 1)) + (value >= 0 ? -0.5 : 0.5);
			const reflection = Math.sin((value * Math.PI) / 2 / steps);
			previous.set(coefficients);
			for (let i = 0; i < m; i++) coefficients[i]! += reflection * previous[m - 1 - i]!;
			coefficients[m] = reflection;
		}
	}

	/** Filters a spectrum in place (4.6.9.3). */
	apply(spectrum: Float64Array, { offsets, windows, lastBand }: TnsRange): void {
		const bands = offsets.length - 1;
		const windowLength = offsets[bands]!;
		for (let window = 0; window < windows; window++) {
			let bottom = bands;
			for (let index = 0; index < this.counts[window]!; index++) {
				const filter = this.filters[window * MAX_FILTERS + index]!;
				const top = bottom;
				bottom = Math.max(0, top - filter.length);
				if (filter.order === 0) continue;
				const start = window * windowLength + offsets[Math.min(bottom, lastBand)]!;
				const end = window * windowLength + offsets[Math.min(top, lastBand)]!;
				if (filter.isDownwards) filterRange(spectrum, end - 1, -1, end - start, filter);
				else filterRange(spectrum, start, 1, end - start, filter);
			}
		}
	}
}

function filterRange(
	spectrum: Float64Array,
	start: number,
	step: number,
	count: number,
	{ order, coefficients }: Filter,
): void {
	for (let n = 0, at = start; n < count; n++, at += step) {
		const reach = Math.min(n, order);
		let value = spectrum[at]!;
		for (let i = 0, from = at - step; i < reach; i++, from -= step) {
			value -= coefficients[i]! * spectrum[from]!;
		}
		spectrum[at] = value;
	}
}
