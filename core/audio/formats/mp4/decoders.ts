import { DamagedAudioError } from '../../errors';
import type { PacketDecoder, PacketDecoderFactory } from './packetDecoder';

/** Decoders of compressed sound in MP4, each loaded when it is first needed. */
export const MP4_DECODERS: Record<string, PacketDecoderFactory> = {
	aac: async (config) => {
		const { AacDecoder } = await import('../../codecs/aac/decoder');
		return new AacDecoder(config, { isMono: true });
	},
	alac: async (config) => {
		const { AlacDecoder } = await import('../../codecs/alac/decoder');
		return new AlacDecoder(config);
	},
	opus: async (config) => {
		const { openOpusDecoder } = await import('../../codecs/opus/decoder');
		const { parseOpusBox } = await import('../../codecs/opus/head');
		const decoder = await openOpusDecoder(parseOpusBox(config));
		return {
			sampleRate: decoder.sampleRate,
			decode(packet) {
				if (decoder.isDamaged(packet)) throw new DamagedAudioError('an Opus packet is broken');
				return [decoder.decode(packet)];
			},
			close: () => decoder.close(),
		};
	},
	amr_nb: async () => await amrDecoder('amr_nb'),
	amr_wb: async () => await amrDecoder('amr_wb'),
};

async function amrDecoder(codec: 'amr_nb' | 'amr_wb'): Promise<PacketDecoder> {
	const { AmrDecoder } = await import('../../codecs/amr/decoder');
	const { AMR_NB, AMR_WB, framesIn } = await import('../../codecs/amr/frames');
	const kind = codec === 'amr_nb' ? AMR_NB : AMR_WB;
	const decoder = await AmrDecoder.create(kind);
	return {
		sampleRate: kind.sampleRate,
		decode(packet) {
			const { frames, isFrame } = framesIn(packet, kind);
			if (!isFrame || frames.length === 0) throw new DamagedAudioError('an AMR frame is broken');
			return [decoder.decode(frames)];
		},
	};
}
