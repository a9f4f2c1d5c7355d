import type { ChannelStream } from './channelStream';
import { INTENSITY_IN_PHASE, INTENSITY_OUT_OF_PHASE, MAX_BANDS, NOISE } from './codebooks';
import { quarterPower } from './powers';

/** Undoes mid/side stereo in the bands that are marked (ISO/IEC 14496-3, 4.6.8.1). */
export function undoMidSide(left: ChannelStream, right: ChannelStream, isUsed: Uint8Array): void {
	forEachBand(right, (index, from, to) => {
		if (!isUsed[index] || left.codebooks[index]! >= NOISE || right.codebooks[index]! >= NOISE) {
			return;
		}
		for (let k = from; k < to; k++) {
			const mid = left.spectrum[k]!;
			const side = right.spectrum[k]!;
			left.spectrum[k] = mid + side;
			right.spectrum[k] = mid - side;
		}
	});
}

/**
 * Fills the bands of the right channel that are the left one at another level (4.6.8.2).
 *
 * @param isInverted marks bands whose sign is flipped
 */
export function undoIntensity(
	left: ChannelStream,
	right: ChannelStream,
	isInverted: Uint8Array | undefined,
): void {
	forEachBand(right, (index, from, to) => {
		const codebook = right.codebooks[index]!;
		if (codebook !== INTENSITY_IN_PHASE && codebook !== INTENSITY_OUT_OF_PHASE) return;
		const isNegative = (codebook === INTENSITY_OUT_OF_PHASE) !== (isInverted?.[index] === 1);
		const scale = quarterPower(-right.scaleFactors[index]!) * (isNegative ? -1 : 1);
		for (let k = from; k < to; k++) right.spectrum[k] = left.spectrum[k]! * scale;
	});
}

/** Visits each band of each window: the band's index, its first coefficient, the one after its last. */
function forEachBand(
	{ groups, groupLengths, maxBand, offsets, windowLength }: ChannelStream,
	visit: (index: number, from: number, to: number) => void,
): void {
	let start = 0;
	for (let group = 0; group < groups; group++) {
		for (let window = 0; window < groupLengths[group]!; window++) {
			for (let band = 0; band < maxBand; band++) {
				visit(group * MAX_BANDS + band, start + offsets[band]!, start + offsets[band + 1]!);
			}
			start += windowLength;
		}
	}
}
