import { codedBlocks } from './blocks';
import type { Codec } from './codec';
import { interleaved, type SampleReader } from './pcm';

/** ITU-T G.711, table 2: a sign, the segment and the step in it, all inverted. */
const readMuLaw: SampleReader = tableReader((byte) => {
	const code = ~byte;
	const magnitude = ((((code & 0x0f) << 3) + 0x84) << ((code & 0x70) >> 4)) - 0x84;
	return code & 0x80 ? -magnitude : magnitude;
});

/** ITU-T G.711, table 1: a sign, the segment and the step in it, even bits inverted. */
const readALaw: SampleReader = tableReader((byte) => {
	const code = byte ^ 0x55;
	const segment = (code & 0x70) >> 4;
	const step = ((code & 0x0f) << 4) + 8;
	const magnitude = segment === 0 ? step : (step + 0x100) << (segment - 1);
	return code & 0x80 ? magnitude : -magnitude;
});

function tableReader(expand: (byte: number) => number): SampleReader {
	const table = Float32Array.from({ length: 256 }, (_, byte) => expand(byte) / 0x8000);
	return (view, offset) => table[view.getUint8(offset)]!;
}

/** µ-law and A-law: a byte per sample. */
export const g711: Codec = (parameters) =>
	codedBlocks(parameters, () =>
		interleaved(parameters.codec === 'alaw' ? readALaw : readMuLaw, 1, parameters.channels),
	);
