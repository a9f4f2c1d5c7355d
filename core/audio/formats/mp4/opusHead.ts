import { DamagedAudioError } from '../../errors';
import type { Box } from './box';

const MARK = 'OpusHead';
const MIN_BODY_BYTES = 11;
const PRE_SKIP_OFFSET = 10;
const RATE_OFFSET = 12;
const GAIN_OFFSET = 16;

/**
 * The identification header (RFC 7845, 5.1) that a `dOps` box stands for ("Encapsulation of Opus in ISO
 * Base Media File Format", 4.3.2), which has the same fields without the signature, most significant byte first.
 *
 * @throws DamagedAudioError when it is missing or cut short
 */
export function opusHeadOf(box: Box | undefined): Uint8Array {
	const body = box?.bytes();
	if (!body || body.length < MIN_BODY_BYTES) {
		throw new DamagedAudioError('its "dOps" part is cut short');
	}
	const head = new Uint8Array(MARK.length + body.length);
	for (const [index, letter] of [...MARK].entries()) head[index] = letter.charCodeAt(0);
	head.set(body, MARK.length);
	// The box counts its versions from 0, the header from 1.
	head[MARK.length] = 1;
	const view = new DataView(head.buffer);
	view.setUint16(PRE_SKIP_OFFSET, view.getUint16(PRE_SKIP_OFFSET), true);
	view.setUint32(RATE_OFFSET, view.getUint32(RATE_OFFSET), true);
	view.setInt16(GAIN_OFFSET, view.getInt16(GAIN_OFFSET), true);
	return head;
}
