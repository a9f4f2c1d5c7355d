import type { Yielder } from '../../flow/yielder';
import type { ByteSource } from './bytes';

/** A source whose readers yield to the event loop: bytes in memory would come without a break. */
export function yieldingSource(source: ByteSource, yielder: Yielder): ByteSource {
	return {
		size: source.size,
		read: async (position, length) => {
			await yielder.ifDue();
			return await source.read(position, length);
		},
	};
}
