import { TruncatedAudioError } from '../errors';
import type { ByteSource } from './bytes';

/** How many times a source is passed through, should it be a stream that begins anew for each step back. */
const MAX_PASSES = 3;
/** Sources up to this size are kept in memory rather than passed through once more. */
const MAX_HELD_BYTES = 16 * 1024 * 1024;

/**
 * The same bytes for a reader that jumps to and fro, where each jump back may cost all that lies before it: few are
 * made, then small sources are kept in memory.
 *
 * @throws TruncatedAudioError (from `read`) when there are too many in a large one
 */
export function thriftySource(source: ByteSource): ByteSource {
	return new ThriftySource(source);
}

class ThriftySource implements ByteSource {
	readonly size: number;
	/** Where a stream would be, and how much of it would have been passed through. */
	private position = 0;
	private passed = 0;
	/** Where the latest read began: a stream still holds what follows. */
	private start = 0;
	private held: Uint8Array | undefined;

	constructor(private readonly source: ByteSource) {
		this.size = source.size;
	}

	async read(position: number, length: number): Promise<Uint8Array> {
		// Reading nothing has the source yield to others.
		if (this.held || length === 0) {
			const nothing = await this.source.read(position, 0);
			return this.held?.subarray(position, position + length) ?? nothing;
		}
		const end = Math.min(position + length, this.size);
		const cost = position < this.start ? end : Math.max(0, end - this.position);
		if (this.passed + cost > MAX_PASSES * this.size) {
			if (this.size > MAX_HELD_BYTES) {
				throw new TruncatedAudioError('its sound lies in it in no order');
			}
			this.held = await this.source.read(0, this.size);
			return this.held.subarray(position, position + length);
		}
		this.passed += cost;
		this.position = position < this.start ? end : Math.max(end, this.position);
		this.start = position;
		return await this.source.read(position, length);
	}
}
