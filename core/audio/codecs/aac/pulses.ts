import { DamagedAudioError } from '../../errors';
import type { BitReader } from '../bitReader';

/** Places and heights. */
export type Pulses = [place: number, height: number][];

/** `pulse_data` (ISO/IEC 14496-3, table 4.7; 4.6.4) of a long window. @param offsets of its bands */
export function readPulses(reader: BitReader, offsets: Uint16Array): Pulses {
	const count = reader.read(2) + 1;
	let place = offsets[reader.read(6)] ?? Infinity;
	return Array.from({ length: count }, () => {
		place += reader.read(5);
		const height = reader.read(4);
		if (place >= offsets.at(-1)!) throw new DamagedAudioError('an AAC pulse is out of range');
		return [place, height];
	});
}

/** Raises coefficients. */
export function addPulses(quantised: Int16Array, pulses: Pulses): void {
	for (const [place, height] of pulses) {
		quantised[place]! += quantised[place]! > 0 ? height : -height;
	}
}
