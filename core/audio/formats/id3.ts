import { fourCC, type BlockReader } from '../source/bytes';

const HEADER_BYTES = 10;
const HAS_FOOTER = 0x10;

/**
 * Where the sound begins after ID3v2 tags, of which there may be several
 * (id3.org/id3v2.4.0-structure, 3.1); `position` itself where there are none.
 */
export async function skipId3(reader: BlockReader, position: number): Promise<number> {
	for (let at = position; ;) {
		const view = await reader.view(at, HEADER_BYTES);
		if (view.byteLength < HEADER_BYTES || !fourCC(view, 0).startsWith('ID3')) return at;
		// Seven bits a byte, so that no byte looks like the sync word of a frame.
		const size = [6, 7, 8, 9].reduce((sum, index) => sum * 128 + (view.getUint8(index) & 0x7f), 0);
		const hasFooter = (view.getUint8(5) & HAS_FOOTER) !== 0;
		at += HEADER_BYTES + size + (hasFooter ? HEADER_BYTES : 0);
	}
}
