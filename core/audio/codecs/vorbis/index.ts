import { DamagedAudioError } from '../../errors';
import { splitXiphLaced } from '../../source/xiphLacing';
import type { Codec } from '../codec';
import { VorbisDecoder } from './decoder';
import { parseVorbisHead, parseVorbisSetup } from './setup';

/**
 * Vorbis I; `config` holds its three headers (identification, comments, setup; section 4.2) in Xiph
 * lacing. Comments are not looked at.
 */
export const vorbis: Codec = ({ config }) => {
	const [head, , setup] = splitXiphLaced(config) ?? [];
	if (!head || !setup) throw new DamagedAudioError('its Vorbis headers are incomplete');
	const { channels, sampleRate, blockSizes } = parseVorbisHead(head);
	const { modes } = parseVorbisSetup(setup, channels);
	const decoder = (): VorbisDecoder =>
		new VorbisDecoder({ channels, sampleRate, blockSizes }, modes);
	// One that never decodes has no state from before.
	let fresh: VorbisDecoder | undefined;
	return {
		channels,
		sampleRate,
		preSkip: 0,
		duration: (packets) => (fresh ??= decoder()).samplesIn(packets) / sampleRate,
		open: async () => decoder(),
	};
};
