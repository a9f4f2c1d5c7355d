import type { Page } from './pages';

/** Far more than any packet of sound or any setup header; comments with a picture may be larger and are not needed. */
const MAX_PACKET_BYTES = 256 * 1024;

/** Puts packets together from the segments of one logical stream's pages (RFC 3533, section 5). */
export class PacketAssembler {
	/** What has come so far of a packet that continues in the next page. */
	private parts: Uint8Array[] = [];
	private partBytes = 0;
	private isOpen = false;

	/** The packets that end in a page; valid until the next page is read. */
	take({ lacing, body, isContinued, isAfterHole }: Page): Uint8Array[] {
		if (!isContinued || isAfterHole) this.drop();
		// The rest of a packet whose beginning was lost.
		let isHeadless = isContinued && !this.isOpen;
		const packets: Uint8Array[] = [];
		let start = 0;
		let end = 0;
		for (const length of lacing) {
			end += length;
			if (length === 255) continue;
			if (isHeadless) isHeadless = false;
			else packets.push(this.close(body.subarray(start, end)));
			start = end;
		}
		if (lacing.at(-1) === 255 && !isHeadless) this.keep(body.subarray(start, end));
		return packets;
	}

	private keep(part: Uint8Array): void {
		this.isOpen = true;
		if (this.partBytes + part.length > MAX_PACKET_BYTES) return;
		this.parts.push(part.slice());
		this.partBytes += part.length;
	}

	private close(part: Uint8Array): Uint8Array {
		if (!this.isOpen) return part;
		this.keep(part);
		const packet = new Uint8Array(this.partBytes);
		let filled = 0;
		for (const piece of this.parts) {
			packet.set(piece, filled);
			filled += piece.length;
		}
		this.drop();
		return packet;
	}

	private drop(): void {
		this.parts = [];
		this.partBytes = 0;
		this.isOpen = false;
	}
}
