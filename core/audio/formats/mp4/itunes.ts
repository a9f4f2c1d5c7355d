import type { Box } from './box';
import type { Edit } from '../../track/packets';

/**
 * The encoder delay that iTunes and Apple's encoders note where they write no edit list: the item
 * `iTunSMPB` of the metadata holds hexadecimal numbers, of which the second is the delay and the
 * fourth the count of samples that are heard.
 */
export function readItunesEdit(moov: Box): Edit | undefined {
	const meta = moov.find('udta', 'meta');
	if (!meta || meta.remaining < 4) return undefined;
	for (const item of meta.skip(4).find('ilst')?.children('----') ?? []) {
		if (item.type !== '----') continue;
		const name = item.find('name');
		const data = item.find('data');
		if (name && data && text(name, 4) === 'iTunSMPB') return parse(text(data, 8));
	}
	return undefined;
}

function text(box: Box, headerBytes: number): string {
	if (box.remaining < headerBytes) return '';
	return String.fromCharCode(...box.skip(headerBytes).bytes(200));
}

function parse(note: string): Edit | undefined {
	const [, delay, , length] = note
		.trim()
		.split(/\s+/)
		.map((word) => Number.parseInt(word, 16));
	if (!Number.isSafeInteger(delay) || delay! < 0) return undefined;
	const hasLength = Number.isSafeInteger(length) && length! > 0;
	return { silence: 0, start: delay!, end: hasLength ? delay! + length! : Infinity };
}
