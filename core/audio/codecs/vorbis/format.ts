import { DamagedAudioError } from '../../errors';
import type { TrackFormat } from '../../track/trackFormat';
import { VorbisDecoder } from './decoder';
import { parseVorbisHead, parseVorbisSetup } from './setup';

/** Identification, comments, setup. */
export const VORBIS_HEADERS = 3;

/**
 * A track of Vorbis.
 *
 * @param headers its three header packets (Vorbis I, section 4.2)
 * @throws DamagedAudioError when they make no sense
 */
export function vorbisFormat([head, , setup]: Uint8Array[]): TrackFormat {
	if (!head || !setup) throw new DamagedAudioError('its Vorbis headers are incomplete');
	const { channels, sampleRate, blockSizes } = parseVorbisHead(head);
	const { modes } = parseVorbisSetup(setup, channels);
	const decoder = () => new VorbisDecoder({ channels, sampleRate, blockSizes }, modes);
	// One that never decodes knows nothing of what came before.
	let fresh: VorbisDecoder | undefined;
	return {
		codec: 'vorbis',
		channels,
		sampleRate,
		clockRate: sampleRate,
		preSkip: 0,
		ticks: (packets) => (fresh ??= decoder()).ticks(packets),
		open: async () => decoder(),
	};
}
